"""Measures of how an incident or an exercise went: a value, what it counts for, and in words."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value is counted in."""

    SECONDS = "seconds"
    PERCENT = "percent"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `value` is None when what it measures was never done.

    `score` runs from 0 to 100, more is better; `weight` says what it counts for in the total.
    `more_is_better` is about the value. `words` tell an officer what it means, `formula` how the
    score is made, with its source. `evidence` are numbers of log entries.
    """

    id: str
    name: str
    value: int | None
    unit: Unit
    more_is_better: bool
    score: int
    weight: int
    words: str
    formula: str
    evidence: tuple[int, ...] = ()
