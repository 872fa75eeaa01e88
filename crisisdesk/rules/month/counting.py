"""Counting one month of a log.

What was asked within the month counts for it, whenever it was answered: the log is read as it
stands now, and the numbers of a month may still get better after its end.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median_low
from typing import Protocol

from crisisdesk.model.facts import Said
from crisisdesk.model.month import Answered, Drill, Month, MonthFigures
from crisisdesk.rules.exercise.comparing import PastRun
from crisisdesk.rules.exercise.practice import practised
from crisisdesk.rules.month.calendar import bounds, days_of, midnight
from crisisdesk.rules.month.reading import FOREIGN, GLASS, STOPPED, Reading


@dataclass(frozen=True, slots=True)
class Played:
    """The runs where exercises are kept, and how many days may lie between two drills."""

    runs: Sequence[PastRun]
    allowed: int


@dataclass(frozen=True, slots=True)
class Waited:
    """Something that waited, and when that ended; seconds from the beginning of the log."""

    at: int
    answered: int | None


class _Asked(Protocol):
    @property
    def at(self) -> int: ...

    @property
    def answered(self) -> int | None: ...


def figures(
    found: Reading, month: Month, zone: tzinfo | None = None, played: Played | None = None
) -> MonthFigures:
    """Everything that is counted of one month of the calendar of `zone`, the computer's own for
    None. Without `played` nothing is known of exercises."""
    return _Counting(found, month, zone).figures(played)


class _Counting:
    def __init__(self, found: Reading, month: Month, zone: tzinfo | None) -> None:
        self._found, self._month, self._zone = found, month, zone
        self._start, self._end = bounds(month, zone)
        self._first = (self._start - found.began).total_seconds()
        self._last = (self._end - found.began).total_seconds()
        self._minutes = None if found.minutes is None else self._own_minutes(found.minutes)

    def _own_minutes(self, minutes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        low, high = self._start.timestamp() * 1000, self._end.timestamp() * 1000
        return [(at_ms, number) for at_ms, number in minutes if low <= at_ms < high]

    def _within(self, at: datetime) -> bool:
        return self._start <= at < self._end

    def _holds(self, second: int) -> bool:
        """Whether a second of the facts falls into the month."""
        return self._first <= second < self._last

    def figures(self, played: Played | None) -> MonthFigures:
        found, facts = self._found, self._found.facts
        said = [each for each in facts.said if self._holds(each.at)]
        by_program = Counter(kind for at, kind in found.sorted if self._within(at))
        marks = Counter(what for at, what in found.marks if self._within(at))
        sendings = [each for each in found.reach.sendings.values() if self._within(each.began)]
        doubts = [Waited(each.at, each.settled) for each in facts.doubts]
        promised, in_time, late = self._promises()
        drills, practice = self._practice(played)
        return MonthFigures(
            month=self._month,
            covered=found.began <= self._start and found.newest >= self._end,
            entries=sum(self._within(at) for at in found.moments),
            incidents=tuple(name for at, name in found.incidents if self._within(at)),
            first_statement=self._first_statements(),
            messages=Counter(each.step for each in said),
            channels=found.reach.by_channel(sendings, self._end),
            per_day=self._per_day(said),
            mentions=None if self._minutes is None else sum(each for _, each in self._minutes),
            mentions_removed=any(before > self._start for before in found.removed_before),
            needs=self._answered(facts.needs),
            claims=self._answered(facts.claims),
            needs_sorted=by_program["need"],
            claims_sorted=by_program["rumour"],
            complete=_complete(said),
            promised=promised,
            kept_in_time=in_time,
            kept_late=late,
            approvals=self._answered(facts.asking),
            glass_broken=marks[GLASS],
            doubts=self._answered(doubts),
            foreign_posts=marks[FOREIGN],
            stops=marks[STOPPED],
            drills=drills,
            practice=practice,
        )

    def _answered(self, found: Iterable[_Asked]) -> Answered:
        """How many of those that began in the month were answered, and the middle wait."""
        listed = [each for each in found if self._holds(each.at)]
        took = [each.answered - each.at for each in listed if each.answered is not None]
        return Answered(len(listed), len(took), median_low(took) if took else None)

    def _promises(self) -> tuple[int, int, int]:
        """(due in the month and by now, kept in time, kept late)."""
        newest = (self._found.newest - self._found.began).total_seconds()
        due = [
            each
            for each in self._found.facts.promises
            if self._holds(each.due) and (each.due <= newest or each.kept is not None)
        ]
        kept = [each.kept <= each.due for each in due if each.kept is not None]
        return len(due), sum(kept), len(kept) - sum(kept)

    def _first_statements(self) -> Answered:
        own = [value for at, value in self._found.first_statements if self._within(at)]
        known = [each for each in own if each is not None]
        return Answered(len(own), len(known), median_low(known) if known else None)

    def _per_day(self, said: Sequence[Said]) -> tuple[tuple[int, int | None], ...]:
        """Messages by the day they were sent on, mentions by the day they came."""
        begins = [midnight(day, self._zone) for day in days_of(self._month)]
        marks = [each.timestamp() for each in (*begins, self._end)]
        sent = [self._found.began.timestamp() + each.at for each in said]
        return tuple(
            (sum(low <= each < high for each in sent), self._came(low * 1000, high * 1000))
            for low, high in pairwise(marks)
        )

    def _came(self, low: float, high: float) -> int | None:
        if self._minutes is None:
            return None
        return sum(number for at_ms, number in self._minutes if low <= at_ms < high)

    def _practice(self, played: Played | None) -> tuple[tuple[Drill, ...] | None, tuple[str, ...]]:
        """Who has practised by the end of the month, or by the log's end where it is under way."""
        if played is None:
            return None, ()
        runs = [each for each in played.runs if each.at and each.at < self._end]
        drills = tuple(
            Drill(each.name, each.player, each.score)
            for each in runs
            if each.at and self._within(each.at)
        )
        last = min(self._found.newest, self._end - timedelta(seconds=1))
        today = last.astimezone(self._zone).date()
        return drills, tuple(each.words for each in practised(runs, today, played.allowed))


def _complete(said: Sequence[Said]) -> int | None:
    noted = [share for each in said if (share := each.complete) is not None]
    return round(100 * sum(noted) / len(noted)) if noted else None
