"""Requests for approval, approvals, printed codes, and notices that must be seen.

The database itself refuses what does not fit: see the fences of schema 0002.
"""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Approval, Notice, Request, RequestState, Way
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.store.accounts import desk_value, set_desk_value
from crisisdesk.store.alerts import read_alert
from crisisdesk.store.schema import alert, approval, approval_request, code_line, notice


class Approvals:
    """Approvals within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, new: Request) -> None:
        """Put a request into the queue."""
        self._connection.execute(
            insert(approval_request),
            {
                "id": new.id,
                "alert_id": new.alert_id,
                "statement_hash": new.statement_hash,
                "nonce": new.nonce,
                "asked_by": new.asked_by,
                "asked_at": to_ms(new.asked_at),
                "state": new.state.value,
            },
        )

    def request(self, request_id: str) -> Request | None:
        """One request by its id."""
        query = select(approval_request).where(approval_request.c.id == request_id)
        row = self._connection.execute(query).first()
        return _request(row) if row else None

    def request_for(self, alert_id: str) -> Request | None:
        """The request for an alert; None when nobody has asked."""
        query = select(approval_request).where(approval_request.c.alert_id == alert_id)
        row = self._connection.execute(query).first()
        return _request(row) if row else None

    def queue(self, now_ms: int) -> list[tuple[Request, Alert]]:
        """Requests still waiting or approved, of alerts neither sent nor expired, oldest first."""
        query = (
            select(approval_request, alert.c.body)
            .join(alert, alert.c.id == approval_request.c.alert_id)
            .where(
                approval_request.c.state.in_([RequestState.WAITING, RequestState.APPROVED]),
                alert.c.broadcast_at.is_(None),
                alert.c.expires_at > now_ms,
            )
            .order_by(approval_request.c.asked_at)
        )
        return [(_request(row), read_alert(row.body)) for row in self._connection.execute(query)]

    def decide(
        self, request_id: str, state: RequestState, by: str, now_ms: int, reason: str = ""
    ) -> bool:
        """Settle a waiting request; True for exactly one caller."""
        values = {"state": state.value, "decided_by": by, "decided_at": now_ms, "reason": reason}
        waiting = approval_request.c.state == RequestState.WAITING
        changed = self._connection.execute(
            update(approval_request)
            .where(approval_request.c.id == request_id, waiting)
            .values(**values)
        )
        return bool(changed.rowcount)

    def withdraw(self, request_id: str, by: str, now_ms: int, reason: str) -> bool:
        """Take back a request, approved or not, whose alert has not gone out."""
        values = {
            "state": RequestState.WITHDRAWN.value,
            "decided_by": by,
            "decided_at": now_ms,
            "reason": reason,
        }
        is_open = approval_request.c.state.in_([RequestState.WAITING, RequestState.APPROVED])
        unsent = select(alert.c.id).where(alert.c.broadcast_at.is_(None))
        changed = self._connection.execute(
            update(approval_request)
            .where(
                approval_request.c.id == request_id,
                is_open,
                approval_request.c.alert_id.in_(unsent),
            )
            .values(**values)
        )
        return bool(changed.rowcount)

    def add(self, new: Approval) -> None:
        """Store an approval, before its request is settled. The database refuses an unfit one."""
        row = {
            **{name: getattr(new, name) for name in Approval.__dataclass_fields__},
            "way": new.way.value,
            "approved_at": to_ms(new.approved_at),
            "expires_at": to_ms(new.expires_at),
        }
        self._connection.execute(insert(approval), row)

    def of_incident(self, incident_id: str) -> list[tuple[Approval, Alert, bool]]:
        """Every approval of an incident that was not withdrawn, with the alert it was given for,
        and whether that was broadcast."""
        query = (
            select(approval, alert.c.body, alert.c.broadcast_at)
            .join(alert, alert.c.id == approval.c.alert_id)
            .join(approval_request, approval_request.c.id == approval.c.request_id)
            .where(
                alert.c.incident_id == incident_id,
                approval_request.c.state == RequestState.APPROVED,
            )
        )
        return [
            (_approval(row), read_alert(row.body), row.broadcast_at is not None)
            for row in self._connection.execute(query)
        ]

    def put_codes(self, operator_id: str, hashes: dict[str, str], now_ms: int) -> None:
        """A new printed list for somebody; the old one no longer counts."""
        self._connection.execute(delete(code_line).where(code_line.c.operator_id == operator_id))
        self._connection.execute(
            insert(code_line),
            [
                {
                    "operator_id": operator_id,
                    "letter": letter,
                    "code_hash": hashed,
                    "made_at": now_ms,
                }
                for letter, hashed in hashes.items()
            ],
        )

    def codes(self, operator_id: str) -> dict[str, str]:
        """The unused lines of somebody's list: letter to hash."""
        query = select(code_line.c.letter, code_line.c.code_hash).where(
            code_line.c.operator_id == operator_id, code_line.c.used_at.is_(None)
        )
        return {row.letter: row.code_hash for row in self._connection.execute(query)}

    def use_code(self, operator_id: str, letter: str, now_ms: int) -> bool:
        """Strike a line; True for exactly one caller."""
        changed = self._connection.execute(
            update(code_line)
            .where(
                code_line.c.operator_id == operator_id,
                code_line.c.letter == letter,
                code_line.c.used_at.is_(None),
            )
            .values(used_at=now_ms)
        )
        return bool(changed.rowcount)

    def wrong_codes(self, request_id: str) -> int:
        """How many wrong codes were given for a request, on any desk."""
        return int(desk_value(self._connection, f"wrong codes {request_id}") or 0)

    def count_wrong_code(self, request_id: str) -> int:
        """Count one more wrong code, and return how many that makes."""
        number = self.wrong_codes(request_id) + 1
        set_desk_value(self._connection, f"wrong codes {request_id}", str(number))
        return number

    def tell(self, new: Notice, operator_id: str) -> None:
        """Have somebody see something at their next look."""
        self._connection.execute(
            insert(notice),
            {
                "id": new.id,
                "operator_id": operator_id,
                "kind": new.kind,
                "words": new.words,
                "made_at": to_ms(new.made_at),
            },
        )

    def notices(self, operator_id: str) -> list[Notice]:
        """What somebody has not yet said to have seen, oldest first."""
        query = select(notice).where(
            notice.c.operator_id == operator_id, notice.c.seen_at.is_(None)
        )
        rows = self._connection.execute(query.order_by(notice.c.made_at))
        return [Notice(row.id, row.kind, row.words, from_ms(row.made_at)) for row in rows]

    def seen(self, notice_id: str, operator_id: str, now_ms: int) -> bool:
        """Somebody has seen what was meant for them; True the first time."""
        changed = self._connection.execute(
            update(notice)
            .where(
                notice.c.id == notice_id,
                notice.c.operator_id == operator_id,
                notice.c.seen_at.is_(None),
            )
            .values(seen_at=now_ms)
        )
        return bool(changed.rowcount)


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        alert_id=row.alert_id,
        statement_hash=row.statement_hash,
        nonce=row.nonce,
        asked_by=row.asked_by,
        asked_at=from_ms(row.asked_at),
        state=RequestState(row.state),
        decided_by=row.decided_by,
        decided_at=None if row.decided_at is None else from_ms(row.decided_at),
        reason=row.reason,
    )


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        id=row.id,
        request_id=row.request_id,
        alert_id=row.alert_id,
        way=Way(row.way),
        operator_id=row.operator_id,
        operator_name=row.operator_name,
        content_hash=row.content_hash,
        statement_hash=row.statement_hash,
        nonce=row.nonce,
        approved_at=from_ms(row.approved_at),
        expires_at=from_ms(row.expires_at),
        public_key=row.public_key,
        signature=row.signature,
        reason=row.reason,
    )
