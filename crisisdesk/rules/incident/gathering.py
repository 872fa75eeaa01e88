"""Gathering what a report prints, entry by entry in order, so that a log may be of any length.

How much is kept of each kind has a bound; what is beyond it is counted, and the report says so.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from crisisdesk.model.incident_report import Answers, Asked, Gathered, Line, Promised, Stint, Worker
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.commitments import MACHINES
from crisisdesk.rules.incident.faults import FAULTS, fault
from crisisdesk.rules.incident.telling import Telling
from crisisdesk.rules.log_facts import Entry, subject_id
from crisisdesk.rules.recording import ACTIONS, corrects

MOST_NOTES, MOST_PROMISES, MOST_ASKED, MOST_ANSWERS = 500, 300, 300, 40
MOST_HANDOVERS, MOST_FAULTS, MOST_STINTS, MOST_WORKERS = 30, 300, 200, 60
MOST_STEPS, MOST_UNREADABLE, MOST_INCIDENTS, MOST_REDACTIONS = 6, 20, 60, 100
"""Lines of a report of each kind: more would not be read, and a log has room for millions."""

CLOSE = ("need", "rumour")
"""The kinds of mentions of which each one is told; the others are counted."""

_RECORDS = frozenset(ACTIONS.values())


class Gathering:
    """Takes the entries of a stretch with `take`, and those before and beside it with `know`."""

    def __init__(self) -> None:
        self.gathered = Gathered()
        self._telling = Telling(self.gathered)
        self._at: dict[str, datetime] = {}
        self._by_action: dict[str, Callable[[Entry, Line], None]] = {
            "incident.opened": self._opened,
            "operator.signed_in": self._came,
            "operator.signed_out": self._went,
            "handover.signed": self._signed,
            "handover.offered": self._handed,
            "handover.noted": self._handed,
            "mention.judged": self._judged,
            "mention.handled": self._handled,
            "mention.restored": self._judged,
            **dict.fromkeys(_RECORDS, self._noted),
        }

    def know(self, entry: Entry) -> None:
        """An entry outside the stretch: names, words, and who was signed in already. Raises one of
        UNREADABLE."""
        self._telling.know(entry)
        if entry["action"] in ("operator.signed_in", "operator.signed_out", "handover.signed"):
            self._by_action[entry["action"]](entry, line_of(entry))

    def redacted(self, entry: Entry) -> None:
        """Words of an entry of the stretch were taken out of the record, perhaps long after. Raises
        one of UNREADABLE."""
        line_of(entry)
        int(entry["detail"]["entry"])
        self._keep("redactions", self.gathered.redactions, entry, MOST_REDACTIONS)

    def begin(self) -> None:
        """The stretch begins: who left before is of no interest."""
        self.gathered.stints = [each for each in self.gathered.stints if each.left is None]
        self.gathered.handovers.clear()

    def take(self, entry: Entry) -> None:
        """An entry of the stretch. Raises one of UNREADABLE."""
        gathered, action, line = self.gathered, entry["action"], line_of(entry)
        gathered.entries += 1
        gathered.first, gathered.last = gathered.first or line, line
        gathered.exercise = gathered.exercise or entry["mode"] == "exercise"
        gathered.desks.add(str(entry.get("desk", "")))
        self._work(line)
        self._look_at_clock(entry, line)
        self._telling.take(entry, line)
        if action.startswith("promise."):
            self._promised(entry, line)
        if action in FAULTS:
            self._keep("faults", gathered.faults, fault(entry, line), MOST_FAULTS)
        if act := self._by_action.get(action):
            act(entry, line)

    def finish(self) -> Gathered:
        """Nothing more comes: everything that was gathered."""
        self._telling.finish()
        return self.gathered

    def _keep(self, name: str, kept: list[Any], new: object, most: int) -> None:
        if len(kept) < most:
            kept.append(new)
        else:
            self.gathered.more[name] += 1

    def _work(self, line: Line) -> None:
        workers = self.gathered.workers
        if worker := workers.get(line.who):
            worker.last, worker.number = line, worker.number + 1
        elif line.who not in MACHINES and len(workers) < MOST_WORKERS:
            workers[line.who] = Worker(line, line)

    def _look_at_clock(self, entry: Entry, line: Line) -> None:
        """Each desk has a clock of its own."""
        desk, at = str(entry.get("desk", "")), from_iso(entry["at"])
        before = self._at.get(desk, at)
        if at < before:
            words = f"{round((before - at).total_seconds())} s before the entry above it"
            back = Line(
                line.seq, line.at, "", "The time of an entry lies before the last one", words
            )
            self._keep("faults", self.gathered.faults, back, MOST_FAULTS)
        self._at[desk] = at

    def _opened(self, entry: Entry, line: Line) -> None:
        named = (str(entry["detail"]["ref"]), line)
        self._keep("incidents", self.gathered.incidents, named, MOST_INCIDENTS)

    def _came(self, _entry: Entry, line: Line) -> None:
        self._keep("stints", self.gathered.stints, Stint(line.who, came=line), MOST_STINTS)

    def _went(self, _entry: Entry, line: Line) -> None:
        self._leave(line.who, line)

    def _leave(self, name: str, line: Line) -> None:
        for each in self.gathered.stints:
            if each.name == name and each.left is None:
                each.left = line
                return
        self._keep("stints", self.gathered.stints, Stint(name, left=line), MOST_STINTS)

    def _signed(self, entry: Entry, line: Line) -> None:
        int(entry["detail"].get("entry", 0))  # refused here, it is a fault and not printed
        self._leave(str(entry["detail"]["from"]), line)
        self._came(entry, line)
        self._handed(entry, line)

    def _handed(self, entry: Entry, _line: Line) -> None:
        self._keep("handovers", self.gathered.handovers, entry, MOST_HANDOVERS)

    def _noted(self, entry: Entry, line: Line) -> None:
        self._keep("notes", self.gathered.notes, entry, MOST_NOTES)
        if wrong := corrects(entry):
            self.gathered.corrected[wrong] = line.seq

    def _promised(self, entry: Entry, line: Line) -> None:
        promises, name, detail = self.gathered.promises, subject_id(entry), entry["detail"]
        if name not in promises:
            if len(promises) >= MOST_PROMISES:
                self.gathered.more["promises"] += entry["action"] == "promise.made"
                return
            promises[name] = Promised(str(detail["alert"]), from_iso(detail["due"]))
        promises[name].steps.append(line)

    def _judged(self, entry: Entry, line: Line) -> None:
        detail = entry["detail"]
        what = "taken back: now" if entry["action"] == "mention.restored" else "judged"
        words = f"{what} {detail['to']}"
        self._ask(entry, _labels(detail["to"]), line, words, str(detail.get("words", "")))

    def _handled(self, entry: Entry, line: Line) -> None:
        detail = entry["detail"]
        kinds, words = _labels(detail["from"]), str(detail.get("words", ""))
        if kinds & set(CLOSE):
            self._ask(entry, kinds, line, "dealt with", words)
            return
        key = (", ".join(sorted(kinds)), words)
        answers = self.gathered.answers
        if found := answers.get(key):
            found.number, found.last = found.number + 1, line.seq
        elif len(answers) < MOST_ANSWERS:
            answers[key] = Answers(*key, 1, line.seq, line.seq)
        else:
            self.gathered.more["answers"] += 1

    def _ask(self, entry: Entry, kinds: set[str], line: Line, what: str, words: str) -> None:
        asked, mention, close = self.gathered.asked, subject_id(entry), kinds & set(CLOSE)
        if mention not in asked and (not close or len(asked) >= MOST_ASKED):
            self.gathered.more["asked"] += bool(close)
            return
        found = asked.setdefault(mention, Asked(mention))
        found.kinds |= close
        if len(found.steps) < MOST_STEPS:
            found.steps.append(Line(line.seq, line.at, line.who, what, words))


def line_of(entry: Entry) -> Line:
    """An entry as a line. Raises one of UNREADABLE."""
    detail: Mapping[str, Any] = entry["detail"]
    words = str(detail.get("words", "") or detail.get("reason", ""))
    return Line(entry["seq"], from_iso(entry["at"]), str(entry["actor"]), entry["action"], words)


def _labels(words: str) -> set[str]:
    """The labels in words like "need, rumour, handled by Duty officer"."""
    return {each for each in words.partition(", handled by ")[0].split(", ") if each}
