"""Replaying a log: folded once, then asked for any moment. Nothing is guessed: only what is logged.

Each thing keeps a short line of its changes, so that a moment is found by looking up each line, and
neither memory nor time grows with entries that change nothing of the picture.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from crisisdesk.model.moment import from_iso
from crisisdesk.model.replay import Due, Mark, Message, Moment, Note
from crisisdesk.rules.recording import ACTIONS

Entry = Mapping[str, Any]

FAR = 2_000_000
"""Numbers that a forged entry may skip: the place of each is kept, and no more memory than that."""

NOTES = frozenset({*ACTIONS.values(), "handover.offered", "handover.noted"})
SAID = frozenset({"delivery.accepted", "delivery.confirmed"})
MARKS = {
    "broadcast.started": "alert",
    "alert.claimed_by_hand": "alert",
    "decision.noted": "decision",
    "methane.noted": "information",
    "information.noted": "information",
    "action.noted": "decision",
    "handover.signed": "handover",
    "promise.made": "promise",
    "promise.missed": "missed",
    "desk.stopped": "stop",
    "approval.glass_broken": "glass",
    "account.foreign_post": "foreign",
    "exercise.inject": "inject",
}
"""The kinds of marks on the timeline, by the log's words."""


@dataclass(slots=True)
class _Line:
    """The changes of one thing: the entries they came with, and its state after each."""

    seqs: list[int] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)

    def add(self, seq: int, state: Any) -> None:
        self.seqs.append(seq)
        self.states.append(state)

    def at(self, seq: int) -> Any:
        """Its state right after an entry; None before it was there."""
        place = bisect_right(self.seqs, seq)
        return self.states[place - 1] if place else None


