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
class Benchmarked:
    """One episode with its rows, and every episode that its own log holds."""

    one: Episode
    rows: tuple[Benchmark, ...]
    every: tuple[Episode, ...]


def published() -> tuple[PublishedFigure, ...]:
    """The published cases that come with the program. Raises BadInput where they are spoilt."""
    return read_cases(resource("benchmarks", "cases.toml"), IDS)


def benchmark(source: Source, ref: str = "", beside: Sequence[Source] = ()) -> Benchmarked:
    """An incident of a log, the newest when none is named, beside all earlier ones of this log and
    of the others. Raises BadInput where there is none."""
    own = episodes(source)
    one = named(own, ref)
    if one is None:
        refs = ", ".join(each.ref for each in own if each.ref) or "none"
        problem = f"There is no incident {ref} in this log." if ref else "This log has no incident."
        raise BadInput(problem, f"Choose another log, or one of its incidents: {refs}.")
    others = [each for other in beside for each in episodes(other)]
    earlier = [*without(one, own), *comparable(one, others)]
    return Benchmarked(one, benchmarks(one, earlier, published()), tuple(own))
