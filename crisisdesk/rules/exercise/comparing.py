"""A run beside earlier ones: those of the same person, and those of everybody here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, as its own report tells it. `scores` maps ids of measures to 0 to 100; `at` is when
    it was played, None where its folder does not tell."""

    at: datetime | None
    scenario: str
    name: str
    player: str
    score: int
    scores: dict[str, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """One measure now, at the person's last run, and in the middle of all runs; None: not there."""

    id: str
    now: int
    last: int | None
    own_middle: int | None
    all_middle: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`total` and each measure; how many runs stand behind it; words for what was left out."""

    total: Beside
    lines: tuple[Beside, ...]
    own: int
    every: int
    left_out: tuple[str, ...] = ()


def compare(now: PastRun, past: Sequence[PastRun], left_out: Iterable[str]) -> Comparison | None:
    """A run beside the past ones, oldest first; None when there is nothing to say."""
    skipped = tuple(left_out)
    if not past and not skipped:
        return None
    own = [each for each in past if now.player and _same(each.player, now.player)]
    lines = tuple(
        _beside(name, score, _of(own, name), _of(past, name)) for name, score in now.scores.items()
    )
    own_totals, totals = [each.score for each in own], [each.score for each in past]
    whole = _beside("total", now.score, own_totals, totals)
    return Comparison(whole, lines, len(own), len(past), skipped)


def _of(runs: Sequence[PastRun], measure: str) -> list[int]:
    return [each.scores[measure] for each in runs if measure in each.scores]


def _beside(measure: str, now: int, own: Sequence[int], every: Sequence[int]) -> Beside:
    return Beside(measure, now, own[-1] if own else None, _middle(own), _middle(every))


def _middle(scores: Sequence[int]) -> int | None:
    return median_low(scores) if scores else None


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def in_a_line(comparison: Comparison | None) -> str:
    """For the result page, as in "8 more than your last run; the middle of 5 runs here is 71"."""
    if comparison is None or not comparison.every:
        return ""
    total, words = comparison.total, []
    if total.last is not None:
        change = total.now - total.last
        words.append(
            "the same as your last run"
            if not change
            else f"{abs(change)} {'more' if change > 0 else 'less'} than your last run"
        )
    runs = "1 run" if comparison.every == 1 else f"{comparison.every} runs"
    words.append(f"the middle of {runs} here before is {total.all_middle}")
    line = "; ".join(words)
    return f"{line[0].upper()}{line[1:]}."
