"""Times as events lists write them: T+15, 0:15, 02:15, 15 min, or a spreadsheet's own time."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

DAY = 24 * 60
_PLUS = re.compile(r"[th]?\s*\+\s*(\d{1,4})(?:[:.h](\d\d))?(?::\d\d)?\s*(?:m|min|mins|minutes)?")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d\d)(?::\d\d)?\s*(?:hrs|hours|h)?")
_COUNT = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*(?:m|min|mins|minutes)?")
_FOUR = re.compile(r"([01]\d|2[0-3])([0-5]\d)\s*(?:hrs|hours|h)")
_START = re.compile(r"(startex|start|t\s*=?\s*0)")


class Unreadable(ValueError):
    """A cell that is no time anybody can be sure of."""


@dataclass(frozen=True, slots=True)
class StoryTime:
    """Minutes since STARTEX, or since midnight by a clock."""

    minutes: float
    is_clock: bool = False

    def since(self, first: float | None) -> float:
        """Minutes since STARTEX, which is when the first clock time stands; past midnight too."""
        if not self.is_clock or first is None:
            return self.minutes
        return (self.minutes - first) % DAY


def story_minutes(cell: Any) -> StoryTime:
    """What a cell says. Raises Unreadable, in words that follow "row 7"."""
    if isinstance(cell, timedelta):
        return StoryTime(cell.total_seconds() / 60)
    if isinstance(cell, datetime | time):
        return StoryTime(cell.hour * 60 + cell.minute + cell.second / 60, is_clock=True)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _count(float(cell))
    return _in_words(str(cell or "").strip().lower())


def _in_words(said: str) -> StoryTime:
    if found := _PLUS.fullmatch(said):
        hours_too = found[2] is not None
        return StoryTime(int(found[1]) * 60 + int(found[2]) if hours_too else int(found[1]))
    if _START.fullmatch(said):
        return StoryTime(0)
    if found := _FOUR.fullmatch(said) or _CLOCK.fullmatch(said):
        hour, minute = int(found[1]), int(found[2])
        if hour < 24 and minute < 60:
            return StoryTime(hour * 60 + minute, is_clock=True)
    if found := _COUNT.fullmatch(said):
        return _count(float(found[1]))
    raise Unreadable(f"the time “{said}” cannot be read" if said else "has no time")


def _count(minutes: float) -> StoryTime:
    """Spreadsheets keep times of day as a part of one day."""
    if 0 < minutes < 1:
        return StoryTime(round(minutes * DAY), is_clock=True)
    if not 0 <= minutes <= 7 * DAY:
        raise Unreadable(f"the time “{minutes:g}” cannot be read")
    return StoryTime(minutes)
