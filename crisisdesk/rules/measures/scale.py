"""How a value becomes a score of 0 to 100, and how that is said in words."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from crisisdesk.rules.plain_words import minutes

MINUTE = 60


def falling(value: int, good: int, bad: int) -> int:
    """100 up to `good`, 0 from `bad` on, in a straight line between."""
    if value <= good:
        return 100
    return 0 if value >= bad else round(100 * (bad - value) / (bad - good))


def line(good: int, bad: int) -> str:
    """The formula of `falling`, for whoever asks how a score was made."""
    return f"100 up to {minutes(good)}, falling evenly to 0 at {minutes(bad)}"


def longest(
    moments: Sequence[int], end: int, events: Sequence[int] | None = None
) -> tuple[int, int]:
    """(length, beginning) of the longest stretch between two moments, start and end included."""
    marks = sorted({0, end, *(each for each in moments if each <= end)})
    sorted_events = sorted(events or ())
    stretches = [
        (after - before, -before)
        for before, after in pairwise(marks)
        if events is None or happened(sorted_events, before, after)
    ]
    length, since = max(stretches, default=(0, 0))
    return length, -since


def happened(events: Sequence[int], before: int, after: int) -> bool:
    """Whether one of these moments, in order of time, lies between two others."""
    first = bisect_right(events, before)
    return first < len(events) and events[first] < after
