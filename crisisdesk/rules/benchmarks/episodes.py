"""Cutting a log into episodes: each live incident, or the whole of an exercise, measured alike.

No entry says that an incident is over. It is measured from its opening to its public all clear;
without one, to an hour after its last message. A week of ordinary work after it is no silence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk.model.benchmark import Episode
from crisisdesk.model.moment import from_iso
from crisisdesk.model.template import Step
from crisisdesk.rules.incident.selecting import UNREADABLE, Belonging
from crisisdesk.rules.log_facts import Entry, FactsReader, subject_id
from crisisdesk.rules.measuring import measure_facts
from crisisdesk.rules.reach import ReachReader

Source = Callable[[], Iterable[Entry]]
"""Gives the entries of a log from the first to the last, each time it is called."""

AFTER_LAST = timedelta(hours=1)
SLACK = timedelta(days=1)
"""A clock that was wrong for a while must not end an incident; beyond this nothing is its own."""
_PLAYED = frozenset({"approval"})
"""In an exercise the second person answers at once: that measures nothing."""
_SENT = ("broadcast.started", "alert.claimed_by_hand")
_PUBLIC = ("delivery.accepted", "delivery.confirmed")


@dataclass(slots=True)
class _Span:
    id: str
    name: str
    ref: str
    seq: int
    began: datetime
    exercise: bool = False
    last: datetime | None = None
    cleared: datetime | None = None
    over: datetime | None = None

    def end(self, newest: datetime) -> datetime:
        """Where measuring ends: never later than the log itself."""
        if self.exercise:
            return self.over or newest
        return min(newest, self.cleared or (self.last or self.began) + AFTER_LAST)

    def ended(self, newest: datetime) -> str:
        if self.exercise:
            return "at ENDEX" if self.over else "where the log ends"
        if self.cleared:
            return "at the all clear"
        after = "its last message" if self.last else "its opening, for nothing was sent"
        ends = self.end(newest) < newest
        return f"an hour after {after}" if ends else "where the log ends; it may be under way"


class _Outline:
    """The first reading: which episodes there are, and where each ends."""

    def __init__(self) -> None:
        self.spans: dict[str, _Span] = {}
        self.newest: datetime | None = None
        self._belonging = Belonging()
        self._clearing: set[str] = set()

    def read(self, entry: Entry) -> None:
        at, action = from_iso(entry["at"]), entry["action"]
        self.newest = max(self.newest or at, at)
        if action == "exercise.started":
            self._begin("", str(entry["detail"]["scenario"]), "", entry, exercise=True)
        elif action == "exercise.ended" and "" in self.spans:
            self.spans[""].over = at
        elif action == "incident.opened":
            self._open(entry)
        if span := self.spans.get(self._belonging.of(entry)):
            self._say(span, entry, at)

    def _open(self, entry: Entry) -> None:
        detail = entry["detail"]
        if "" not in self.spans:
            self._begin(subject_id(entry), detail["name"], detail["ref"], entry)

    def _begin(
        self, key: str, name: str, ref: str, entry: Entry, *, exercise: bool = False
    ) -> None:
        at, exercise = from_iso(entry["at"]), exercise or entry["mode"] == "exercise"
        self.spans[key] = _Span(key, name, ref, entry["seq"], at, exercise)

    def _say(self, span: _Span, entry: Entry, at: datetime) -> None:
        action, detail = entry["action"], entry["detail"]
        if action in _SENT:
            span.last = at
            if detail["step"] == Step.ALL_CLEAR:
                self._clearing.add(subject_id(entry))
        elif action in _PUBLIC and detail["alert"] in self._clearing:
            span.cleared = span.cleared or at


class _Measuring:
    """The second reading, of one episode."""

    def __init__(self, span: _Span, end: datetime) -> None:
        self.span, self.end = span, end
        self.facts = FactsReader(span.began)
        self.alerts: set[str] = set()

    def take(self, entry: Entry, owner: str, at: datetime) -> None:
        if owner not in ("", self.span.id) and self.span.id:
            return
        if self.span.began <= at <= self.end:
            self.facts.take(entry)
            if entry["action"] in _SENT:
                self.alerts.add(subject_id(entry))


def episodes(source: Source) -> list[Episode]:
    """Every episode of a log, in the order of their beginnings. What cannot be read is left out."""
    outline = _Outline()
    for entry in source():
        try:
            outline.read(entry)
        except UNREADABLE:
            continue
    newest = outline.newest
    if newest is None:
        return []
    reading = [_Measuring(each, each.end(newest)) for each in outline.spans.values()]
    reach = _read_all(source, reading)
    return [_measured(each, reach, newest, reading) for each in reading]


def _read_all(source: Source, reading: list[_Measuring]) -> ReachReader:
    belonging, reach, begun = Belonging(), ReachReader(), 0
    active: list[_Measuring] = []
    for entry in source():
        while begun < len(reading) and reading[begun].span.seq <= entry["seq"]:
            active.append(reading[begun])
            begun += 1
        try:
            at = from_iso(entry["at"])
            owner = belonging.of(entry)
            reach.take(entry)
            active = [each for each in active if at <= each.end + SLACK]
            for each in active:
                each.take(entry, owner, at)
        except UNREADABLE:
            continue
    return reach


def _measured(
    one: _Measuring, reach: ReachReader, newest: datetime, every: list[_Measuring]
) -> Episode:
    span, facts = one.span, one.facts.facts
    facts.kinds |= reach.kinds
    facts.end = max(facts.end, int((one.end - span.began).total_seconds()))
    cleared = int((span.cleared - span.began).total_seconds()) if span.cleared else None
    exercise = span.exercise or facts.exercise
    own = [each for each in reach.sendings.values() if each.alert in one.alerts]
    return Episode(
        name=span.name,
        ref=span.ref,
        began=span.began,
        exercise=exercise,
        length=facts.end,
        ended=span.ended(newest),
        shared=any(
            each is not one and each.span.began <= one.end and each.end >= span.began
            for each in every
        ),
        measures=tuple(
            each for each in measure_facts(facts) if not exercise or each.id not in _PLAYED
        ),
        channels=reach.by_channel(own),
        all_clear=cleared,
    )


def named(found: Iterable[Episode], ref: str) -> Episode | None:
    """The episode with this reference, the newest where none is named; None without such."""
    plain = ref.strip().removeprefix("Ref ").upper()
    fitting = [each for each in found if not plain or each.ref.upper() == plain]
    return fitting[-1] if fitting else None


def without(one: Episode, found: Iterable[Episode]) -> list[Episode]:
    """The episodes that began before this one."""
    return [each for each in found if each.began < one.began]


def comparable(one: Episode, others: Iterable[Episode]) -> list[Episode]:
    """The episodes of other logs. The day of an exercise is its story's, and says nothing."""
    return [each for each in others if each.exercise or each.began < one.began]
