"""Plans in the database. They are the truth about what is due; a scheduler only wakes us.

A plan's state moves by conditional updates: of all desks that try, exactly one succeeds.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from crisisdesk.model.errors import Refused
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.model.plan import OPEN, Plan, PlanKind, PlanState, may_move
from crisisdesk.store.schema import alert, plan


class Plans:
    """Plans within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Plan) -> None:
        """Store a new plan."""
        self._connection.execute(
            insert(plan),
            {
                "id": new.id,
                "kind": new.kind.value,
                "alert_id": new.alert_id,
                "due_at": to_ms(new.due_at),
                "every_minutes": new.every_minutes,
                "state": new.state.value,
                "words": new.words,
                "made_by": new.made_by,
                "made_at": to_ms(new.made_at),
                "changed_at": to_ms(new.changed_at),
            },
        )

    def get(self, plan_id: str) -> Plan | None:
        """One plan by its id."""
        row = self._connection.execute(select(plan).where(plan.c.id == plan_id)).first()
        return _read(row) if row else None

    def find(
        self, kinds: Iterable[PlanKind], states: Iterable[PlanState] = OPEN, alert_id: str = ""
    ) -> list[Plan]:
        """Plans of these kinds in these states, the next due first; of one alert if named."""
        query = select(plan).where(plan.c.kind.in_(list(kinds)), plan.c.state.in_(list(states)))
        if alert_id:
            query = query.where(plan.c.alert_id == alert_id)
        rows = self._connection.execute(query.order_by(plan.c.due_at, plan.c.id))
        return [_read(row) for row in rows]

    def move(
        self,
        old: Plan,
        state: PlanState,
        now: datetime,
        words: str = "",
        due: datetime | None = None,
    ) -> bool:
        """Move a plan that is still as `old` says; False when another desk was quicker.

        Raises Refused for a move that is not legal, so that nothing done is ever undone.
        """
        if not may_move(old.state, state):
            problem = f"A plan that is {old.state} cannot become {state}."
            raise Refused(problem, "Look again how it stands now.", "Nothing was changed.")
        values: dict[str, Any] = {"state": state.value, "words": words, "changed_at": to_ms(now)}
        if due is not None:
            values["due_at"] = to_ms(due)
        moved = self._connection.execute(
            update(plan)
            .where(
                plan.c.id == old.id,
                plan.c.state == old.state.value,
                plan.c.due_at == to_ms(old.due_at),
            )
            .values(**values)
        )
        return bool(moved.rowcount)

    def said_at(self, alert_id: str) -> datetime | None:
        """When an alert was broadcast; None while it was not."""
        query = select(alert.c.broadcast_at).where(alert.c.id == alert_id)
        moment = self._connection.scalar(query)
        return None if moment is None else from_ms(moment)

    def said_in(self, incident_id: str) -> list[tuple[str, datetime]]:
        """The id of every alert broadcast in an incident, and when; oldest first."""
        query = select(alert.c.id, alert.c.broadcast_at).where(
            alert.c.incident_id == incident_id, alert.c.broadcast_at.is_not(None)
        )
        rows = self._connection.execute(query.order_by(alert.c.broadcast_at, alert.c.id))
        return [(row.id, from_ms(row.broadcast_at)) for row in rows]


def _read(row: Row[Any]) -> Plan:
    return Plan(
        id=row.id,
        kind=PlanKind(row.kind),
        alert_id=row.alert_id,
        due_at=from_ms(row.due_at),
        made_by=row.made_by,
        made_at=from_ms(row.made_at),
        changed_at=from_ms(row.changed_at),
        every_minutes=row.every_minutes,
        state=PlanState(row.state),
        words=row.words,
    )
