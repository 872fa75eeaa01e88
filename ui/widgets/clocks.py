"""Times as an officer reads them, in local time."""

from datetime import datetime

MINUTE, HOUR = 60, 3600


def clock_time(moment: datetime) -> str:
    """As in 14:02."""
    return f"{moment.astimezone():%H:%M}"


def clock_or_day(moment: datetime, now: datetime) -> str:
    """As in 14:02, or 3 Nov 14:02 where that is not today."""
    local, today = moment.astimezone(), now.astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"


def clock_seconds(moment: datetime) -> str:
    """As in 14:02:11."""
    return f"{moment.astimezone():%H:%M:%S}"


def age(seconds: float) -> str:
    """As in "now", "4 min", "3 h", "2 d"."""
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < 24 * HOUR:
        return f"{int(seconds // HOUR)} h"
    return f"{int(seconds // (24 * HOUR))} d"


def length(seconds: float) -> str:
    """As in "less than a minute", "12 min", "6 h 12 min"; rounded down."""
    minutes = int(seconds // MINUTE)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def since(seconds: float) -> str:
    """Time since an incident began, as in T+00:42 (hours and minutes)."""
    minutes = int(seconds // MINUTE)
    return f"T+{minutes // 60:02d}:{minutes % 60:02d}"
