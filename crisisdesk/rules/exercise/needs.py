"""A call for help: while nobody acknowledges it, it gets louder; acknowledged, it says thanks."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from crisisdesk.model.exercise import Need

THANKS_AFTER = (40, 180)
"""Seconds from our answer to the thanks, least and most: our assumption."""

BYSTANDERS_FROM = 2
"""So many calls unheard, and others begin to ask for them: our assumption."""

ROUNDS_AFTER = 3
"""For so long others go on asking when the person has fallen silent."""


class Voiced(StrEnum):
    """Who speaks next about a need."""

    CALLER = "caller"
    BYSTANDER = "bystander"
    JOURNALIST = "journalist"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody speaks, `text` word for word unless that is empty."""

    voiced: Voiced
    text: str = ""


class Calling:
    """One need from its inject on."""

    def __init__(self, need: Need, chance: Random) -> None:
        self.need = need
        self.rounds = 0
        self._thanks_after = chance.randrange(*THANKS_AFTER)
        self._thanked = False

    def step(self, now: int, played_at: int, answered_at: int | None) -> Iterator[Call]:
        """What is said by `now`."""
        if answered_at is not None:
            if not self._thanked and now >= answered_at + self._thanks_after:
                self._thanked = True
                yield Call(Voiced.THANKS)
            return
        last = len(self.need.escalates) + (ROUNDS_AFTER if self.need.escalates else 0)
        while self.rounds < last and now >= played_at + self.need.patience * (self.rounds + 1):
            self.rounds += 1
            yield from self._round()

    def _round(self) -> Iterator[Call]:
        said = len(self.need.escalates)
        if self.rounds <= said:
            yield Call(Voiced.CALLER, self.need.escalates[self.rounds - 1])
        if self.rounds >= BYSTANDERS_FROM or self.rounds > said:
            yield from [Call(Voiced.BYSTANDER)] * min(self.rounds, 3)
        if self.rounds == max(said, BYSTANDERS_FROM):
            yield Call(Voiced.JOURNALIST)
