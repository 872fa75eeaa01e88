"""Recording: what a loggist writes down. Nothing is ever edited: a linked entry puts it right."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.operator import Operator
from crisisdesk.model.record import Attachment, Record
from crisisdesk.rules.recording import ACTIONS, checked, detail_of, occurred, record_of
from crisisdesk.store.attachments import Attachments
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit


class Recording:
    """Writes entries, and reads one back whole."""

    def __init__(
        self, database: Database, attachments: Attachments, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._attachments = attachments
        self._now = now

    def record(self, record: Record, operator: Operator, incident_id: str = "") -> int:
        """Log an entry; returns its number. Raises BadInput or Refused; then nothing is logged."""
        if not operator.role.may_record:
            raise Refused(
                f"A {operator.role} does not write into the record.",
                "Ask somebody who may, or an administrator.",
            )
        now = self._now()
        entry = checked(record, now)

        def write(unit: Unit) -> int:
            if entry.corrects:
                _refuse_unless_record(unit, entry.corrects)
            return unit.log.append(
                ACTIONS[entry.kind],
                actor=operator.name,
                subject=f"incident {incident_id}" if incident_id else "",
                detail=detail_of(entry, now),
                occurred=occurred(entry),
                weighty=bool(entry.corrects),
            )

        return self._database.write(write)

    def attach(self, file: Path) -> Attachment:
        """Copy a file beside the log, for an entry that is being written."""
        return self._attachments.add(file)

    def attached(self, attachment: Attachment) -> Path:
        """Where the copy lies. Raises StoreError when it is gone or was changed."""
        return self._attachments.path(attachment.sha256)

    def entry(self, seq: int) -> dict[str, Any]:
        """One log entry with its number under "seq", and under "corrected_by" what puts it right.

        Raises BadInput when there is none.
        """
        with self._database.read() as unit:
            return _entry(unit, seq) | {"seq": seq, "corrected_by": _corrections(unit, seq)}


def _entry(unit: Unit, seq: int) -> dict[str, Any]:
    found = unit.log.read_newest(1, before=seq + 1)
    if not found or found[0]["seq"] != seq:
        raise BadInput(f"There is no entry {seq}.", "Choose one in the list.")
    return found[0]


def _refuse_unless_record(unit: Unit, seq: int) -> None:
    if record_of(_entry(unit, seq)) is None:
        raise BadInput(
            f"Entry {seq} was not written by a person.",
            "Only what people wrote down can be put right; write a new entry.",
        )


def _corrections(unit: Unit, seq: int) -> list[int]:
    rows = unit.log.rows(after=seq)
    mark = b'"corrects":%d' % seq
    return [
        number
        for number, _prev, _hash, body in rows
        if mark in body and orjson.loads(body)["detail"].get("corrects") == seq
    ]
