"""What the start page has to offer beyond its three choices. Read after the first picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crisisdesk.config import Paths

if TYPE_CHECKING:
    from crisisdesk.model.exercise import Scenario
    from crisisdesk.rules.exercise.improving import Improvement
    from crisisdesk.system.recent_logs import RecentLog


@dataclass(frozen=True, slots=True)
class Agreed:
    """An improvement action, the folder of its exercise, and that exercise in words."""

    folder: Path
    after: str
    what: "Improvement"


@dataclass(frozen=True, slots=True)
class Offers:
    """The scenarios that ship or were added, and the logs on this computer."""

    scenarios: "Sequence[Scenario]"
    logs: "Sequence[RecentLog]"
    folders: Mapping[str, str] = field(default_factory=dict)
    """Where the added ones lie, by their id: by that they are played."""
    practice: Sequence[str] = ()
    """Who should practise again, and what was agreed and is overdue: a line each."""
    agreed: bool = False
    """Whether anything was agreed after an exercise."""


def read_offers(paths: Paths) -> Offers:
    """Read them from the disk: not on the GUI thread."""
    from crisisdesk.system.recent_logs import recent_logs
    from crisisdesk.system.scenario_files import added_scenarios, shipped_scenarios

    added = added_scenarios(paths.scenarios)
    folders = {each.id: str(paths.scenarios / each.id) for each in added}
    scenarios = [*shipped_scenarios(), *added]
    agreed = bool(paths.exercises.is_dir() and read_agreed(paths))
    return Offers(scenarios, recent_logs(paths), folders, _practice(paths), agreed)


def read_agreed(paths: Paths) -> list[Agreed]:
    """What was agreed after exercises, the first due first, what is done last."""
    from crisisdesk.services.reporting import actions

    found = actions(paths.exercises)
    return [Agreed(paths.exercises / name, _played(name), what) for name, what in found]


def _played(folder: str) -> str:
    """As in "night-flood, 3 Feb 2026"."""
    from crisisdesk.rules.exercise.run_names import read_name

    at, scenario = read_name(folder) or (None, folder)
    day = at.astimezone() if at else None
    return f"{scenario}, {day.day} {day:%b %Y}" if day else scenario


def settle(agreed: Agreed, *, done: bool) -> str:
    """Note it: not on the GUI thread. Returns why the report does not say so; raises BadInput."""
    from crisisdesk.services.reporting import settle as note

    return note(agreed.folder, agreed.what.action, done=done)


def _practice(paths: Paths) -> list[str]:
    """Nothing is loaded for it where nobody has played yet."""
    if not paths.exercises.is_dir():
        return []
    from datetime import datetime

    from crisisdesk.config import load_settings
    from crisisdesk.services.reporting import practice_in_short

    days = load_settings(paths.settings).settings.practice_days
    return practice_in_short(paths.exercises, datetime.now().astimezone().date(), days)


def make_papers(paths: Paths) -> None:
    """The PDF of the last exercise, if it has none: its own process may not make one."""
    if paths.exercises.is_dir():
        from crisisdesk.services.reporting import newest_papers

        newest_papers(paths.exercises)


def how_long(seconds: int) -> str:
    """A length as in "10 minutes" or "4 hours"."""
    minutes = seconds // 60
    if minutes < 60 or minutes % 60:
        return f"{minutes} minutes"
    return "1 hour" if minutes == 60 else f"{minutes // 60} hours"


def when(log: "RecentLog") -> str:
    """When and how it ended, as in "29 Nov 14:05 · 5 of 6 goals met"."""
    at = log.at.astimezone()
    return " · ".join(part for part in (f"{at.day} {at:%b %H:%M}", log.ended) if part)
