"""One run of an exercise, as its measures need it: what came, what was done, how claims spread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crisisdesk.model.exercise import Rumour, Scenario
from crisisdesk.model.facts import Heard
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.scoring import Deed, Score, done_at, score

PEAK_DOUBLINGS = 5
"""A claim left alone is taken to be at its height, spreading fastest, after so many doublings, when
32 times as many people have heard it. Our assumption: no source gives one figure for all rumours.
In the model of the public growth slows down from about there on."""

Curve = Sequence[tuple[int, int]]
"""(second, people who hold it for true) points of one claim, in order of time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A claim: when it began, when it is or would have been at its height, when we answered."""

    rumour: Rumour
    began: int
    peak: int
    answered: int | None
    curve: Curve = ()

    @property
    def most(self) -> int:
        """How many people held it for true at most: by the model of the public, else by doubling
        until it was answered or at its height."""
        if self.curve:
            return max(people for _, people in self.curve)
        end = self.peak if self.answered is None else min(self.answered, self.peak)
        return round(self.rumour.reach * 2 ** (max(0, end - self.began) / self.rumour.doubles))


@dataclass(frozen=True)
class Run:
    """A scenario as it was played. `played_at` maps inject ids to seconds after STARTEX.

    `curves` maps rumours to how many held them for true, by the model of the public.
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
            Spread(
                each,
                began,
                began + PEAK_DOUBLINGS * each.doubles,
                done.get(each.answered_by),
                self.curves.get(each.id, ()),
            )
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

    def _words(self, inject_id: str) -> str:
        return next((each.text for each in self.scenario.injects if each.id == inject_id), "")
