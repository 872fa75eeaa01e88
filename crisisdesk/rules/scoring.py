"""Scoring an exercise: which goals were met, from what the log says was done and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crisisdesk.model.exercise import Goal, Scenario


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the officer did, `at` seconds after STARTEX.

    `text` is the step for a broadcast, the mention's text for `handle`, the words otherwise.
    """

    at: int
    do: str
    text: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One goal: `took` is the seconds from its inject to the deed, None when it was not done."""

    goal: Goal
    due_at: int
    took: int | None

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
    fitting = (deed for deed in deeds if deed.at >= start and _fits(goal, deed))
    first = next(fitting, None)
    return Score(goal, start + goal.within, None if first is None else first.at - start)


def _fits(goal: Goal, deed: Deed) -> bool:
    if goal.do != deed.do or (goal.template and goal.template != deed.template):
        return False
    return goal.match.lower() in deed.text.lower()
