"""What happens next in an exercise: which injects are due, by the time and by what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import POSTS, Inject, Scenario
from crisisdesk.rules.exercise.crowds import expand, singles

CHATTER_SECONDS = 45
"""By how much a post that nothing depends on may come later, so that nights differ."""


class State(StrEnum):
    """Where an inject stands."""

    WAITING = "waiting"
    DUE = "due"
    PLAYED = "played"
    LEFT_OUT = "left out"
    SKIPPED = "skipped"


OPEN = frozenset({State.WAITING, State.DUE})


@dataclass(frozen=True, slots=True)
class Line:
    """One inject on the timeline: when it is due (None while it waits), and when it was played."""

    inject: Inject
    state: State
    due: int | None
    played_at: int | None = None


class Story:
    """The timeline of one run. `done` maps each goal whose deed was done to when that was.

    Nothing here knows a clock: whoever plays it says what time it is. Not thread-safe.
    """

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self.played_at: dict[str, int] = {}
        self._lines: dict[str, Line] = {}
        chance = Random(seed)
        fixed = _depended_on(scenario)
        for inject in expand(scenario):
            free = inject.method in POSTS and inject.id not in fixed
            late = chance.randrange(CHATTER_SECONDS) if free else 0
            self._add(replace(inject, at=min(inject.at + late, scenario.length)))

    def _add(self, inject: Inject) -> None:
        waits = inject.after or inject.on
        line = Line(inject, State.WAITING if waits else State.DUE, None if waits else inject.at)
        self._lines[inject.id] = line

    def lines(self) -> tuple[Line, ...]:
        """The whole timeline: what has a time in its order, what waits for something after it."""
        far = self.scenario.length + 1
        return tuple(
            sorted(self._lines.values(), key=lambda each: (_time(each, far), each.inject.at))
        )

    def next_due(self) -> int | None:
        """When the next inject that has a time is due."""
        return min((line.due for line in self._of(State.DUE) if line.due is not None), default=None)

    def take(self, now: int, done: Mapping[str, int]) -> list[Inject]:
        """The injects to play now, in order; they count as played. Others are left out for good."""
        self._resolve(done)
        due = sorted(
            (line for line in self._of(State.DUE) if line.due is not None and line.due <= now),
            key=lambda line: line.due or 0,
        )
        return [line.inject for line in due if self._plays(line, now, done)]

    def _plays(self, line: Line, now: int, done: Mapping[str, int]) -> bool:
        inject = line.inject
        left_out = (inject.only_if and inject.only_if not in done) or inject.unless in done
        if left_out:
            self._lines[inject.id] = replace(line, state=State.LEFT_OUT)
            return False
        self._played(line, now)
        return True

    def _played(self, line: Line, now: int) -> None:
        self.played_at[line.inject.id] = now
        self._lines[line.inject.id] = replace(line, state=State.PLAYED, played_at=now)

    def _resolve(self, done: Mapping[str, int]) -> None:
        """What waited for something that has happened gets its time."""
        for line in self._of(State.WAITING):
            inject = line.inject
            start = done.get(inject.on) if inject.on else self.played_at.get(inject.after)
            if start is not None:
                timed = replace(line, state=State.DUE, due=start + inject.at)
                self._lines[inject.id] = timed

    def _of(self, state: State) -> list[Line]:
        return [line for line in self._lines.values() if line.state is state]

    def fire(self, inject_id: str, now: int) -> Inject:
        """Play one now, whatever it waited for. Raises BadInput when it cannot be played."""
        line = self._open(inject_id)
        self._played(line, now)
        return line.inject

    def skip(self, inject_id: str) -> None:
        """It will not come. Raises BadInput when it was played already."""
        self._lines[inject_id] = replace(self._open(inject_id), state=State.SKIPPED)

    def edit(self, inject: Inject) -> None:
        """Put another in the place of the open one with the same id."""
        self._open(inject.id)
        self._add(inject)

    def insert(self, inject: Inject) -> None:
        """Add one; a crowd becomes its people. Raises BadInput when the name is taken."""
        new = singles(inject)
        for each in new:
            if each.id in self._lines:
                raise BadInput(f"There is an inject {each.id!r} already.", "Give it another name.")
        for each in new:
            self._add(each)

    def _open(self, inject_id: str) -> Line:
        line = self._lines.get(inject_id)
        if line is None:
            raise BadInput(f"There is no inject {inject_id!r}.", "Choose one on the timeline.")
        if line.state not in OPEN:
            raise BadInput(
                f"The inject {inject_id!r} is {line.state} already.",
                "Choose one that is still to come, or insert a new one.",
            )
        return line


def _time(line: Line, far: int) -> int:
    if line.played_at is not None:
        return line.played_at
    return far if line.due is None else line.due


def _depended_on(scenario: Scenario) -> set[str]:
    """Injects that a measure or another part of the story begins from keep their exact time."""
    starts = {goal.after for goal in scenario.goals} | {each.after for each in scenario.injects}
    starts |= {rumour.starts for rumour in scenario.rumours}
    starts |= {question.starts for question in scenario.questions}
    return starts | {need.inject for need in scenario.needs}
