"""From a filled template to frozen bytes: the text for each channel, and the hash over all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import iso
from crisisdesk.model.template import CapCodes, Step, Template
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.counting import CHECKS, Count
from crisisdesk.rules.templating import fill, variant

EXERCISE_PREFIX = "EXERCISE EXERCISE EXERCISE"
_MARK = re.compile(r"EXERCISE\s+EXERCISE|EXERCISE\s*[:–—-]|^\W*EXERCISE\b", re.MULTILINE)
CONTENT_DOMAIN = b"crisisdesk/alert/content/2\x00"
CAP_KIND = "cap"
WORDS_DOMAIN = b"crisisdesk/alert/words/1\x00"
LEFT_OPEN = {
    "ref": "⟦reference⟧",
    "sent_time": "⟦time of sending⟧",
    "next_update_at": "⟦time of the next update⟧",
}
"""What stands in approved words where reference and times are put in later, and nothing else."""

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Preview:
    """What one channel would get, and whether it fits."""

    rendered: Rendered
    count: Count


def headline(template: Template, step: Step, values: Mapping[str, str], mode: Mode) -> str:
    """The headline in the first language, marked when this is an exercise."""
    text = fill(template.wordings[step][template.languages[0]].headline, values)
    return f"EXERCISE: {text}" if mode is Mode.EXERCISE else text


def render(
    template: Template,
    step: Step,
    values: Mapping[str, str],
    accounts: Iterable[Account],
    mode: Mode,
) -> tuple[Rendered, ...]:
    """The exact text for every account in every language of the template."""
    return tuple(
        _render_one(template, step, values, account, language, mode)
        for account in accounts
        for language in template.languages
    )


def _render_one(
    template: Template,
    step: Step,
    values: Mapping[str, str],
    account: Account,
    language: str,
    mode: Mode,
) -> Rendered:
    wording = template.wordings[step][language]
    instruction = particulars = ""
    words = variant(wording, account.kind)
    if account.kind == CAP_KIND:
        words = wording.variants.get("cap_description", words)
        instruction = fill(wording.variants.get("cap_instruction", ""), values)
        particulars = _particulars(template.codes[step], values)
    text = with_marker(fill(words, values), values.get("ref", ""))
    subject = fill(wording.headline, values)
    if mode is Mode.EXERCISE:
        text = f"{EXERCISE_PREFIX}\n{text}"
        subject = f"EXERCISE: {subject}"
    return Rendered(account.id, account.kind, language, text, subject, instruction, particulars)


def says_exercise(part: Rendered) -> bool:
    """Whether words carry a mark that only exercises put there: they were taken from one.

    “This is not an exercise” has to be said at times, and is no such mark.
    """
    return any(_MARK.search(each) for each in (part.text, part.subject, part.instruction))


def _particulars(codes: CapCodes, values: Mapping[str, str]) -> str:
    """What a CAP message says beside its words: approved, and hashed, with them."""
    lists = (", ".join(codes.categories), ", ".join(codes.responses))
    said = (codes.event, *lists, codes.urgency, codes.severity, codes.certainty)
    places = [values.get(name, "") for name in ("area_name", "more_info_url", "sender_name")]
    return "\n".join((" · ".join(said), *places))


def left_open(values: Mapping[str, str]) -> dict[str, str]:
    """The values with the reference and the times left open.

    The time of the next update stays open only as a bare clock time, which can say nothing else.
    """
    promised = bool(_CLOCK_TIME.fullmatch(values.get("next_update_at", "").strip()))
    names = [name for name in LEFT_OPEN if name != "next_update_at" or promised]
    return {**values, **{name: LEFT_OPEN[name] for name in names}}


def filled(part: Rendered, values: Mapping[str, str]) -> Rendered:
    """Words as they go out: what was left open is put in, and nothing else changes."""

    def put_in(text: str) -> str:
        for name, gap in LEFT_OPEN.items():
            text = text.replace(gap, values.get(name, "").strip())
        return text

    return replace(
        part,
        text=put_in(part.text),
        subject=put_in(part.subject),
        instruction=put_in(part.instruction),
    )


def words_hash(step: Step, mode: Mode, part: Rendered) -> str:
    """Hex SHA-256 over one channel's words with reference and time left open."""
    body = canonical({"step": step.value, "mode": mode.value, "words": _listed(part)})
    return sha256(WORDS_DOMAIN + body).hexdigest()


def with_marker(text: str, marker: str) -> str:
    """The text carrying its public reference; added at the end where the wording has none.

    The reference makes reading back exact and lets the public match a correction to its alert.
    """
    if not marker or re.search(rf"{re.escape(marker)}(?!\d)", text):
        return text
    return f"{text}\n{marker}"


def previews(rendered: Iterable[Rendered], limits: Mapping[str, int | None]) -> list[Preview]:
    """Each text with its count. `limits` maps account ids to what the network announced."""
    return [
        Preview(each, CHECKS[each.kind](each.text, limits.get(each.account_id)))
        for each in rendered
    ]


def content_hash(alert: Alert) -> str:
    """Hex SHA-256 over everything of an alert that the public or another system gets to see."""
    codes = alert.codes
    body = canonical(
        {
            "mode": alert.mode.value,
            "step": alert.step.value,
            "marker": alert.marker,
            "follows": alert.references,
            "expires": iso(alert.expires_at),
            "texts": [_listed(each) for each in alert.rendered],
            "images": [[each.sha256, each.mime, each.alt] for each in alert.images],
            "codes": [codes.event, codes.urgency, codes.severity, codes.certainty],
            "categories": list(codes.categories),
            "responses": list(codes.responses),
            "area": alert.values.get("area_name", ""),
            "web": alert.values.get("more_info_url", ""),
            "sender": alert.values.get("sender_name", ""),
        }
    )
    return sha256(CONTENT_DOMAIN + body).hexdigest()


def _listed(part: Rendered) -> list[str]:
    return [
        part.account_id,
        part.kind,
        part.language,
        part.subject,
        part.text,
        part.instruction,
        part.particulars,
    ]
