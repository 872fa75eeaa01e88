"""Benchmarking: the incidents of logs, measured and set beside each other and published cases.

It reads logs that somebody names, and writes nothing. A live desk never reads an exercise's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crisisdesk.config import resource
from crisisdesk.model.benchmark import Benchmark, Episode, PublishedFigure
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.benchmarks.cases import read_cases
from crisisdesk.rules.benchmarks.comparing import ALL_CLEAR, benchmarks
from crisisdesk.rules.benchmarks.episodes import Source, comparable, episodes, named, without
from crisisdesk.rules.measuring import MEASURES

IDS = frozenset(each.__name__ for each in MEASURES) | {ALL_CLEAR}


@dataclass(frozen=True, slots=True)
class Episodes:
    """What a log holds, in order, and what the logs hold that it is compared with."""

    own: tuple[Episode, ...]
    others: tuple[Episode, ...]

    def named(self, ref: str = "") -> Episode:
        """The incident with this reference, the newest when none is named. Raises BadInput."""
        if one := named(self.own, ref):
            return one
        refs = ", ".join(each.ref for each in self.own if each.ref)
        problem = f"There is no incident {ref} in this log." if ref else "This log has no incident."
        to_do = f"Choose one of its incidents: {refs}." if refs else "Choose another log."
        raise BadInput(problem, to_do)

    def beside(self, one: Episode) -> tuple[Benchmark, ...]:
        """One of them beside all earlier ones, of this log and of the others."""
        earlier = [*without(one, self.own), *comparable(one, self.others)]
        return benchmarks(one, earlier, published())


def published() -> tuple[PublishedFigure, ...]:
    """The published cases that come with the program. Raises BadInput where they are spoilt."""
    return read_cases(resource("benchmarks", "cases.toml"), IDS)


def read_episodes(source: Source, beside: Sequence[Source] = ()) -> Episodes:
    """Read a log, and others to compare with. Each is read twice, and no entry is kept."""
    others = (each for other in beside for each in episodes(other))
    return Episodes(tuple(episodes(source)), tuple(others))
