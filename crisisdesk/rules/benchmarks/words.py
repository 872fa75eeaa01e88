"""Benchmarks in words: values in their units, and an episode with what was measured of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from crisisdesk.model.benchmark import Benchmark, Episode, Past, PublishedFigure
from crisisdesk.rules.benchmarks.comparing import UNLIKE
from crisisdesk.rules.plain_words import counted, minutes

_SHOWN: Mapping[str, Callable[[int], str]] = {
    "seconds": minutes,
    "percent": lambda value: f"{value} %",
    "words": lambda value: counted(value, "word"),
    "people": lambda value: f"{value:,}",
    "reactions": lambda value: f"{value:,} a post",
}
NOT_KNOWN = "not known"
ALIKE = (
    "Measured by the log alone, incidents and exercises alike. Calls for help and rumours are "
    "those that a person judged so. The middle is a value that really was: half of the others are "
    "not above it."
)


def value_in_words(kind: str, value: int | None, none: str = NOT_KNOWN) -> str:
    """As in "11 min", "92 %", "4,180"; `none` where there is no value."""
    return none if value is None else _SHOWN[kind](value)


def now_in_words(row: Benchmark) -> str:
    """The value now; what was never done is said so, what nobody told is not known."""
    never = row.kind in ("seconds", "percent", "words")
    return value_in_words(row.kind, row.value, "never" if never else NOT_KNOWN)


def past_in_words(kind: str, found: Past) -> str:
    """As in "middle 14 min, best 9 min, of 5"; "none yet" without any."""
    if found.middle is None:
        return "none yet"
    best = "" if found.best is None else f", best {value_in_words(kind, found.best)}"
    return f"middle {value_in_words(kind, found.middle)}{best}, of {found.number}"


def case_in_words(kind: str, figure: PublishedFigure) -> str:
    """As in "Hawaii, 13 January 2018: 38 min – alert 8:07, …"."""
    value = "" if figure.value is None else value_in_words(kind, figure.value)
    shown = f"{figure.how} {value}".strip()
    return f"{figure.case}, {figure.when}: {f'{shown} – ' if shown else ''}{figure.words}"


def head_in_words(one: Episode) -> str:
    """What was measured, and from when to when."""
    what = "Exercise" if one.exercise else "Incident"
    ref = f" (Ref {one.ref})" if one.ref else ""
    local = one.began.astimezone()
    began = f"{local.day} {local:%B %Y, %H:%M}"
    words = f"{what} “{one.name}”{ref}, from {began}, measured for {minutes(one.length)}: "
    words += f"it ends {one.ended}."
    if one.shared:
        words += " Another incident ran at the same time: what names neither counts for both."
    return words


def lines(one: Episode, rows: Sequence[Benchmark]) -> Iterator[str]:
    """All of it as plain text, for a command."""
    yield head_in_words(one)
    yield ALIKE
    for row in rows:
        yield ""
        yield f"{row.name}: {now_in_words(row)}"
        yield f"  {row.words}"
        yield f"  own incidents before: {past_in_words(row.kind, row.incidents)}"
        yield f"  own exercises: {past_in_words(row.kind, row.exercises)}"
        for each in row.published:
            yield f"  published: {case_in_words(row.kind, each)} [{each.source}]"
    if any(row.published for row in rows):
        yield ""
        yield UNLIKE
