"""The plan of a disclosure: what an officer decided to show and to keep back, read from TOML.

reference = "FOI 2026-114"
to = "A. Requester"
incident = "TAMR"
words = "without words"
ground = "FOIA 2000 s. 40(2): personal information"

[[entries]]
numbers = "31-40, 55"
show = "all"
"""

import re
import tomllib
from datetime import datetime
from typing import Any

from crisisdesk.model.disclosure import Disclosure, Ruling, Show
from crisisdesk.model.errors import BadInput

GROUNDS = (
    "FOIA 2000 s. 40(2): personal information",
    "FOIA 2000 s. 31: law enforcement",
    "FOIA 2000 s. 38: health and safety",
    "FOIA 2000 s. 41: given in confidence",
    "FOIA 2000 s. 24: national security",
    "EIR 2004 reg. 13: personal data",
    "UK GDPR Art. 15(4): the rights of others",
)
"""Grounds that are offered; any other words do as well. Whoever answers for information rights
decides which applies."""

LONGEST = 300
_FIELDS = {"reference", "to", "incident", "since", "until", "words", "ground", "entries"}
_RULING = {"numbers", "show", "ground"}
_NUMBERS = re.compile(r"\s*([1-9]\d{0,17})\s*(?:[-–]\s*([1-9]\d{0,17})\s*)?")


def read_plan(content: bytes) -> Disclosure:
    """The plan in a file. Raises BadInput naming the field that is wrong."""
    try:
        fields = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise _wrong("it", "is no UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise _wrong("it", f"cannot be read: {error}") from error
    if unknown := set(fields) - _FIELDS:
        raise _wrong(min(unknown), "is no field of a plan")
    reference = _text(fields, "reference")
    if not reference:
        raise _wrong("reference", "is missing: say which request this answers")
    listed = fields.get("entries", [])
    if not isinstance(listed, list):
        raise _wrong("entries", "must be written as [[entries]]")
    return checked(
        Disclosure(
            reference=reference,
            to=_text(fields, "to"),
            ref=_text(fields, "incident"),
            since=_moment(fields, "since"),
            until=_moment(fields, "until"),
            words=_show(fields, "words", Show.WITHOUT_WORDS),
            ground=_text(fields, "ground"),
            rulings=tuple(each for one in listed for each in _rulings(one)),
        )
    )


def checked(plan: Disclosure) -> Disclosure:
    """The same. Raises BadInput when something is kept back without a ground."""
    for show, ground in ((plan.words, plan.ground), *((r.show, r.ground) for r in plan.rulings)):
        if show is not Show.ALL and not ground:
            raise _wrong("ground", "is missing: whatever is kept back needs one")
    return plan


def numbers_of(text: str) -> list[tuple[int, int]]:
    """Entries as people write them, as in "31-40, 55". Raises ValueError."""
    found = []
    for part in text.split(","):
        match = _NUMBERS.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last:
            raise ValueError(f"“{part.strip()}” is no number of an entry, and no span of them")
        found.append((first, last))
    return found


def _rulings(fields: Any) -> list[Ruling]:
    if not isinstance(fields, dict) or set(fields) - _RULING:
        raise _wrong("[[entries]]", f"takes {', '.join(sorted(_RULING))} and nothing else")
    try:
        numbers = numbers_of(_text(fields, "numbers"))
    except ValueError as error:
        raise _wrong("numbers", f"is wrong: {error}") from error
    show, ground = _show(fields, "show", None), _text(fields, "ground")
    return [Ruling(first, last, show, ground) for first, last in numbers]


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _wrong(name, f"must be a text of at most {LONGEST} characters")
    return value.strip()


def _show(fields: dict[str, Any], name: str, default: Show | None) -> Show:
    value = fields.get(name, default.value if default else None)
    if not isinstance(value, str) or value not in {each.value for each in Show}:
        raise _wrong(name, f"must be one of: {', '.join(each.value for each in Show)}")
    return Show(value)


def _moment(fields: dict[str, Any], name: str) -> datetime | None:
    """By the clock of this computer, unless the text names its zone."""
    value = fields.get(name)
    try:
        found = value if isinstance(value, datetime | None) else datetime.fromisoformat(str(value))
        return found.astimezone() if found else None
    except ValueError as error:
        raise _wrong(name, "must be a moment, as in 2026-02-03T02:00") from error


def _wrong(name: str, words: str) -> BadInput:
    return BadInput(f"The plan of the disclosure: {name} {words}.", "Correct the file.")
