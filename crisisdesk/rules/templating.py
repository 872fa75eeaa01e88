"""Template files: reading, checking and filling them. docs/templates.md describes the format."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crisisdesk.model.cap import Category, Certainty, ResponseType, Severity, Urgency
from crisisdesk.model.errors import BadInput
from crisisdesk.model.template import (
    CapCodes,
    FieldType,
    Step,
    Template,
    TemplateField,
    Wording,
)

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
LONGEST_MINUTES = 366 * 24 * 60
GIVEN = frozenset({"ref", "sent_time", "sender_name"})
"""Placeholders the desk fills itself: the public reference, the time of sending, who we are."""

RESERVED = frozenset("⟦⟧")
"""They mark what is left open in approved words; a value must not look like that."""

UNWRITABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""They come with what is pasted, and XML cannot carry them. Those that break a line are let
through: each becomes a line break."""

_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:.][0-5]\d(?!\d)")


def placeholders(text: str) -> set[str]:
    """The names of the gaps in a text."""
    return set(PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in. A part in [[double brackets]] is left out when any gap in it is empty.

    Values are inserted as they are and never read as placeholders themselves.
    """
    kept = _OPTIONAL.sub(lambda part: _kept(part.group(1), values), text)
    filled = PLACEHOLDER.sub(lambda gap: values.get(gap.group(1), "").strip(), kept)
    return "\n".join(line.rstrip() for line in filled.strip().splitlines())


def _kept(part: str, values: Mapping[str, str]) -> str:
    return part if all(values.get(name, "").strip() for name in placeholders(part)) else ""


def missing(template: Template, step: Step, values: Mapping[str, str]) -> list[TemplateField]:
    """The required fields this step uses that are still empty."""
    used = used_fields(template, step)
    return [
        field
        for field in template.fields
        if field.required and field.name in used and not values.get(field.name, "").strip()
    ]


def used_fields(template: Template, step: Step) -> set[str]:
    """The names of the fields that any wording of this step mentions."""
    names: set[str] = set()
    for wording in template.wordings[step].values():
        for text in (wording.headline, *wording.variants.values()):
            names |= placeholders(text)
    return names - GIVEN


def with_prepared(template: Template, step: Step, values: Mapping[str, str]) -> dict[str, str]:
    """The values for a sibling: those of the alert, and standing words for what only it says."""
    standing = template.prepared.get(step, {})
    return {**values, **{name: fill(words, values) for name, words in standing.items()}}


def problem_with(field: TemplateField, value: str) -> str:
    """What is wrong with a value, in words for the officer; empty when nothing is."""
    value = value.strip()
    if not value:
        return ""
    if set(value) & RESERVED:
        return f"the characters {' '.join(sorted(RESERVED))} cannot be used"
    if UNWRITABLE.search(value):
        return "holds hidden characters, type it anew"
    if len(value) > field.max_length:
        return f"{len(value) - field.max_length} characters too long"
    if field.type is FieldType.TIME and not _TIME.search(value):
        return "write a clock time, as in 14:30"
    if field.type is FieldType.URL and not _is_web_address(value):
        return "write a full web address, as in https://www.example.org/page"
    if field.type is FieldType.CHOICE and value not in field.choices:
        return f"choose one of: {', '.join(field.choices)}"
    return ""


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and " " not in value


def variant(wording: Wording, kind: str) -> str:
    """The text for a channel kind, or the default one."""
    return wording.variants.get(kind) or wording.variants["default"]


def read_template(data: Mapping[str, Any], origin: str) -> Template:
    """Build a template from a parsed TOML file. Raises BadInput naming the file and the place."""
    try:
        template = _template(data)
    except KeyError as error:
        raise _bad(origin, f"{error.args[0]!r} is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _bad(origin, str(error)) from error
    for problem in _contradictions(template):
        raise _bad(origin, problem)
    return template


def _bad(origin: str, problem: str) -> BadInput:
    return BadInput(
        f"The template {origin} cannot be used: {problem}.",
        "Correct the file, then start the desk again.",
    )


def _template(data: Mapping[str, Any]) -> Template:
    fields = tuple(_field(entry) for entry in data["fields"])
    codes = {Step.ALERT: _codes(data["cap"], {})}
    wordings: dict[Step, dict[str, Wording]] = {}
    prepared: dict[Step, dict[str, str]] = {}
    for step in Step:
        section = data[step.value]
        codes[step] = _codes(data["cap"], section.get("cap", {}))
        wordings[step] = {language: _wording(section[language]) for language in data["languages"]}
        prepared[step] = {name: str(text) for name, text in section.get("prepared", {}).items()}
    return Template(
        id=str(data["id"]),
        name=str(data["name"]),
        summary=str(data["summary"]),
        version=int(data["version"]),
        keywords=tuple(data.get("keywords", ())),
        languages=tuple(data["languages"]),
        fields=fields,
        codes=codes,
        wordings=wordings,
        prepared=prepared,
    )


def _field(entry: Mapping[str, Any]) -> TemplateField:
    return TemplateField(
        name=entry["name"],
        label=entry["label"],
        type=FieldType(entry.get("type", "text")),
        required=bool(entry.get("required", True)),
        hint=entry.get("hint", ""),
        example=entry.get("example", ""),
        default=entry.get("default", ""),
        max_length=int(entry.get("max_length", 200)),
        choices=tuple(entry.get("choices", ())),
    )


def _codes(base: Mapping[str, Any], override: Mapping[str, Any]) -> CapCodes:
    merged = {**base, **override}
    return CapCodes(
        event=merged["event"],
        categories=tuple(Category(word) for word in merged["category"]),
        responses=tuple(ResponseType(word) for word in merged["response"]),
        urgency=Urgency(merged["urgency"]),
        severity=Severity(merged["severity"]),
        certainty=Certainty(merged["certainty"]),
        expires_minutes=int(merged["expires_minutes"]),
    )


def _wording(section: Mapping[str, Any]) -> Wording:
    variants = {name: str(text) for name, text in section.items() if name != "headline"}
    if not variants["default"].strip():
        raise ValueError("a 'default' text is empty")
    return Wording(headline=section["headline"], variants=variants)


def _contradictions(template: Template) -> list[str]:
    known = {field.name for field in template.fields} | GIVEN
    problems = []
    for step, languages in template.wordings.items():
        for wording in languages.values():
            for text in (wording.headline, *wording.variants.values()):
                problems += [
                    f"{step.value} uses {{{name}}}, which no field defines"
                    for name in sorted(placeholders(text) - known)
                ]
    for step in Step:
        problems += _unprepared(template, step)
    if any(codes.expires_minutes <= 0 for codes in template.codes.values()):
        problems.append("expires_minutes must be above 0")
    if any(codes.expires_minutes > LONGEST_MINUTES for codes in template.codes.values()):
        problems.append(f"expires_minutes must be {LONGEST_MINUTES:,} at most, a year")
    return problems


def _unprepared(template: Template, step: Step) -> list[str]:
    """What would keep a sibling from being ready and approved together with the alert."""
    known = used_fields(template, Step.ALERT)
    standing = template.prepared.get(step, {})
    needed = {each.name for each in template.fields if each.required and not each.default}
    problems = [
        f'{step.value} needs [{step.value}.prepared] {name} = "…", standing words for {name}'
        for name in sorted((used_fields(template, step) & needed) - known - set(standing))
    ]
    return problems + [
        f"{step.value}.prepared uses {{{name}}}, which the alert does not ask for"
        for words in standing.values()
        for name in sorted(placeholders(words) - known)
    ]
