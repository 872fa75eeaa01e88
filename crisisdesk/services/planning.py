"""Planning: what a person wants said later, or said again and again; and holding it back."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from crisisdesk.model.alert import Alert
from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import Refused
from crisisdesk.model.events import IncidentOpened, PlanChanged
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import ASKING, OPEN, OURS, UNDONE, Plan, PlanKind, PlanState
from crisisdesk.rules.timing import LONGEST_MINUTES, SHORTEST_MINUTES, next_clock_time, promised
from crisisdesk.store.chains import followed
from crisisdesk.store.database import Database
from crisisdesk.store.journal import move_plan, note_plan
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE


class Planning:
    """Makes, holds, releases and drops plans; the timetable runs them.

    `unfit` says why an alert may not be sent yet, as for want of an approval; "" when it may.
    `latest` is the latest moment it can be, whatever the clock says.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        now: Callable[[], datetime],
        latest: Callable[[], datetime],
        unfit: Callable[[Alert], str] = lambda _: "",
        zone: tzinfo | None = None,
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._latest = latest
        self._unfit = unfit
        self._zone = zone
        self._chance = chance

    def plan_send(
        self, alert_id: str, due: datetime, operator: Operator, every_minutes: int = 0
    ) -> Plan:
        """Have an alert broadcast at a moment, and repeated from then on if so many minutes > 0.

        Raises Refused with the reason, such as a moment that is past or after the alert's end.
        """
        _refuse_role(operator, "plan a message")
        if every_minutes:
            _refuse_pace(every_minutes)

        def make(unit: Unit) -> list[Plan]:
            alert = self._fit(unit, alert_id, due)
            if unit.plans.said_at(alert_id):
                raise Refused("This alert was broadcast already.", "Repeat it, or write an update.")
            if unit.plans.find((PlanKind.SEND,), OPEN, alert_id):
                raise Refused(
                    "This alert is planned already.",
                    "Look at the line below the top: there it can be sent now or dropped.",
                )
            send = self._make(unit, PlanKind.SEND, alert, due, operator)
            if not every_minutes:
                return [send]
            first = due + timedelta(minutes=every_minutes)
            self._refuse_over(alert, due, first)
            return [send, self._make(unit, PlanKind.REPEAT, alert, first, operator, every_minutes)]

        made = self._database.write(make)
        for plan in made:
            self._tell(plan, PlanState.WAITING)
        return made[0]

    def plan_repeat(self, alert_id: str, every_minutes: int, operator: Operator) -> Plan:
        """Have an alert that was broadcast repeated until it expires, or its promise is due.

        A follow-up of it, or its retraction, ends that. Raises Refused with the reason.
        """
        _refuse_role(operator, "repeat a message")
        _refuse_pace(every_minutes)
        due = self._now() + timedelta(minutes=every_minutes)

        def make(unit: Unit) -> Plan:
            alert = self._fit(unit, alert_id, due)
            if unit.plans.said_at(alert_id) is None:
                raise Refused(
                    "This alert was not broadcast yet.",
                    "Broadcast it or plan it first.",
                    "Nothing was planned.",
                )
            if unit.plans.find((PlanKind.REPEAT,), OPEN, alert_id):
                raise Refused(
                    "This alert is repeated already.",
                    "Look at the line below the top: there it can be dropped.",
                )
            if followed(unit, alert):
                raise Refused(
                    "A later message followed this alert.",
                    "Repeat the later one.",
                    "Nothing was planned.",
                )
            return self._make(unit, PlanKind.REPEAT, alert, due, operator, every_minutes)

        made = self._database.write(make)
        self._tell(made, PlanState.WAITING)
        return made

    def hold_all(self, why: str, actor: str) -> int:
        """Hold every message that is planned, until a person releases it; returns how many.

        A repetition that goes out this moment is its last one until then.
        """
        held = PlanState.HELD

        def hold(unit: Unit) -> list[Plan]:
            due = unit.plans.find(OURS, (PlanState.WAITING,))
            due += unit.plans.find((PlanKind.REPEAT,), (PlanState.RUNNING,))
            return [each for each in due if move_plan(unit, each, held, self._now(), actor, why)]

        plans = self._database.write(hold)
        for each in plans:
            self._tell(each, held, why)
        return len(plans)

    def on_incident(self, event: IncidentOpened) -> None:
        """A new crisis: nothing planned in calmer times goes out by itself."""
        self.hold_all(f"The incident “{event.name}” was opened", event.by)

    def release(self, plan_id: str, operator: Operator, due: datetime | None = None) -> None:
        """Let a held or missed message go at its moment, or at another one."""
        _refuse_role(operator, "release a message")

        def change(unit: Unit) -> Plan:
            plan = _existing(unit, plan_id, ASKING)
            moment = due or plan.due_at
            self._fit(unit, plan.alert_id, moment)
            words = f"Released for {self._clock(moment)}"
            waiting, now = PlanState.WAITING, self._now()
            move_plan(unit, plan, waiting, now, operator.name, words, "released", moment)
            return plan

        self._tell(self._database.write(change), PlanState.WAITING)

    def drop(self, plan_id: str, operator: Operator, reason: str) -> None:
        """Give up a plan, or a promise that cannot be kept. The reason is logged."""
        _refuse_role(operator, "drop a plan")
        words = reason.strip()
        if not words:
            raise Refused(
                "A plan is dropped for a reason.", "Say why in a few words.", "It is still planned."
            )

        def change(unit: Unit) -> Plan:
            plan = _existing(unit, plan_id, UNDONE, (*OURS, PlanKind.PROMISE))
            move_plan(unit, plan, PlanState.DROPPED, self._now(), operator.name, words)
            return plan

        self._tell(self._database.write(change), PlanState.DROPPED, words)

    def open_plans(self) -> list[tuple[Plan, Alert]]:
        """Planned messages and promises that are not over, with their alerts; next due first."""
        with self._database.read() as unit:
            found = unit.plans.find((*OURS, PlanKind.PROMISE))
            pairs = [(plan, unit.alerts.get(plan.alert_id)) for plan in found]
        return [(plan, alert) for plan, alert in pairs if alert]

    def _fit(self, unit: Unit, alert_id: str, due: datetime) -> Alert:
        """The alert, if it may go out at a moment; Refused says why not, and what to do."""
        alert = unit.alerts.get(alert_id)
        if alert is None:
            raise Refused("There is no such alert.", "Write it anew.", "Nothing was planned.")
        if unit.alerts.is_retracted(alert_id) or unit.alerts.is_retracted(alert.repeats):
            raise Refused("This alert was retracted.", "Write a new one.", "Nothing was planned.")
        if due <= self._now():
            raise Refused(
                f"{self._clock(due)} is past.",
                "Choose a later time, or send it now.",
                "Nothing was planned.",
            )
        if alert.expires_at <= self._latest():
            raise Refused("This alert has expired.", "Write a new one.", "Nothing was planned.")
        if words := self._unfit(alert):
            raise Refused(
                f"This cannot be planned: {words}.", "Settle that first.", "Nothing was planned."
            )
        self._refuse_over(alert, unit.plans.said_at(alert_id) or alert.created_at, due)
        return alert

    def _refuse_over(self, alert: Alert, said_at: datetime, due: datetime) -> None:
        """Words whose promise is due, or which have expired, are not said any more."""
        promise = next_clock_time(promised(alert), said_at, self._zone)
        if due >= alert.expires_at:
            words = f"It expires at {self._clock(alert.expires_at)}"
        elif promise and due >= promise:
            words = f"It promises the next update by {promised(alert)}"
        else:
            return
        raise Refused(
            f"{words}: {self._clock(due)} is too late for it.",
            "Choose an earlier time.",
            "Nothing was planned.",
        )

    def _make(
        self,
        unit: Unit,
        kind: PlanKind,
        alert: Alert,
        due: datetime,
        operator: Operator,
        every: int = 0,
    ) -> Plan:
        now = self._now()
        plan = Plan(self._chance.id(), kind, alert.id, due, operator.name, now, now, every)
        unit.plans.add(plan)
        note_plan(unit, plan, "made", operator.name, f"{self._clock(due)}: {alert.headline}")
        return plan

    def _tell(self, plan: Plan, state: PlanState, words: str = "") -> None:
        self._bus.publish(PlanChanged(plan.id, plan.alert_id, plan.kind, state, words))

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"


def _refuse_role(operator: Operator, verb: str) -> None:
    if not operator.role.may_broadcast:
        raise Refused(
            f"A {operator.role} may not {verb}.", "Ask a sender to sign in.", "Nothing was changed."
        )


def _refuse_pace(minutes: int) -> None:
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Refused(
            f"Every {minutes} minutes is no good pace.",
            f"Repeat every {SHORTEST_MINUTES} minutes or more, at most once a day.",
            "Nothing was planned.",
        )


def _existing(
    unit: Unit, plan_id: str, states: tuple[PlanState, ...], kinds: tuple[PlanKind, ...] = OURS
) -> Plan:
    plan = unit.plans.get(plan_id)
    if plan is None or plan.kind not in kinds:
        raise Refused("There is no such plan any more.", "Look at the line below the top again.")
    if plan.state not in states:
        raise Refused(
            f"This plan is {plan.state} already.", "Look at the line below the top again."
        )
    return plan
