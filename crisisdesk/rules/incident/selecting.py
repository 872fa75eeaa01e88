"""Which entries of a log belong to a report: one incident's, a span of time, or all of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.errors import BadInput
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.log_facts import Entry

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What an entry raises that no version of this program wrote."""

_MARKER = re.compile(r"Ref (\w+)-\d+")
_MOST_NAMED = 10
FIRST_YEAR, LAST_YEAR = 1970, 9000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for. `ref` is an incident's reference, "" for every one; `since` and
    `until` are moments, None for the ends of the log."""

    ref: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class Opened:
    """An incident of the log, from its opening to the last entry that names it."""

    id: str
    ref: str
    name: str
    seq: int
    at: datetime
    last: int


def refuse_odd(entry: Entry) -> None:
    """Raise ValueError for an entry whose own fields are none that any version wrote, as in a log
    that somebody has changed: a report is made of the rest."""
    texts = [entry[name] for name in ("action", "actor", "at", "subject", "mode")]
    occurred = entry.get("occurred", "")
    if not all(isinstance(each, str) for each in (*texts, occurred)):
        raise ValueError("a field is no text")
    if not isinstance(entry["detail"], dict):
        raise ValueError("the detail is no table")
    for moment in (entry["at"], occurred or entry["at"]):
        if not FIRST_YEAR <= from_iso(moment).year <= LAST_YEAR:
            raise ValueError(f"{moment} is a time that nobody can show")


class Belonging:
    """Tells which incident an entry is of, by what it names. It reads entries in order."""

    def __init__(self) -> None:
        self.incidents: dict[str, Opened] = {}
        self._by_ref: dict[str, str] = {}
        self._of_alert: dict[str, str] = {}

    def of(self, entry: Entry) -> str:
        """The incident's id; "" when the entry names none. Raises one of UNREADABLE."""
        refuse_odd(entry)
        about, _, name = str(entry["subject"]).partition(" ")
        if entry["action"] == "incident.opened":
            self._open(entry, name)
        if about == "incident":
            return name
        detail = entry["detail"]
        alert = name if about == "alert" else str(detail.get("alert", ""))
        if found := _MARKER.fullmatch(str(detail.get("marker", ""))):
            self._of_alert.setdefault(alert, self._by_ref.get(found[1], ""))
        return self._of_alert.get(alert, "")

    def _open(self, entry: Entry, incident: str) -> None:
        detail, seq = entry["detail"], entry["seq"]
        ref, name = str(detail["ref"]), str(detail["name"])
        made = Opened(incident, ref, name, seq, from_iso(entry["at"]), seq)
        self.incidents[incident] = made
        self._by_ref[made.ref] = incident


@dataclass(frozen=True, slots=True)
class Outline:
    """What the first reading of a log found: its incidents in order, and when it all began."""

    incidents: Sequence[Opened]
    began: datetime
    last: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries of a report: numbers `first` to `last`, written down in the span; of one
    incident when `incident` is given, together with those in between that name none."""

    began: datetime
    first: int
    last: int
    incident: Opened | None = None
    beside: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, entry: Entry, owner: str) -> bool:
        """Whether an entry, of this incident or of "" for none, is part of it."""
        if self.incident and owner not in ("", self.incident.id):
            return False
        if not self.spans(entry["seq"]) and not (self.incident and owner):
            return False
        return self._in_time(from_iso(entry["at"]))

    def spans(self, seq: int) -> bool:
        """Whether an entry with this number may be part of it."""
        return self.first <= seq <= self.last

    def _in_time(self, at: datetime) -> bool:
        return (not self.since or at >= self.since) and (not self.until or at <= self.until)


def outline(entries: Iterable[Entry], since: datetime | None = None, upto: int = 0) -> Outline:
    """Read a log once for its incidents, up to an entry, or to its end for 0.

    An exercise begins with STARTEX, a span at its beginning, anything else with its first incident
    or entry.
    """
    belonging, last = Belonging(), 0
    first = started = None
    for entry in entries:
        if upto and entry["seq"] > upto:
            break
        last = entry["seq"]
        try:
            owner, at = belonging.of(entry), from_iso(entry["at"])
        except UNREADABLE:
            continue
        first = first or at
        if entry["action"] == "exercise.started":
            started = started or at
        if owner in belonging.incidents:
            belonging.incidents[owner].last = last
    found = tuple(belonging.incidents.values())
    opened = found[0].at if found else first
    return Outline(found, since or started or opened or from_iso("1970-01-01"), last)


def stretch(found: Outline, wanted: Wanted) -> Stretch:
    """The entries that are wanted. Raises BadInput when there is no such incident, or no time."""
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise BadInput("The span ends before it begins.", "Give the earlier moment first.")
    if not wanted.ref:
        return Stretch(found.began, 1, found.last, None, False, wanted.since, wanted.until)
    one = _named(found.incidents, wanted.ref)
    later = [each for each in found.incidents if each.seq > one.seq]
    last = max(one.last, later[0].seq - 1) if later else found.last
    beside = any(
        each is not one and each.seq <= last and each.last >= one.seq for each in found.incidents
    )
    began = wanted.since or one.at
    return Stretch(began, one.seq, last, one, beside, wanted.since, wanted.until)


def _named(incidents: Sequence[Opened], ref: str) -> Opened:
    plain = ref.strip().removeprefix("Ref ").upper()
    for each in incidents:
        if each.ref.upper() == plain:
            return each
    refs = ", ".join(each.ref for each in incidents[-_MOST_NAMED:])
    to_do = f"Choose one of these: {refs}." if refs else "Leave it out: no incident was opened."
    raise BadInput(f"The log tells of no incident {ref}.", to_do)
