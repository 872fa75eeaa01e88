"""Time as the simulated networks write it, and the request quotas they report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the current time, with a time zone."""


def iso_millis(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: "2026-08-20T09:00:00.000Z"."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Quota:
    """Counts points per key in fixed windows. It reports; refusing is left to a planned fault."""

    def __init__(self, limit: int, length: timedelta) -> None:
        self.limit = limit
        self._seconds = int(length.total_seconds())
        self._spent: dict[str, tuple[int, int]] = {}

    def spend(self, key: str, now: datetime, points: int = 1) -> tuple[int, datetime]:
        """Points left in the key's current window, and when the window ends."""
        window = int(now.timestamp()) // self._seconds
        last, spent = self._spent.get(key, (window, 0))
        spent = points + (spent if last == window else 0)
        self._spent[key] = (window, spent)
        ends = datetime.fromtimestamp((window + 1) * self._seconds, UTC)
        return max(0, self.limit - spent), ends
