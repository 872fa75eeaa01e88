"""Incidents in the database, and each operator's unsent draft."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert, select, update

from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.store.schema import draft, incident


class Incidents:
    """Incidents within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Incident, mode: Mode) -> None:
        """Store a new incident. Its reference must be unused."""
        self._connection.execute(
            insert(incident),
            {
                "id": new.id,
                "ref": new.ref,
                "name": new.name,
                "mode": mode.value,
                "opened_at": to_ms(new.opened_at),
                "opened_by": new.opened_by,
            },
        )

    def ref_taken(self, ref: str) -> bool:
        """Whether a public reference is in use already."""
        query = select(incident.c.id).where(incident.c.ref == ref)
        return self._connection.execute(query).first() is not None

    def get(self, incident_id: str) -> Incident | None:
        """One incident by its id."""
        query = select(incident).where(incident.c.id == incident_id)
        row = self._connection.execute(query).first()
        return _read(row) if row else None

    def recent(self, limit: int = 20) -> list[Incident]:
        """The last incidents, newest first; open ones before closed ones."""
        query = select(incident).order_by(
            incident.c.closed_at.is_not(None), incident.c.opened_at.desc()
        )
        return [_read(row) for row in self._connection.execute(query.limit(limit))]

    def still_open(self) -> list[Incident]:
        """Every open incident, newest first."""
        query = select(incident).where(incident.c.closed_at.is_(None))
        rows = self._connection.execute(query.order_by(incident.c.opened_at.desc()))
        return [_read(row) for row in rows]

    def next_serial(self, incident_id: str) -> int:
        """Count one more alert of this incident and return its number, from 1."""
        matching = incident.c.id == incident_id
        self._connection.execute(
            update(incident).where(matching).values(alerts=incident.c.alerts + 1)
        )
        return int(self._connection.scalar(select(incident.c.alerts).where(matching)) or 0)

    def save_draft(self, operator_id: str, body: dict[str, Any], now_ms: int) -> None:
        """Keep what somebody is typing; one draft for each operator."""
        self.drop_draft(operator_id)
        row = {"operator_id": operator_id, "body": orjson.dumps(body).decode(), "saved_at": now_ms}
        self._connection.execute(insert(draft), row)

    def drop_draft(self, operator_id: str) -> None:
        """Forget a draft: it was sent or thrown away."""
        self._connection.execute(delete(draft).where(draft.c.operator_id == operator_id))

    def load_draft(self, operator_id: str) -> tuple[dict[str, Any], datetime] | None:
        """What somebody was typing, and when it was kept; None when nothing."""
        query = select(draft.c.body, draft.c.saved_at).where(draft.c.operator_id == operator_id)
        row = self._connection.execute(query).first()
        return (dict(orjson.loads(row.body)), from_ms(row.saved_at)) if row else None


def _read(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        ref=row.ref,
        name=row.name,
        opened_at=from_ms(row.opened_at),
        opened_by=row.opened_by,
        closed_at=None if row.closed_at is None else from_ms(row.closed_at),
        alerts=row.alerts,
    )
