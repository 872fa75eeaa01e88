"""One run of an exercise, as its measures need it: what came, what was done, how claims spread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crisisdesk.model.exercise import Rumour, Scenario
from crisisdesk.model.facts import Heard
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.scoring import Deed, Score, done_at, score

PEAK_DOUBLINGS = 5
"""A claim left alone is taken to be at its height after so many doublings, when 32 times as many
people have heard it. Our assumption: no source gives one figure for all rumours."""

Curve = Sequence[tuple[int, int]]
"""(second, posts or people) points of one claim, in order of time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A claim: when it began, when it is or would have been at its height, when we answered."""

    rumour: Rumour
    began: int
    peak: int
    answered: int | None

    def reach(self, at: int) -> int:
        """How many people have heard it by a moment if nobody answers before. Our assumption."""
        doublings = max(0, min(at, self.peak) - self.began) / self.rumour.doubles
        return round(self.rumour.reach * 2**doublings)


@dataclass(frozen=True)
class Run:
    """A scenario as it was played. `played_at` maps inject ids to seconds after STARTEX.

    `curves` maps rumours to how they spread while nobody answered; the highest point counts as the
    peak. Without one it is `PEAK_DOUBLINGS` after the start.
    """

    scenario: Scenario
    deeds: Sequence[Deed]
    played_at: Mapping[str, int]
    curves: Mapping[str, Curve] = field(default_factory=dict)

    def scores(self) -> tuple[Score, ...]:
        """Each goal that could be measured."""
        return score(self.scenario, self.deeds, self.played_at)

    def done(self) -> dict[str, int]:
        """When the deed of each goal was first done."""
        return done_at(self.scenario, self.deeds, self.played_at)

    def needs(self) -> list[Heard]:
        """The scenario's calls for help that came, by when each was acknowledged."""
        done = self.done()
        return [
            Heard(self._words(need.inject), self.played_at[need.inject], done.get(need.answered_by))
            for need in self.scenario.needs
            if need.inject in self.played_at
        ]

    def spreads(self) -> list[Spread]:
        """The scenario's claims that came up."""
        done = self.done()
        return [
            Spread(each, began, self._peak(each, began), done.get(each.answered_by))
            for each in self.scenario.rumours
            if (began := self.played_at.get(each.starts)) is not None
        ]

    def corrections(self) -> Iterator[tuple[int, int | None]]:
        """(known, done): when a mistake of ours was known, and when we corrected it."""
        done = self.done()
        for goal in self.scenario.goals:
            if (
                goal.do == "broadcast"
                and goal.match == Step.CANCEL
                and goal.after in self.played_at
            ):
                yield self.played_at[goal.after], done.get(goal.id)

    def _peak(self, rumour: Rumour, began: int) -> int:
        curve = self.curves.get(rumour.id)
        if curve:
            return max(began + 1, max(curve, key=lambda point: (point[1], -point[0]))[0])
        return began + PEAK_DOUBLINGS * rumour.doubles

    def _words(self, inject_id: str) -> str:
        return next((each.text for each in self.scenario.injects if each.id == inject_id), "")
