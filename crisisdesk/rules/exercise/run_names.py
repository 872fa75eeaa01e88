"""The name of a run's folder, which tells when it was played: no report holds that."""

from datetime import UTC, datetime
from pathlib import PurePath

_STAMP = "%Y%m%d-%H%M%S"
_LENGTH = len("20260203-020000")


def run_name(scenario: str, now: datetime) -> str:
    """As in "20260203-020000-night-flood", in UTC."""
    return f"{now.astimezone(UTC):{_STAMP}}-{PurePath(scenario).name}"


def read_name(name: str) -> tuple[datetime, str] | None:
    """When it was played, and the scenario; None when it is another folder's name."""
    try:
        at = datetime.strptime(name[:_LENGTH], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at, name[_LENGTH + 1 :]
