"""Alerts and their deliveries. A delivery's state moves only along the legal moves."""

from typing import Any

import msgspec
import orjson
from sqlalchemy import Connection, Row, func, insert, select, update

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.delivery import (
    NEVER_OUT,
    PUBLISHED,
    Delivery,
    DeliveryState,
    Found,
    Outcome,
    RecipientResult,
    may_move,
)
from crisisdesk.model.errors import Refused
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.rules.composing import words_hash
from crisisdesk.store.accounts import desk_value, set_desk_value
from crisisdesk.store.schema import alert, delivery, wording

# Made here, once: msgspec prepares a type at its first use, and two threads that do so at the same
# time crash the process. At a start, several are the first to look at what is unknown.
_ALERT = msgspec.json.Decoder(Alert)
_RECIPIENTS = msgspec.json.Decoder(tuple[RecipientResult, ...])


def read_alert(body: str) -> Alert:
    """A stored alert."""
    return _ALERT.decode(body)


class Alerts:
    """Alerts within one transaction."""

    def __init__(self, connection: Connection, desk: str) -> None:
        self._connection = connection
        self._desk = desk
        self._read: dict[str, Alert] = {}

    def add(self, new: Alert) -> None:
        """Store a composed alert; from now on nothing in it changes."""
        self._connection.execute(
            insert(alert),
            {
                "id": new.id,
                "incident_id": new.incident_id,
                "marker": new.marker,
                "mode": new.mode.value,
                "content_hash": new.content_hash,
                "body": msgspec.json.encode(new).decode(),
                "created_at": to_ms(new.created_at),
                "expires_at": to_ms(new.expires_at),
                "references_id": new.references,
                "author_id": new.author_id,
                "step": new.step.value,
                "second_person": int(new.second_person),
                "repeats_id": new.repeats,
            },
        )
        self._add_wordings(new)

    def _add_wordings(self, new: Alert) -> None:
        """Every channel's words by hash, so that the database can tell which were approved."""
        own = [(new.step, 1, part) for part in new.words]
        ahead = [(step, 0, part) for step, parts in new.prepared.items() for part in parts]
        rows = [
            {
                "alert_id": new.id,
                "step": step.value,
                "account_id": part.account_id,
                "language": part.language,
                "own": is_own,
                "words_hash": words_hash(step, new.mode, part),
            }
            for step, is_own, part in (*own, *ahead)
        ]
        if rows:
            self._connection.execute(insert(wording), rows)

    def get(self, alert_id: str) -> Alert | None:
        """One alert by its id. Alerts are frozen, so each is read once in a transaction."""
        if alert_id not in self._read:
            body = self._connection.scalar(select(alert.c.body).where(alert.c.id == alert_id))
            if not body:
                return None
            self._read[alert_id] = _ALERT.decode(body)
        return self._read[alert_id]

    def claim(self, alert_id: str, now_ms: int) -> bool:
        """Take an alert for broadcasting; True for exactly one caller, ever."""
        claimed = self._connection.execute(
            update(alert)
            .where(alert.c.id == alert_id, alert.c.broadcast_at.is_(None))
            .values(broadcast_at=now_ms)
        )
        return bool(claimed.rowcount)

    def mark_retracted(self, alert_id: str) -> None:
        """Nothing of this alert goes out by itself any more, on any desk, after any restart."""
        set_desk_value(self._connection, f"retracted {alert_id}", "yes")

    def is_retracted(self, alert_id: str) -> bool:
        """Whether somebody has retracted it."""
        return bool(desk_value(self._connection, f"retracted {alert_id}"))

    def mark(self, about: str, token: str) -> None:
        """Leave a token in the transaction, by which it can be told later that it was kept. `about`
        is the id of what it takes: others are taken meanwhile."""
        set_desk_value(self._connection, f"token of {about}", token)

    def is_marked(self, about: str, token: str) -> bool:
        """Whether the last transaction that took this left this token."""
        return desk_value(self._connection, f"token of {about}") == token

    def set_stopped(self, by: str) -> None:
        """Stop all sending, with who did it and when in words; "" lets it go on."""
        set_desk_value(self._connection, "stopped", by)

    def stopped_by(self) -> str:
        """Who stopped all sending, and when; "" while it goes on."""
        return desk_value(self._connection, "stopped")

    def recent(self, limit: int = 50) -> list[Alert]:
        """Broadcast alerts, newest first."""
        query = select(alert.c.body).where(alert.c.broadcast_at.is_not(None))
        query = query.order_by(alert.c.broadcast_at.desc()).limit(limit)
        return [_ALERT.decode(body) for body in self._connection.scalars(query)]

    def last_broadcast_ms(self) -> int:
        """When the public last heard from us on any channel, ms since 1970; 0 if never."""
        query = (
            select(func.max(alert.c.broadcast_at))
            .join(delivery, delivery.c.alert_id == alert.c.id)
            .where(delivery.c.state.in_([state.value for state in PUBLISHED]))
        )
        return self._connection.scalar(query) or 0

    def references(self, alert_id: str) -> str:
        """The id of the alert that this one follows; "" for a first one."""
        query = select(alert.c.references_id).where(alert.c.id == alert_id)
        return self._connection.scalar(query) or ""

    def chain(self, alert_id: str) -> list[str]:
        """This alert's id and those it follows, newest first."""
        ids: list[str] = []
        while alert_id and alert_id not in ids:
            ids.append(alert_id)
            alert_id = self.references(alert_id)
        return ids

    def prepare(
        self,
        delivery_id: str,
        alert_id: str,
        part: Rendered,
        key: str,
        now_ms: int,
        state: DeliveryState = DeliveryState.PREPARED,
        evidence: str = "",
    ) -> None:
        """Write down the intent to deliver one text on one channel."""
        self._connection.execute(
            insert(delivery),
            {
                "id": delivery_id,
                "alert_id": alert_id,
                "account_id": part.account_id,
                "language": part.language,
                "state": state.value,
                "key": key,
                "text": part.text,
                "subject": part.subject,
                "evidence": evidence,
                "desk": self._desk,
                "created_at": now_ms,
                "changed_at": now_ms,
            },
        )

    def move(
        self, delivery_id: str, new: DeliveryState, now_ms: int, outcome: Outcome | None = None
    ) -> DeliveryState:
        """Move a delivery and keep the evidence. Returns the old state.

        Raises Refused for a move that is not legal, so that nothing settled is ever undone.
        """
        where = delivery.c.id == delivery_id
        old = DeliveryState(
            self._connection.execute(select(delivery.c.state).where(where)).scalar_one()
        )
        if not may_move(old, new):
            raise Refused(
                f"A delivery that is {old} cannot become {new}.",
                "Look again how it stands now.",
                "Nothing was changed.",
            )
        values: dict[str, Any] = {"state": new.value, "changed_at": now_ms}
        if new is DeliveryState.CONFIRMED:
            values |= {"seen_at": now_ms, "found": Found.AS_SENT.value}
        if new is DeliveryState.SENDING:
            values["desk"] = self._desk
        if outcome:
            values["evidence"] = outcome.evidence
            if outcome.external_id:
                values["external_id"] = outcome.external_id
            if outcome.url:
                values["url"] = outcome.url
            if outcome.recipients:
                values["recipients"] = orjson.dumps(outcome.recipients).decode()
        self._connection.execute(
            update(delivery).where(where, delivery.c.state == old.value).values(**values)
        )
        return old

    def add_evidence(self, delivery_id: str, evidence: str, now_ms: int) -> None:
        """Keep what was found without a change of state."""
        self._connection.execute(
            update(delivery)
            .where(delivery.c.id == delivery_id)
            .values(evidence=evidence, changed_at=now_ms)
        )

    def keep_found(self, delivery_id: str, found: Found, now_ms: int, evidence: str = "") -> None:
        """Keep what reading back found; `evidence` only where it is not what was known before."""
        values: dict[str, Any] = {"found": found.value}
        if found is Found.AS_SENT:
            values["seen_at"] = now_ms
        if evidence:
            values |= {"evidence": evidence, "changed_at": now_ms}
        self._connection.execute(
            update(delivery).where(delivery.c.id == delivery_id).values(**values)
        )

    def delivery(self, delivery_id: str) -> Delivery | None:
        """One delivery by its id."""
        query = select(delivery).where(delivery.c.id == delivery_id)
        row = self._connection.execute(query).first()
        return _read(row) if row else None

    def deliveries(self, alert_id: str) -> list[Delivery]:
        """All deliveries of an alert, in the order they were prepared."""
        query = select(delivery).where(delivery.c.alert_id == alert_id)
        query = query.order_by(delivery.c.created_at, delivery.c.id)
        return [_read(row) for row in self._connection.execute(query)]

    def published_since(self, account_id: str, since_ms: int) -> int:
        """How many messages left, or may have left, for an account since a moment."""
        query = select(func.count()).select_from(delivery)
        kept_back = [state.value for state in NEVER_OUT]
        query = query.where(
            delivery.c.account_id == account_id,
            delivery.c.created_at >= since_ms,
            delivery.c.state.not_in(kept_back),
        )
        return self._connection.scalar(query) or 0

    def standing_since(self, account_id: str, since_ms: int) -> list[Delivery]:
        """What an account has published since a moment, where the network gave it a number."""
        query = select(delivery).where(
            delivery.c.account_id == account_id,
            delivery.c.created_at >= since_ms,
            delivery.c.state.in_([state.value for state in PUBLISHED]),
            delivery.c.external_id != "",
        )
        query = query.order_by(delivery.c.created_at, delivery.c.id)
        return [_read(row) for row in self._connection.execute(query)]

    def said(self, limit: int) -> list[tuple[Alert, list[Delivery]]]:
        """Broadcast alerts, newest first, with their deliveries: two queries, however many."""
        alerts = self.recent(limit)
        found: dict[str, list[Delivery]] = {each.id: [] for each in alerts}
        query = select(delivery).where(delivery.c.alert_id.in_(list(found)))
        for row in self._connection.execute(query.order_by(delivery.c.created_at, delivery.c.id)):
            found[row.alert_id].append(_read(row))
        return [(each, found[each.id]) for each in alerts]

    def in_state(self, state: DeliveryState) -> list[Delivery]:
        """All deliveries in a state."""
        query = select(delivery).where(delivery.c.state == state.value)
        return [_read(row) for row in self._connection.execute(query)]


def _read(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        account_id=row.account_id,
        language=row.language,
        state=DeliveryState(row.state),
        key=row.key,
        text=row.text,
        subject=row.subject,
        external_id=row.external_id,
        url=row.url,
        evidence=row.evidence,
        created_at=from_ms(row.created_at),
        changed_at=from_ms(row.changed_at),
        recipients=_RECIPIENTS.decode(row.recipients),
        desk=row.desk,
        seen_at=None if row.seen_at is None else from_ms(row.seen_at),
        found=Found(row.found),
    )