class Replay:
    """A log that is being read, entry by entry, in order. One thread at a time."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._times = array("q")
        self._first = 0
        self._incident, self._stop, self._said = _Line(), _Line(), _Line()
        self._people: dict[str, _Line] = {}
        self._messages: dict[str, Message] = {}
        self._texts: dict[str, tuple[tuple[str, str], ...]] = {}
        self._deliveries: dict[str, dict[str, tuple[str, _Line]]] = {}
        self._notes: list[Note] = []
        self._corrections: dict[int, int] = {}
        self._promises: dict[str, tuple[Due, _Line]] = {}
        self._asked: dict[str, _Line] = {}
        self._takers = self._make_takers()

    def _make_takers(self) -> dict[str, Callable[[int, int, Entry], None]]:
        return {
            "incident.opened": self._opened,
            "operator.signed_in": self._came,
            "operator.signed_out": self._went,
            "handover.signed": self._came,
            "desk.stopped": lambda seq, _at, entry: self._stop.add(seq, entry["actor"]),
            "desk.went_on": lambda seq, _at, _entry: self._stop.add(seq, ""),
            "alert.composed": self._composed,
            "broadcast.started": self._broadcast,
            "alert.claimed_by_hand": self._broadcast,
            "approval.asked": lambda seq, _at, entry: self._ask(seq, entry, waits=True),
            **dict.fromkeys(
                (
                    "approval.given",
                    "approval.glass_broken",
                    "approval.returned",
                    "approval.rejected",
                    "approval.withdrawn",
                ),
                lambda seq, _at, entry: self._ask(seq, entry, waits=False),
            ),
        }

    @property
    def first(self) -> int:
        """The number of the first entry read; 0 before that."""
        return self._first

    @property
    def last(self) -> int:
        """The number of the last entry read; 0 before the first."""
        return self._first + len(self._times) - 1 if self._times else 0

    def read(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Take in entries as (number, body). What cannot be read counts as an entry of no meaning:
        whether the log is whole is the verifier's to say."""
        for seq, body in rows:
            if not 0 < seq - self.last <= FAR:
                continue
            try:
                entry = orjson.loads(body)
                at_ms = int(from_iso(entry["at"]).timestamp() * 1000)
                self._time(seq, at_ms)
                self._take(seq, at_ms, entry)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
                self._time(seq, 0)

    def _time(self, seq: int, at_ms: int) -> None:
        """Clocks are set back; the story on screen goes on."""
        self._first = self._first or seq
        while len(self._times) < seq - self._first:
            self._times.append(self._times[-1])
        if len(self._times) == seq - self._first:
            self._times.append(max(at_ms, self._times[-1] if self._times else 0))

    def _take(self, seq: int, at_ms: int, entry: Entry) -> None:
        action = entry["action"]
        if action in MARKS:
            self.marks.append(Mark(seq, at_ms, MARKS[action], _words(entry)))
        if action in NOTES:
            self._note(seq, at_ms, entry)
        elif action.startswith("delivery."):
            self._moved(seq, at_ms, entry)
        elif action.startswith("promise."):
            self._promised(seq, entry)
        elif take := self._takers.get(action):
            take(seq, at_ms, entry)

    def _opened(self, seq: int, _at_ms: int, entry: Entry) -> None:
        self._incident.add(seq, entry["detail"]["name"])

    def _came(self, seq: int, _at_ms: int, entry: Entry) -> None:
        if giver := entry["detail"].get("from"):
            self._people.setdefault(giver, _Line()).add(seq, False)
        self._people.setdefault(entry["actor"], _Line()).add(seq, True)

    def _went(self, seq: int, _at_ms: int, entry: Entry) -> None:
        self._people.setdefault(entry["actor"], _Line()).add(seq, False)

    def _composed(self, _seq: int, _at_ms: int, entry: Entry) -> None:
        texts = entry["detail"].get("texts", ())
        self._texts[_id(entry)] = tuple((str(each[0]), str(each[-1])) for each in texts)

    def _broadcast(self, seq: int, at_ms: int, entry: Entry) -> None:
        detail, alert = entry["detail"], _id(entry)
        self._messages[alert] = Message(
            alert,
            seq,
            at_ms,
            detail.get("marker", ""),
            detail.get("step", ""),
            detail.get("headline", ""),
            self._texts.get(alert, ()),
            (),
        )

    def _moved(self, seq: int, at_ms: int, entry: Entry) -> None:
        detail, state = entry["detail"], entry["action"].removeprefix("delivery.")
        if entry["action"] in SAID:
            self._said.add(seq, at_ms)
        channels = self._deliveries.setdefault(detail.get("alert", ""), {})
        name = detail.get("channel_name", detail.get("channel", ""))
        channels.setdefault(_id(entry), (name, _Line()))[1].add(seq, state)

    def _note(self, seq: int, at_ms: int, entry: Entry) -> None:
        detail = entry["detail"]
        kind = detail.get("kind") or entry["action"].removesuffix(".noted")
        self._notes.append(Note(seq, at_ms, entry["actor"], kind, detail.get("words", "")))
        if corrects := detail.get("corrects"):
            self._corrections[corrects] = seq

    def _promised(self, seq: int, entry: Entry) -> None:
        state, detail = entry["action"].removeprefix("promise."), entry["detail"]
        due = Due(seq, detail.get("due", ""), state, detail.get("words", ""))
        self._promises.setdefault(_id(entry), (due, _Line()))[1].add(seq, state)

    def _ask(self, seq: int, entry: Entry, *, waits: bool) -> None:
        self._asked.setdefault(_id(entry), _Line()).add(seq, waits)

    # Asking

    def at_ms(self, seq: int) -> int:
        """When an entry was made, ms since 1970 UTC; times never step back."""
        return self._times[min(max(seq, self._first), self.last) - self._first]

    def seq_at(self, at_ms: int) -> int:
        """The last entry made by then; the first one when there is none before."""
        return self._first + max(0, bisect_right(self._times, at_ms) - 1)

    def moment(self, seq: int) -> Moment:
        """Everything the log tells, right after that entry."""
        seq = min(max(seq, self._first), self.last)
        at_ms = self.at_ms(seq)
        said = self._said.at(seq)
        return Moment(
            seq=seq,
            at_ms=at_ms,
            incident=self._incident.at(seq) or "",
            on_duty=tuple(name for name, line in self._people.items() if line.at(seq)),
            stopped_by=self._stop.at(seq) or "",
            messages=tuple(
                replace(each, channels=self._channels(each.alert_id, seq))
                for each in reversed(self._messages.values())
                if each.seq <= seq
            ),
            notes=tuple(self._notes_at(seq)),
            promises=tuple(
                replace(due, state=line.at(seq))
                for due, line in self._promises.values()
                if due.seq <= seq
            ),
            waiting=tuple(alert for alert, line in self._asked.items() if line.at(seq)),
            silence_ms=None if said is None else at_ms - said,
        )

    def _channels(self, alert_id: str, seq: int) -> tuple[tuple[str, str], ...]:
        lines = self._deliveries.get(alert_id, {}).values()
        return tuple((name, state) for name, line in lines if (state := line.at(seq)) is not None)

    def _notes_at(self, seq: int) -> list[Note]:
        """The newest first; what was put right later was not known to be wrong yet."""
        corrected = {old: new for old, new in self._corrections.items() if new <= seq}
        upto = bisect_right(self._notes, seq, key=lambda each: each.seq)
        return [
            replace(each, corrected_by=corrected.get(each.seq, 0))
            for each in reversed(self._notes[:upto])
        ]


def _id(entry: Entry) -> str:
    return str(entry["subject"].partition(" ")[2])


def _words(entry: Entry) -> str:
    detail = entry["detail"]
    said = (detail.get(key) for key in ("headline", "words", "reason", "id", "to"))
    return next((str(each) for each in said if each), entry["actor"])
