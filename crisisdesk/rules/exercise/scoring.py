"""Scoring an exercise: which goals were met, from what the log says was done and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crisisdesk.model.exercise import Goal, Lesson, Scenario


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the officer did, `at` seconds after STARTEX, or what came of it.

    `text` is the step for a broadcast, the mention's text for `handle`, the channel's name for
    `settle`, the incident's for `open_incident`, the words otherwise. What comes of it: `heard`, a
    network took a message (`text` is the kind of channel), and `promise_missed`. `about` is the
    headline of a broadcast, `seq` the log entry.
    """

    at: int
    do: str
    text: str = ""
    template: str = ""
    about: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """One goal: `took` is the seconds from its inject to the deed, None when it was not done.

    `seq` is the log entry that shows it, 0 when there is none.
    """

    goal: Goal
    due_at: int
    took: int | None
    seq: int = 0

    @property
    def met(self) -> bool:
        """Whether it was done in time."""
        return self.took is not None and self.took <= self.goal.within


def score(
    scenario: Scenario, deeds: Iterable[Deed], played_at: Mapping[str, int]
) -> tuple[Score, ...]:
    """Each goal against the first deed that fits it. `played_at` maps inject ids to seconds.

    A goal whose inject was never played is left out: the exercise ended before it.
    """
    ordered = sorted(deeds, key=lambda deed: deed.at)
    return tuple(
        _score_one(goal, ordered, played_at[goal.after])
        for goal in scenario.goals
        if goal.after in played_at
    )


def _score_one(goal: Goal, deeds: Sequence[Deed], start: int) -> Score:
    first = first_fitting(goal, deeds, start)
    if first is None:
        return Score(goal, start + goal.within, None)
    return Score(goal, start + goal.within, first.at - start, first.seq)


def done_at(
    scenario: Scenario, deeds: Sequence[Deed], played_at: Mapping[str, int]
) -> dict[str, int]:
    """When the deed of each goal was first done, in time or not; goals without it are left out."""
    found = {
        goal.id: first_fitting(goal, deeds, played_at[goal.after])
        for goal in scenario.goals
        if goal.after in played_at
    }
    return {goal: deed.at for goal, deed in found.items() if deed}


def first_fitting(wanted: Goal | Lesson, deeds: Iterable[Deed], start: int) -> Deed | None:
    """The first deed of the right kind from `start` seconds on."""
    return next((deed for deed in deeds if deed.at >= start and _fits(wanted, deed)), None)


def _fits(wanted: Goal | Lesson, deed: Deed) -> bool:
    if wanted.do != deed.do or (wanted.template and wanted.template != deed.template):
        return False
    return wanted.match.lower() in deed.text.lower()
