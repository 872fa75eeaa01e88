"""What the player of an exercise has done, read off the log as it grows."""

import threading
from collections.abc import Mapping
from typing import Any

import orjson

from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit

_NOTES = {"decision.noted": "note", "handover.noted": "hand_over"}
_SETTLED = ("delivery.confirmed", "delivery.failed")


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
                for seq, _prev, _hash, body in unit.log.rows(after=self._read_to):
                    self._read_to = seq
                    deed = _deed(unit, orjson.loads(body))
                    if deed:
                        self._deeds.append(deed)
            return list(self._deeds)


def _deed(unit: Unit, entry: Mapping[str, Any]) -> Deed | None:
    at, action, detail = entry["mono"] // 1000, entry["action"], entry["detail"]
    if action == "broadcast.started":
        return Deed(at, "broadcast", detail["step"], detail["template"])
    if action == "mention.handled":
        found = unit.mentions.get(int(entry["subject"].removeprefix("mention ")))
        return Deed(at, "handle", found.text if found else "")
    if action == "incident.opened":
        return Deed(at, "open_incident", detail["name"])
    if action in _SETTLED and entry["actor"] != "desk":  # a person looked, no network said so
        return Deed(at, "settle", detail["channel_name"])
    return Deed(at, _NOTES[action], detail["words"]) if action in _NOTES else None
