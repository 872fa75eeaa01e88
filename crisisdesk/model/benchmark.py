"""Benchmarks: an incident's measures beside our own earlier ones and beside published cases."""

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.measure import Measure
from crisisdesk.model.reach import ChannelReach


@dataclass(frozen=True, slots=True)
class Episode:
    """One incident or one exercise, measured by its log alone.

    `ended` says in words where measuring ended. `shared` is whether another incident ran at the
    same time: what names neither counts for both. `all_clear` are seconds until it was public.
    """

    name: str
    ref: str
    began: datetime
    exercise: bool
    length: int
    ended: str
    shared: bool
    measures: tuple[Measure, ...]
    channels: tuple[ChannelReach, ...]
    all_clear: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure of a published case. `value` is in the measure's unit, None where the source tells
    something else in `words`; `how` says how sure it is: "", "about", "less than", "more than"."""

    case: str
    when: str
    place: str
    measure: str
    value: int | None
    how: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Past:
    """Earlier values of a measure: how many, the middle one and the best; None without any."""

    number: int
    middle: int | None
    best: int | None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One measure now, beside what there is to compare. `kind` is a unit of `Unit` or "people" or
    "reactions"; `better` says which way is better, "" where neither is."""

    id: str
    name: str
    kind: str
    better: str
    value: int | None
    words: str
    formula: str
    incidents: Past
    exercises: Past
    published: tuple[PublishedFigure, ...] = ()
