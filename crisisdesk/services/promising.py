"""Promising: the next update we promised, and the moment our words are over.

Both follow from what was said: rows are made once something stands in public, or may stand there.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import PUBLISHED, DeliveryState
from crisisdesk.model.events import AlertExpired, DeliveryChanged, Event, PlanChanged, PromiseNear
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.rules.timing import (
    REMINDER,
    Decision,
    decide,
    next_clock_time,
    promised,
    same_words,
)
from crisisdesk.store.chains import followed
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_plan
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.waking import Later, Wake

DESK = "desk"
WATCHED = (PlanKind.PROMISE, PlanKind.EXPIRY)
UNKEPT = (PlanState.WAITING, PlanState.MISSED)
STANDS = PUBLISHED | {DeliveryState.UNKNOWN}
"""What may stand in public: people may have read a promise there."""

RECENT, RECENT_TIME = 50, timedelta(days=1)
"""How many alerts, and how old, are looked through at start for what a dead run left undone."""


class Promising:
    """Makes, keeps and misses promises, and says when an alert has expired."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        later: Later,
        now: Callable[[], datetime],
        latest: Callable[[], datetime],
        zone: tzinfo | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._latest = latest
        self._zone = zone
        self._wake = Wake(later, self.look)
        self._noted: set[tuple[str, bool]] = set()
        self._reminded: set[str] = set()

    def on_delivery(self, event: DeliveryChanged) -> None:
        """Something was accepted, confirmed or is in doubt. Only the first of each kind matters."""
        key = (event.alert_id, event.state in PUBLISHED)
        if event.state not in STANDS or key in self._noted:
            return
        self._noted.add(key)
        self._tell(self._database.write(lambda unit: self._noted_in(unit, *key)))
        self._arm()

    def on_clock(self, _event: object) -> None:
        """The clock jumped: what is due now is decided now."""
        self._wake.forget()
        self.look()

    def recover(self) -> None:
        """At start: what a dead run said but did not note, and what became due meanwhile."""
        self._tell(self._database.write(self._note_recent))
        self.look()

    def _note_recent(self, unit: Unit) -> list[Event]:
        told: list[Event] = []
        for alert in reversed(unit.alerts.recent(RECENT)):
            said_at = unit.plans.said_at(alert.id)
            states = {each.state for each in unit.alerts.deliveries(alert.id)}
            if states & STANDS and said_at and self._now() - said_at < RECENT_TIME:
                told += self._noted_in(unit, alert.id, bool(states & PUBLISHED))
        return told

    def look(self) -> None:
        """Decide what is due, remind of what is near, and be woken for the next."""
        with self._database.read() as unit:
            waiting = unit.plans.find(WATCHED, (PlanState.WAITING,))
        now, latest = self._now(), self._latest()
        for plan in waiting:
            if decide(plan.kind, plan.due_at, now, latest) is not Decision.WAIT:
                self._tell(self._database.write(partial(self._over, plan)))
            elif plan.kind is PlanKind.PROMISE and plan.due_at - now <= REMINDER:
                self._remind(plan)
        self._arm()

    def _arm(self) -> None:
        """What expires is measured by the latest moment it can be, a promise by the clock."""
        now, latest = self._now(), self._latest()
        with self._database.read() as unit:
            waiting = unit.plans.find(WATCHED, (PlanState.WAITING,))
        pauses = [
            plan.due_at - (latest if plan.kind is PlanKind.EXPIRY else now) for plan in waiting
        ]
        pauses += [
            plan.due_at - REMINDER - now
            for plan in waiting
            if plan.kind is PlanKind.PROMISE and plan.id not in self._reminded
        ]
        if pauses:
            self._wake.at(now + min(pauses), now)

    def _noted_in(self, unit: Unit, alert_id: str, published: bool) -> list[Event]:
        alert, said_at = unit.alerts.get(alert_id), unit.plans.said_at(alert_id)
        if alert is None or said_at is None:
            return []
        told = self._keep(unit, alert, said_at) if published else []
        if unit.plans.get(expiry_id(alert.id)) is None:
            unit.plans.add(self._plan(expiry_id(alert.id), PlanKind.EXPIRY, alert))
            told += self._promise(unit, alert, said_at)
        return told

    def _promise(self, unit: Unit, alert: Alert, said_at: datetime) -> list[Event]:
        words = promised(alert)
        due = next_clock_time(words, said_at, self._zone)
        if due is None or self._promised_already(unit, alert, due):
            return []
        plan = self._plan(f"promise-{alert.id}", PlanKind.PROMISE, alert, due, words)
        unit.plans.add(plan)
        note_plan(unit, plan, "made", DESK, f"Next update by {words}, says {alert.marker}")
        return [_changed(plan, PlanState.WAITING, words)]

    def _promised_already(self, unit: Unit, alert: Alert, due: datetime) -> bool:
        return any(
            plan.due_at == due
            for plan in unit.plans.find((PlanKind.PROMISE,), UNKEPT)
            if _incident_of(unit, plan) == alert.incident_id
        )

    def _keep(self, unit: Unit, alert: Alert, said_at: datetime) -> list[Event]:
        """Earlier promises of the incident are kept by it, unless it only repeats their words."""
        told: list[Event] = []
        for plan in unit.plans.find((PlanKind.PROMISE,), UNKEPT):
            earlier = unit.alerts.get(plan.alert_id)
            before = unit.plans.said_at(plan.alert_id)
            if earlier is None or before is None or earlier.incident_id != alert.incident_id:
                continue
            if before >= said_at or same_words(earlier, alert):
                continue
            words = f"Kept by {alert.marker}"
            if plan.state is PlanState.MISSED:
                late = max(1, round((said_at - plan.due_at).total_seconds() / 60))
                words += f", {late} min late"
            if unit.plans.move(plan, PlanState.DONE, self._now(), words):
                note_plan(unit, plan, "kept", DESK, words)
                told.append(_changed(plan, PlanState.DONE, words))
        return told

    def _over(self, plan: Plan, unit: Unit) -> list[Event]:
        """A promise was not kept in time, or an alert expired."""
        alert = unit.alerts.get(plan.alert_id)
        if alert is None:
            return []
        if plan.kind is PlanKind.PROMISE:
            words = f"Nothing more was said by {plan.words}, as {alert.marker} promised"
            if not unit.plans.move(plan, PlanState.MISSED, self._now(), words):
                return []
            note_plan(unit, plan, "missed", DESK, words, weighty=True)
            return [_changed(plan, PlanState.MISSED, words)]
        return self._expire(unit, plan, alert)

    def _expire(self, unit: Unit, plan: Plan, alert: Alert) -> list[Event]:
        stands = any(each.state in STANDS for each in unit.alerts.deliveries(alert.id))
        state = PlanState.DONE if stands else PlanState.DROPPED
        if not unit.plans.move(plan, state, self._now()):
            return []
        if not stands:
            note_plan(unit, plan, "dropped", DESK, "It expired; nothing of it stands in public")
            return []
        detail = {"headline": alert.headline, "marker": alert.marker}
        subject = f"alert {alert.id}"
        unit.log.append("alert.expired", actor=DESK, subject=subject, detail=detail, weighty=True)
        # Who reads on finds what followed it; only a last word that is over needs a person.
        return [] if followed(unit, alert) else [AlertExpired(alert.id, alert.headline)]

    def _remind(self, plan: Plan) -> None:
        if plan.id in self._reminded:
            return
        self._reminded.add(plan.id)
        with self._database.read() as unit:
            alert = unit.alerts.get(plan.alert_id)
        if alert:
            self._bus.publish(PromiseNear(alert.id, alert.headline, plan.due_at))

    def _plan(
        self,
        plan_id: str,
        kind: PlanKind,
        alert: Alert,
        due: datetime | None = None,
        words: str = "",
    ) -> Plan:
        now = self._now()
        return Plan(plan_id, kind, alert.id, due or alert.expires_at, DESK, now, now, words=words)

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            self._bus.publish(event)


def expiry_id(alert_id: str) -> str:
    """One row for each alert, however many desks make it."""
    return f"expiry-{alert_id}"


def _incident_of(unit: Unit, plan: Plan) -> str:
    alert = unit.alerts.get(plan.alert_id)
    return alert.incident_id if alert else ""


def _changed(plan: Plan, state: PlanState, words: str) -> PlanChanged:
    return PlanChanged(plan.id, plan.alert_id, plan.kind, state, words)
