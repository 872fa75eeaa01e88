"""What the player of an exercise has done, read off the log as it grows."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit

_NOTES = {
    "decision.noted": "note",
    "handover.noted": "hand_over",
    "handover.offered": "hand_over",
}
_SAID = ("broadcast.started", "alert.claimed_by_hand")
"""A message that somebody posts by hand because nothing leaves the desk was said as well."""

_SETTLED = ("delivery.confirmed", "delivery.failed")
_OUT = ("delivery.accepted", "delivery.confirmed")


class Deeds:
    """Reads each entry once. Any thread may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._read_to = 0
        self._deeds: list[Deed] = []

    def so_far(self) -> list[Deed]:
        """Everything done until now, in order."""
        with self._lock:
            with self._database.read() as unit:
                for entry in unit.log.read(after=self._read_to):
                    self._read_to = entry["seq"]
                    found = _deeds(unit, entry)
                    self._deeds += [replace(each, seq=entry["seq"]) for each in found]
            return list(self._deeds)


def _deeds(unit: Unit, entry: Mapping[str, Any]) -> Iterator[Deed]:
    at, action, detail = entry["mono"] // 1000, entry["action"], entry["detail"]
    if action in _SAID:
        yield Deed(at, "broadcast", detail["step"], detail["template"], detail["headline"])
    elif action == "mention.handled":
        found = unit.mentions.get(int(entry["subject"].removeprefix("mention ")))
        yield Deed(at, "handle", found.text if found else "")
    elif action == "incident.opened":
        yield Deed(at, "open_incident", detail["name"])
    elif action in _SETTLED and entry["actor"] != "desk":  # a person looked, no network said so
        yield Deed(at, "settle", detail["channel_name"])
    elif action == "alert.handed_over":
        yield Deed(at, "note", f"posted by hand: {detail['to']}")
    elif action in _NOTES:
        yield Deed(at, _NOTES[action], detail["words"])
    elif action == "promise.missed":
        yield Deed(at, "promise_missed")
    if action in _OUT:
        yield from _heard(unit, at, detail)


def _heard(unit: Unit, at: int, detail: Mapping[str, Any]) -> Iterator[Deed]:
    alert = unit.alerts.get(detail["alert"])
    if alert is not None:
        kind = next(each.kind for each in alert.rendered if each.account_id == detail["channel"])
        yield Deed(at, "heard", kind, alert.template_id)
