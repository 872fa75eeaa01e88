"""Reading a log once for all of its months."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crisisdesk.model.facts import Facts
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.benchmarks.episodes import Source, episodes
from crisisdesk.rules.incident.selecting import UNREADABLE
from crisisdesk.rules.log_facts import Entry, FactsReader
from crisisdesk.rules.reach import ReachReader

GLASS, FOREIGN, STOPPED = "approval.glass_broken", "account.foreign_post", "desk.stopped"
MARKS = frozenset({GLASS, FOREIGN, STOPPED})
CLOSE = ("need", "rumour")
"""The labels of mentions that somebody has to answer."""


@dataclass(slots=True)
class Reading:
    """What a log tells. `minutes` are (ms, number of mentions) for each minute that had any, in
    order, None where the log comes without mentions; `sorted` are (moment, label) of mentions that
    were dealt with as the program had sorted them; `removed_before` the moments before which
    mentions were removed. `marks` are (moment, action), `incidents` (opening, name)."""

    began: datetime
    newest: datetime
    facts: Facts
    reach: ReachReader
    minutes: Sequence[tuple[int, int]] | None
    moments: list[datetime] = field(default_factory=list)
    marks: list[tuple[datetime, str]] = field(default_factory=list)
    incidents: list[tuple[datetime, str]] = field(default_factory=list)
    first_statements: list[tuple[datetime, int | None]] = field(default_factory=list)
    removed_before: list[datetime] = field(default_factory=list)
    sorted: list[tuple[datetime, str]] = field(default_factory=list)
    _judged: set[tuple[str, str]] = field(default_factory=set)

    def note(self, entry: Entry) -> None:
        """One more entry. Raises one of UNREADABLE."""
        at, action = from_iso(entry["at"]), entry["action"]
        self.newest = max(self.newest, at)
        self.moments.append(at)
        if action in MARKS:
            self.marks.append((at, action))
        elif action == "mentions.removing":
            self.removed_before.append(from_iso(entry["detail"]["before"]))
        elif action == "mention.judged":
            self._judged.add((entry["subject"], entry["detail"]["to"]))
        elif action == "mention.handled":
            self._handled(entry, at)

    def _handled(self, entry: Entry, at: datetime) -> None:
        """The log does not say when a mention came that the program alone had sorted."""
        labels = entry["detail"]["from"].split(", ")
        for kind in CLOSE:
            if kind in labels and (entry["subject"], kind) not in self._judged:
                self.sorted.append((at, kind))


def read_log(source: Source, minutes: Sequence[tuple[int, int]] | None) -> Reading | None:
    """Read it; None when it has no entry that can be read. What cannot be read is left out."""
    began = next((at for entry in source() if (at := _at(entry))), None)
    if began is None:
        return None
    facts, reach = FactsReader(began), ReachReader()
    made = Reading(began, began, facts.facts, reach, minutes)
    for entry in source():
        try:
            facts.take(entry)
            reach.take(entry)
            made.note(entry)
        except UNREADABLE:
            continue
    for each in episodes(source):
        took = [found.value for found in each.measures if found.id == "first_statement"]
        made.first_statements += [(each.began, value) for value in took]
        made.incidents.append((each.began, each.name))
    return made


def _at(entry: Entry) -> datetime | None:
    try:
        return from_iso(entry["at"])
    except UNREADABLE:
        return None
