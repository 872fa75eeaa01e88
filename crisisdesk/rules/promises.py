"""The next update that a message promised: a clock time, as in "05:00"."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

NEXT_UPDATE = "next_update_at"
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)


def promised(values: Mapping[str, str]) -> str:
    """The words that promise the next update; "" where there are none."""
    return values.get(NEXT_UPDATE, "").strip()


def moment_of(promise: str, written_at: datetime, zone: tzinfo | None = None) -> datetime | None:
    """When a clock time comes next after the message was written; None if it is no clock time.

    Local in `zone`, else by the computer's zone. The very minute of writing counts as now.
    """
    clock = _CLOCK.fullmatch(promise)
    if clock is None:
        return None
    local = written_at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    due = local.replace(hour=int(clock[1]), minute=int(clock[2]))
    if due < local:
        due += timedelta(days=1)
    return due.replace(tzinfo=zone) if zone else due.astimezone()
