"""What the start page has to offer beyond its three choices. Read after the first picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crisisdesk.config import Paths

if TYPE_CHECKING:
    from crisisdesk.model.exercise import Scenario
    from crisisdesk.system.recent_logs import RecentLog


@dataclass(frozen=True, slots=True)
class Offers:
    """The scenarios that ship or were added, and the logs on this computer."""

    scenarios: "Sequence[Scenario]"
    logs: "Sequence[RecentLog]"
    folders: Mapping[str, str] = field(default_factory=dict)
    """Where the added ones lie, by their id: by that they are played."""
    practice: Sequence[str] = ()
    """Who should practise again, and what was agreed and is overdue: a line each."""


def read_offers(paths: Paths) -> Offers:
    """Read them from the disk: not on the GUI thread."""
    from crisisdesk.system.recent_logs import recent_logs
    from crisisdesk.system.scenario_files import added_scenarios, shipped_scenarios

    added = added_scenarios(paths.scenarios)
    folders = {each.id: str(paths.scenarios / each.id) for each in added}
    scenarios = [*shipped_scenarios(), *added]
    return Offers(scenarios, recent_logs(paths), folders, _practice(paths))


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
