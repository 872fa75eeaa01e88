"""How a rumour spreads: it doubles while we are silent, and fades once an answer is heard.

No chance is in here: the same answers give the same curve. docs/exercise-public.md has the sources.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crisisdesk.model.exercise import Persona, Rumour
from crisisdesk.rules.exercise.hearing import Answer

FADES = 6 * 60
"""Half-life in seconds of a rumour that an answer reaching everybody meets: our assumption."""

FADES_AT_MOST = 2 * 60 * 60
PASSES_ON = 0.25
"""Share of their followers to whom trusted people pass our answer on: our assumption."""

TRUSTED = ("partner", "councillor", "journalist", "business")
TAKES_UP = 0.02
"""Share of a loud person's followers who take a claim up at once: our assumption."""

CARES = 0.1
"""Share of a celebrity's followers who could care about the story: our assumption."""

LOUD = {"troll": 4, "celebrity": 16}
"""At how many times its first reach a claim comes to such people; the next one at twice that."""

WRITES = 0.02
"""Share of the people who hear something that write about it. About one in a hundred contributes
in public (J. Nielsen, Participation Inequality, 2006); in a crisis we take it to be twice that."""

SMALLEST_PUBLIC = 2_000
LEAST_REACHABLE = 50
"""A rumour can reach at least so many times the people it starts with."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A rumour so far: (story second, people who hold it for true) of each look."""

    rumour: str
    samples: tuple[tuple[int, int], ...]
    peak_at: int
    peak: int
    answered_at: int | None


class Spread:
    """One rumour from its start on. `people` is how many hold it for true."""

    def __init__(self, rumour: Rumour, personas: Iterable[Persona]) -> None:
        self.rumour = rumour
        everybody = tuple(personas)
        self.reachable = max(_reachable(everybody), LEAST_REACHABLE * rumour.reach, SMALLEST_PUBLIC)
        trusted = sum(each.followers for each in everybody if each.kind in TRUSTED)
        self._trusted = PASSES_ON * trusted
        self._waiting = _loud(everybody, rumour.reach)
        self._against = 0.0
        self.people = 0.0
        self.grew = 0.0
        self.answered_at: int | None = None
        self._peak = (0, 0.0)
        self._samples: list[tuple[int, int]] = []

    def step(self, now: int, seconds: int, answer: Answer | None) -> list[Persona]:
        """Go on to `now`, `seconds` after the last step; returns the loud people who repeat it."""
        before = self.people or float(self.rumour.reach)
        loud: list[Persona] = []
        if answer is None or not answer.people:
            self.people = self._grown(before, seconds)
            loud = self._join()
        else:
            self.answered_at = answer.at if self.answered_at is None else self.answered_at
            self.people = before * 2 ** (-seconds / self._half_life(answer.people))
        self.grew = max(0.0, self.people - before)
        self._keep(now)
        return loud

    def _grown(self, before: float, seconds: int) -> float:
        """Logistic growth, exact for any length of step."""
        left = self.reachable / before - 1
        return self.reachable / (1 + left * 2 ** (-seconds / self.rumour.doubles))

    def _join(self) -> list[Persona]:
        joined = [persona for least, persona in self._waiting if self.people >= least]
        self._waiting = self._waiting[len(joined) :]
        for persona in joined:
            self._against += TAKES_UP * persona.followers
            more = self.people + TAKES_UP * persona.followers
            self.people = max(self.people, min(float(self.reachable), more))
        return joined

    def _half_life(self, heard_by: int) -> float:
        """The longer, the more people held it at its peak or took it up from somebody loud, against
        those who hear our answer."""
        against = self._peak[1] + self._against
        return min(FADES_AT_MOST, FADES * (1 + against / (heard_by + self._trusted)))

    def _keep(self, now: int) -> None:
        if self.people > self._peak[1]:
            self._peak = (now, self.people)
        self._samples.append((now, round(self.people)))

    def per_hour(self, seconds: int, most: float) -> float:
        """How many posts an hour repeat it; it nears `most` and never goes above."""
        wanted = WRITES * (self.grew * 3600 / seconds + self.people)
        return most * wanted / (most + wanted) if most else 0.0

    @property
    def share(self) -> float:
        """The share of the reachable people who hold it for true."""
        return self.people / self.reachable

    @property
    def curve(self) -> Curve:
        """What it has done so far."""
        at, people = self._peak
        return Curve(self.rumour.id, tuple(self._samples), at, round(people), self.answered_at)


def _reachable(personas: Iterable[Persona]) -> int:
    shares = {"celebrity": CARES}
    return round(sum(shares.get(each.kind, 1.0) * each.followers for each in personas))


def _loud(personas: Iterable[Persona], reach: int) -> list[tuple[float, Persona]]:
    """Who repeats a claim once it is so large, the first to do so first."""
    found: list[tuple[float, Persona]] = []
    for kind, times in LOUD.items():
        of_kind = (each for each in personas if each.kind == kind)
        found += [(float(reach * times * 2**n), each) for n, each in enumerate(of_kind)]
    return sorted(found, key=lambda each: each[0])
