"""How the report says things: times, entry numbers, foreign words, and what was left out."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from crisisdesk.rules.printed_page import Cell
from crisisdesk.rules.showing import shown

LONGEST = 6_000
"""Characters of one text that are printed; a field of the record has at most 5,000."""

_LETTERS = "!-~\u00a1-\u02af\u0370-\u0482\u048a-\u052f"
_LONG = re.compile(f"[{_LETTERS}]{{20}}(?=[{_LETTERS}])")
"""Letters that stand alone: a break after one takes no mark from it."""

_BREAK = "\x1f"

NOTHING = "–"
STEPS = {"alert": "Alert", "update": "Update", "cancel": "Correction", "all_clear": "All clear"}


@dataclass(frozen=True, slots=True)
class Clocks:
    """Times of day in one zone, the computer's when it is None; with the date where the report is
    of more than one day."""

    zone: tzinfo | None
    several_days: bool

    def local(self, moment: datetime) -> datetime:
        """The moment in the zone."""
        return moment.astimezone(self.zone)

    def short(self, moment: datetime | None) -> str:
        """As in 02:14, or 3 Feb 02:14."""
        return self._with_day(moment, "%H:%M")

    def exact(self, moment: datetime | None) -> str:
        """As in 02:14:05, or 3 Feb 02:14:05."""
        return self._with_day(moment, "%H:%M:%S")

    def _with_day(self, moment: datetime | None, clock: str) -> str:
        if moment is None:
            return NOTHING
        local = self.local(moment)
        day = f"{local.day} {local:%b} " if self.several_days else ""
        return f"{day}{local.strftime(clock)}".replace(" ", "\N{NO-BREAK SPACE}")

    def whole(self, moment: datetime) -> str:
        """As in 3 February 2026, 02:14."""
        local = self.local(moment)
        return f"{local.day} {local:%B %Y, %H:%M}"

    def name(self, moment: datetime) -> str:
        """The zone as in "GMT, UTC+00:00"."""
        local = self.local(moment)
        offset = local.strftime("%z")
        hours = f"UTC{offset[:3]}:{offset[3:]}"
        named = local.tzname() or ""
        return hours if named.startswith("UTC") or not named else f"{named}, {hours}"


def said(words: str) -> Cell:
    """Foreign words as HTML: nothing in them is markup, turns round or hides. What is too long is
    cut, and the number of characters that are missing is said. A long word may be broken."""
    plain = words[:LONGEST].replace(_BREAK, "⟨?⟩")
    parts = _LONG.sub(f"\\g<0>{_BREAK}", plain).split(_BREAK)
    return "<wbr>".join(escape(shown(each)) for each in parts) + _rest(words)


def _rest(words: str) -> Cell:
    left = len(words) - LONGEST
    return f"<b> … and {left:,} more characters: see the log</b>" if left > 0 else ""


def quoted(words: str, language: str = "") -> Cell:
    """A text of its own as it was written, in its language and direction."""
    lang = f' lang="{escape(language, quote=True)}"' if language else ""
    turned = ' dir="rtl"' if _from_the_right(words) else ""
    text = escape(shown(words[:LONGEST])) + _rest(words)
    return f'<p class="said"{lang}{turned}>{text}</p>'


def _from_the_right(words: str) -> bool:
    """By most of its letters: a text may begin with a mark or a name in Latin ones."""
    kinds = [unicodedata.bidirectional(each) for each in words[:2000]]
    return sum(each in ("R", "AL") for each in kinds) > kinds.count("L")


def entry(*numbers: int) -> Cell:
    """Which entries of the log say so, as in [57]."""
    named = ", ".join(f"{each}" for each in dict.fromkeys(numbers) if each)
    return f' <span class="entry">[{named}]</span>' if named else ""


def more(number: int, what: str) -> Cell:
    """That not everything is printed; nothing when it is."""
    if number <= 0:
        return ""
    return f'<p class="more">… and {number:,} more {escape(what)}: see the log.</p>'


def paragraph(words: Cell) -> Cell:
    """A paragraph."""
    return f"<p>{words}</p>"


def section(name: str, title: str, *parts: Cell) -> Cell:
    """A part of the report with its heading; nothing when there is nothing in it."""
    inside = "".join(parts)
    return f'<h2 id="{name}">{escape(title)}</h2>{inside}' if inside else ""
