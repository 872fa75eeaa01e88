"""One episode beside earlier ones and published cases: counted, never scored.

The middle is the lower median: a value that really was. Incidents and exercises stand apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median_low

from crisisdesk.model.benchmark import Benchmark, Episode, Past, PublishedFigure
from crisisdesk.model.measure import Measure

UNLIKE = (
    "A comparison of unlike events: another place, another danger, other people and another way of "
    "counting. It shows what has happened elsewhere, not what would have been good here."
)
ALL_CLEAR = "all_clear"


def past(values: Iterable[int | None], better: str) -> Past:
    """Earlier values in short. Without a better way there is no best."""
    known = [each for each in values if each is not None]
    if not known:
        return Past(0, None, None)
    best = {"more": max, "less": min}.get(better)
    return Past(len(known), median_low(known), best(known) if best else None)


def benchmarks(
    now: Episode, earlier: Sequence[Episode], cases: Sequence[PublishedFigure]
) -> tuple[Benchmark, ...]:
    """Every measure of an episode beside the same of earlier ones; first what is measured, then
    how far it came on each channel."""
    live = [each for each in earlier if not each.exercise]
    played = [each for each in earlier if each.exercise]
    rows = [_measure(each, live, played, cases) for each in now.measures]
    rows += _all_clear(now, live, played, cases)
    return (*rows, *_channels(now, live, played))


def _measure(
    one: Measure,
    live: Sequence[Episode],
    played: Sequence[Episode],
    cases: Sequence[PublishedFigure],
) -> Benchmark:
    better = "more" if one.more_is_better else "less"
    return Benchmark(
        id=one.id,
        name=one.name,
        kind=one.unit.value,
        better=better,
        value=one.value,
        words=one.words,
        formula=one.formula,
        incidents=past(_values(live, one.id), better),
        exercises=past(_values(played, one.id), better),
        published=tuple(each for each in cases if each.measure == one.id),
    )


def _values(found: Sequence[Episode], measure: str) -> list[int | None]:
    return [each.value for episode in found for each in episode.measures if each.id == measure]


def _all_clear(
    now: Episode,
    live: Sequence[Episode],
    played: Sequence[Episode],
    cases: Sequence[PublishedFigure],
) -> Iterator[Benchmark]:
    """Sooner is not better: the danger decides."""
    if now.all_clear is None:
        return
    yield Benchmark(
        id=ALL_CLEAR,
        name="All clear",
        kind="seconds",
        better="",
        value=now.all_clear,
        words="From the start until the all clear was in public.",
        formula="Not scored: when it is safe is not for us to say.",
        incidents=past((each.all_clear for each in live), ""),
        exercises=past((each.all_clear for each in played), ""),
        published=tuple(each for each in cases if each.measure == ALL_CLEAR),
    )


def _channels(
    now: Episode, live: Sequence[Episode], played: Sequence[Episode]
) -> Iterator[Benchmark]:
    for each in now.channels:
        for name, words, kind, better, field in _REACH:
            yield Benchmark(
                id=f"{field}/{each.channel}",
                name=f"{each.channel}: {name}",
                kind=kind,
                better=better,
                value=getattr(each, field),
                words=words,
                formula="As the network last counted; not known where it counts nothing.",
                incidents=past(_reach(live, each.channel, field), better),
                exercises=past(_reach(played, each.channel, field), better),
            )


_REACH = (
    ("reactions", "Likes, shares, replies and quotes for each post.", "reactions", "", "reactions"),
    ("followers", "At most so many could be reached directly.", "people", "", "followers"),
)
"""More reactions are not better: a false alarm gets most of all."""


def _reach(found: Sequence[Episode], channel: str, field: str) -> list[int | None]:
    return [
        getattr(each, field)
        for episode in found
        for each in episode.channels
        if each.channel == channel
    ]
