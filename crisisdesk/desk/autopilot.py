"""The autopilot: an officer who plays an exercise by themselves, well or badly.

What the scenario lays down for a good or a poor officer is done at its time; beyond that the
officer looks about and does what is due, at moments that the seed decides.
"""

import logging
from collections.abc import Callable
from functools import partial
from random import Random

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.desk.officer import Officer
from crisisdesk.desk.strategy import Strategy
from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.rules.exercise.manner import MANNERS, drawn, script

log = logging.getLogger(__name__)

BETWEEN = 0.5
"""Looks lie between the story's own whole seconds, so that the order of both is never in doubt."""


class Autopilot:
    """Puts an officer's acts and looks on an exercise's agenda. `failures` says what went wrong."""

    def __init__(self, desk: ExerciseDesk, name: str) -> None:
        if name not in MANNERS:
            words = f"There is no {name!r} officer."
            raise BadInput(words, f"Choose one of: {', '.join(MANNERS)}.")
        self._desk = desk
        self._manner = MANNERS[name]
        self._chance = Random(f"{name} officer {desk.seed}")
        acts = desk.exercising.scenario.acts.get(name, ())
        self._begins = drawn(self._manner.away, self._chance)
        self._planned = script(acts, self._manner, self._begins, self._chance)
        self._officer = Officer(desk, careful=self._manner.careful)
        self._strategy = Strategy(desk, self._officer, self._manner, self._planned, self._chance)
        self.failures: list[str] = []

    def plan(self) -> None:
        """Put everything on the agenda; each look plans the next."""
        for at, act in self._planned:
            name = f"{act.do} {act.template}".strip()
            self._desk.agenda.add(
                float(at), partial(self._try, name, partial(self._officer.do, act))
            )
        self._desk.agenda.add(self._begins + BETWEEN, self._look)

    def _look_again(self) -> None:
        pause = drawn(self._manner.look, self._chance)
        due = int(self._desk.clock.uptime()) + pause + BETWEEN
        self._desk.agenda.add(due, self._look)

    def _look(self) -> None:
        for name, duty in self._strategy.due():
            self._try(name, duty)
        self._look_again()

    def _try(self, name: str, act: Callable[[], None]) -> None:
        """A person who cannot do something goes on with the next thing; the end tells of it."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - no slip of ours ends the exercise
            minute = int(self._desk.clock.uptime()) // 60
            words = str(error) if isinstance(error, CrisisDeskError) else repr(error)
            self.failures.append(f"{name} at {minute} min: {words}")
            log.warning("the autopilot could not %s: %s", name, words)
