"""What can be reviewed on this computer: the live desk's log and the exercises played here."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from crisisdesk.config import DATABASE_NAME, Paths
from crisisdesk.rules.exercise.run_names import read_name, run_name

NEWEST = 4
LIVE_DESK = "The live desk"


@dataclass(frozen=True, slots=True)
class RecentLog:
    """A log that can be opened; `ended` says how its exercise went, "" when nobody wrote that."""

    folder: Path
    name: str
    at: datetime
    ended: str = ""


def recent_logs(paths: Paths) -> list[RecentLog]:
    """The live desk's log first, if there is one, then the newest exercises."""
    played = sorted(_exercises(paths.exercises), key=lambda each: each.at, reverse=True)
    return _live(paths) + played[:NEWEST]


def exercise_folder(paths: Paths, scenario: str, now: datetime) -> Path:
    """Where an exercise that begins now is kept, a folder that is not there yet.

    Its name is read back by `recent_logs`.
    """
    first = paths.exercises / run_name(scenario, now)
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(each for each in chain([first], others) if not each.exists())


def _live(paths: Paths) -> list[RecentLog]:
    try:
        changed = paths.database.stat().st_mtime
    except OSError:
        return []
    return [RecentLog(paths.home, LIVE_DESK, datetime.fromtimestamp(changed, UTC))]


def _exercises(folder: Path) -> list[RecentLog]:
    try:
        found = [each for each in folder.iterdir() if (each / DATABASE_NAME).is_file()]
    except OSError:
        return []
    return [log for each in found if (log := _exercise(each))]


def _exercise(folder: Path) -> RecentLog | None:
    named = read_name(folder.name)
    if named is None:
        return None
    at, name = named
    try:
        report = json.loads((folder / "report.json").read_bytes())
        ended = f"{report['goals_met']} of {len(report['goals'])} goals met"
        return RecentLog(folder, str(report["name"]), at, ended)
    except (OSError, ValueError, KeyError, TypeError):
        return RecentLog(folder, name, at)
