"""Practice currency: when each person last played an exercise, and whether that is too long ago."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crisisdesk.rules.exercise.comparing import PastRun

MOST_NAMES = 3
"""More would crowd the start page."""


@dataclass(frozen=True, slots=True)
class Practice:
    """One person. `last` is the day of their last run, on this computer's calendar."""

    player: str
    last: date
    days: int
    scenario: str
    score: int
    allowed: int

    @property
    def overdue(self) -> bool:
        """Whether they should play again."""
        return self.days > self.allowed

    @property
    def words(self) -> str:
        """As in "J. Officer: last drill 40 days ago, 10 days overdue"."""
        ago = {0: "today", 1: "yesterday"}.get(self.days, f"{self.days} days ago")
        over = self.days - self.allowed
        late = f", {over} {'day' if over == 1 else 'days'} overdue" if self.overdue else ""
        return f"{self.player}: last drill {ago}{late}"


def practised(runs: Iterable[PastRun], today: date, allowed: int) -> list[Practice]:
    """The last run of everybody who gave a name, whoever has waited longest first.

    `allowed` are the days between two drills. A run dated after today counts as played today.
    """
    newest: dict[str, PastRun] = {}
    for each in runs:
        if each.player.strip() and each.at:
            newest[each.player.strip().casefold()] = each
    found = [_practice(each, today, allowed) for each in newest.values()]
    return sorted(found, key=lambda each: (-each.days, each.player))


def in_short(found: Sequence[Practice], actions_overdue: int) -> list[str]:
    """For the start page: who is overdue, or else who played last; and actions that are overdue."""
    late = [each for each in found if each.overdue]
    lines = [each.words for each in late[:MOST_NAMES]]
    if len(late) > MOST_NAMES:
        lines.append(f"{len(late) - MOST_NAMES} more are overdue")
    if found and not late:
        lines = [min(found, key=lambda each: each.days).words]
    if actions_overdue:
        what = "action is" if actions_overdue == 1 else "actions are"
        lines.append(f"{actions_overdue} improvement {what} overdue")
    return lines


def _practice(run: PastRun, today: date, allowed: int) -> Practice:
    assert run.at is not None  # noqa: S101 - only dated runs come here
    last = min(run.at.astimezone().date(), today)
    days = (today - last).days
    return Practice(run.player.strip(), last, days, run.name, run.score, allowed)
