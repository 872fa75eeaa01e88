"""Reading a log for a report of it: twice from beginning to end, without keeping its entries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crisisdesk.model.errors import BadInput
from crisisdesk.model.facts import Facts
from crisisdesk.model.incident_report import Gathered
from crisisdesk.rules.incident.gathering import MOST_UNREADABLE, Gathering
from crisisdesk.rules.incident.selecting import (
    UNREADABLE,
    Belonging,
    Outline,
    Stretch,
    Wanted,
    outline,
    stretch,
)
from crisisdesk.rules.log_facts import Entry, FactsReader
from crisisdesk.rules.word_check import REDACTED

Source = Callable[[], Iterable[Entry]]
"""Gives the entries of a log from the first to the last, each time it is called."""


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """What is printed, what is measured, and which entries of which log these are."""

    gathered: Gathered
    facts: Facts
    stretch: Stretch
    outline: Outline

    @property
    def of_one(self) -> bool:
        """Whether it is about one incident, so that it can be measured and drawn."""
        return bool(self.stretch.incident) or len(self.outline.incidents) <= 1


def read_report(source: Source, wanted: Wanted, upto: int = 0) -> IncidentReport:
    """The report of what is wanted, up to an entry of the log, or to its end for 0.

    Raises BadInput when the log tells of no such incident, or of nothing in that span.
    """
    found = outline(source(), wanted.since, upto)
    chosen = stretch(found, wanted)
    reading = _Reading(chosen)
    for entry in source():
        if entry["seq"] > found.last:
            break
        reading.read(entry)
    gathered = reading.finish()
    if (wanted.since or wanted.until) and not gathered.entries:
        raise BadInput("No entry of the log is in that span.", "Choose another one.")
    return IncidentReport(gathered, reading.facts.facts, chosen, found)


class _Reading:
    """One entry after the other to where it is needed."""

    def __init__(self, chosen: Stretch) -> None:
        self._chosen = chosen
        self._belonging = Belonging()
        self._gathering = Gathering()
        self._begun = False
        self.facts = FactsReader(chosen.began)

    def read(self, entry: Entry) -> None:
        """What cannot be read is kept by its number: it counts as a fault."""
        try:
            self._take(entry)
        except UNREADABLE:
            gathered = self._gathering.gathered
            if len(gathered.unreadable) < MOST_UNREADABLE:
                gathered.unreadable.append(entry["seq"])
            else:
                gathered.more["unreadable"] += 1

    def _take(self, entry: Entry) -> None:
        if entry["action"] == REDACTED and self._chosen.spans(int(entry["detail"]["entry"])):
            self._gathering.redacted(entry)
        if not self._chosen.holds(entry, self._belonging.of(entry)):
            if not self._begun:
                self._gathering.know(entry)
            self.facts.know(entry)
            return
        if not self._begun:
            self._begun = True
            self._gathering.begin()
        self._gathering.take(entry)
        self.facts.take(entry)

    def finish(self) -> Gathered:
        """Everything that was gathered."""
        return self._gathering.finish()
