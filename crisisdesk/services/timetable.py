"""The timetable: runs what is planned, and never by itself what comes too late.

The table decides, and what wakes us only wakes us. Claiming a plan is one conditional update, so
that of all desks exactly one runs it.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import CrisisDeskError, NothingSent, StoreError
from crisisdesk.model.events import AlertRetracted, ClockStepped, DeliveryChanged, PlanChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import OPEN, OURS, UNDONE, Plan, PlanKind, PlanState
from crisisdesk.rules.timing import LATEST, Decision, decide, holds_until
from crisisdesk.store.chains import followed, follows, repeated_since, repeats
from crisisdesk.store.claims import kept
from crisisdesk.store.database import Database
from crisisdesk.store.journal import move_plan
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.waking import Later, Wake

log = logging.getLogger(__name__)

DESK = "desk"
LOST = "The database could not be reached when it was due, so it was not sent"
FOLLOWED, RETRACTED = "A later message followed it", "It was retracted"

Broadcast = Callable[[str, Operator], "list[Future[None]]"]
ComposeAgain = Callable[[str, Operator], Alert]


class Timetable:
    """Runs our own messages at their moments.

    `who` finds the person who made a plan, by name, as they are now; None when they are gone.
    `hold_all` holds everything that is planned: (why, actor).
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        later: Later,
        now: Callable[[], datetime],
        latest: Callable[[], datetime],
        broadcast: Broadcast,
        compose_again: ComposeAgain,
        who: Callable[[str], Operator | None],
        hold_all: Callable[[str, str], object],
        zone: tzinfo | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._latest = latest
        self._broadcast = broadcast
        self._compose_again = compose_again
        self._who = who
        self._hold_all = hold_all
        self._zone = zone
        self._wake = Wake(later, self.look)
        self._heard: set[str] = set()
        self._unfinished: dict[str, tuple[Plan, str, str]] = {}

    def look(self) -> None:
        """Run or miss what is due, and be woken for the next. Any thread may call this."""
        for each in [*self._unfinished.values()]:
            self._finish(*each)
        for plan in self._waiting():
            decision = decide(plan.kind, plan.due_at, self._now(), self._latest())
            if decision is Decision.RUN:
                self._run(plan)
            elif decision is Decision.MISSED:
                self._miss(plan)
        self._arm()

    def send_now(self, plan_id: str, operator: Operator) -> None:
        """A person sends a planned message at once. Raises Refused when that did not work."""
        if not operator.role.may_broadcast:
            raise NothingSent(
                f"A {operator.role} may not send a message.", "Ask a sender to sign in."
            )
        with self._database.read() as unit:
            plan = unit.plans.get(plan_id)
        if plan is None or plan.kind not in OURS or plan.state not in UNDONE:
            raise NothingSent(
                "This is not planned any more.", "Look at the line below the top again."
            )
        problem = self._run(plan, operator, "Sent now by hand")
        self._arm()
        if problem:
            raise NothingSent(f"{problem}.", "Settle that first, then release it or send it now.")

    def recover(self) -> None:
        """At start: settle what a dead run was doing, then decide what became due meanwhile."""
        with self._database.read() as unit:
            running = unit.plans.find(OURS, (PlanState.RUNNING,))
        for plan in running:
            self._finish(plan, "The desk stopped before it was certain that this went out")
        self.look()

    def on_plan(self, event: PlanChanged) -> None:
        """Something was planned or released: be there in time."""
        if event.state is PlanState.WAITING and event.kind in OURS:
            self._arm()

    def on_delivery(self, event: DeliveryChanged) -> None:
        """A follow-up goes out: from now on what it follows is not repeated."""
        if event.alert_id not in self._heard:
            self._heard.add(event.alert_id)
            self._end_repeats(event.alert_id, FOLLOWED)

    def on_retracted(self, event: AlertRetracted) -> None:
        """What is taken back is not repeated."""
        self._end_repeats(event.alert_id, RETRACTED)

    def on_clock(self, event: ClockStepped) -> None:
        """A clock that was set back says nothing about when a message was meant to go."""
        if event.seconds < -LATEST.total_seconds():
            self._hold_all(event.words, DESK)
        self._wake.forget()
        self.look()

    def _waiting(self) -> list[Plan]:
        with self._database.read() as unit:
            return unit.plans.find(OURS, (PlanState.WAITING,))

    def _arm(self) -> None:
        for plan in self._waiting()[:1]:
            self._wake.at(plan.due_at, self._now())

    def _miss(self, plan: Plan) -> None:
        missed, now = PlanState.MISSED, self._now()
        words = f"It was due at {self._clock(plan.due_at)}, and nothing could run then"
        if self._database.write(
            lambda unit: move_plan(unit, plan, missed, now, DESK, words, weighty=True)
        ):
            self._tell(plan, missed, words)

    def _run(self, plan: Plan, operator: Operator | None = None, words: str = "It is due") -> str:
        """Claim and carry out one plan; returns what went wrong, "" for nothing."""
        actor = operator.name if operator else DESK
        stamp = self._database.stamp
        token = f"{stamp.desk} {stamp.boot} {to_ms(plan.due_at)}"
        try:
            claimed = kept(
                self._database,
                plan.id,
                token,
                lambda unit: self._claim(unit, plan, actor, words),
                lambda unit: unit.plans.get(plan.id),
            )
        except StoreError:  # where it was kept all the same, nobody runs it
            self._unfinished[plan.id] = (plan, LOST, token)
            raise
        if claimed is None:
            return "Another desk was quicker" if operator else ""
        self._tell(claimed, claimed.state, claimed.words)
        if claimed.state is not PlanState.RUNNING:
            return claimed.words
        return self._finish(claimed, self._carry_out(claimed, operator))

    def _claim(self, unit: Unit, plan: Plan, actor: str, words: str) -> Plan | None:
        """The plan as it is now: running, or over; None when another desk was quicker."""
        state, what = PlanState.RUNNING, "started"
        if plan.kind is PlanKind.REPEAT and (ended := self._ended(unit, plan)):
            state, words = ended
            what = ""
            if state is plan.state:
                return replace(plan, words=words)
        moved = move_plan(unit, plan, state, self._now(), actor, words, what)
        return unit.plans.get(plan.id) if moved else None

    def _ended(self, unit: Unit, plan: Plan) -> tuple[PlanState, str] | None:
        """Why a message is not repeated now."""
        alert, said_at = unit.alerts.get(plan.alert_id), unit.plans.said_at(plan.alert_id)
        if alert is None or said_at is None:
            return PlanState.HELD, "The message itself has not gone out"
        withdrawn = DeliveryState.WITHDRAWN
        gone = any(each.state is withdrawn for each in unit.alerts.deliveries(alert.id))
        if gone or unit.alerts.is_retracted(alert.id):
            return PlanState.DONE, RETRACTED
        if followed(unit, alert):
            return PlanState.DONE, FOLLOWED
        if holds_until(alert, said_at, self._zone) <= max(self._now(), self._latest()):
            return PlanState.DONE, "Its time is over"
        return None

    def _carry_out(self, plan: Plan, operator: Operator | None) -> str:
        """Send it, outside any transaction; returns what went wrong, "" for nothing."""
        try:
            sender = operator or self._who(plan.made_by)
            if sender is None or not sender.role.may_broadcast:
                return f"{plan.made_by} may not send any more"
            alert_id = plan.alert_id
            if plan.kind is PlanKind.REPEAT:
                alert_id = self._compose_again(alert_id, sender).id
            self._broadcast(alert_id, sender)
        except CrisisDeskError as error:
            return error.problem.rstrip(".")
        except Exception as error:
            log.exception("a planned message failed")
            return f"The program failed while sending it: {error}"
        return ""

    def _finish(self, plan: Plan, problem: str, token: str = "") -> str:
        """After a run or a crash, what the table of alerts says counts. Returns why it is held.

        With a token only what was claimed with it: another desk may be running the plan.
        """

        def change(unit: Unit) -> tuple[Plan, PlanState, str] | None:
            current = unit.plans.get(plan.id)
            if token and not unit.alerts.is_marked(plan.id, token):
                return None
            if current is None or current.state not in (PlanState.RUNNING, PlanState.HELD):
                return None  # it was ended meanwhile
            state, words, due = self._after(unit, current, problem)
            what = "repeated" if state is PlanState.WAITING else ""
            if state is not current.state:
                move_plan(unit, current, state, self._now(), DESK, words, what, due)
            return current, state, words

        try:
            found = self._database.write(change)
        except StoreError:  # else it would be running for ever
            self._unfinished[plan.id] = (plan, problem, token)
            raise
        self._unfinished.pop(plan.id, None)
        if found is None:
            return ""
        self._tell(*found)
        return found[2] if found[1] is PlanState.HELD else ""

    def _after(
        self, unit: Unit, plan: Plan, problem: str
    ) -> tuple[PlanState, str, datetime | None]:
        """The state a run leads to, why, and when it is due again."""
        alert, said_at = unit.alerts.get(plan.alert_id), unit.plans.said_at(plan.alert_id)
        if plan.kind is PlanKind.SEND and said_at:
            return PlanState.DONE, f"Broadcast at {self._clock(said_at)}", None
        if alert is None or said_at is None:
            return PlanState.HELD, problem, None
        if problem and not repeated_since(unit, alert, plan.changed_at):
            return PlanState.HELD, problem, None
        if plan.state is PlanState.HELD:
            return PlanState.HELD, plan.words, None
        if unit.alerts.stopped_by():
            return PlanState.HELD, "Everything was stopped", None
        every = timedelta(minutes=plan.every_minutes)
        # The rhythm stays, unless the next time would follow too closely on a late one.
        due = max(plan.due_at + every, self._now() + every / 2)
        end = holds_until(alert, said_at, self._zone)
        if due >= end:
            return PlanState.DONE, f"Repeated for the last time before {self._clock(end)}", None
        return PlanState.WAITING, f"Repeated; again at {self._clock(due)}", due

    def _end_repeats(self, alert_id: str, why: str) -> None:
        """Repeat nothing more that this alert follows; or the alert itself, when retracted."""

        def ends(unit: Unit, plan: Plan) -> bool:
            alert, other = unit.alerts.get(plan.alert_id), unit.alerts.get(alert_id)
            if alert is None or other is None:
                return False
            return repeats(alert, other) if why is RETRACTED else follows(unit, alert_id, alert)

        with self._database.read() as unit:
            ending = [p for p in unit.plans.find((PlanKind.REPEAT,), OPEN) if ends(unit, p)]
        for plan in ending:
            self._end(plan, why)

    def _end(self, plan: Plan, why: str) -> None:
        def change(unit: Unit) -> bool:
            current = unit.plans.get(plan.id)
            if current is None or current.state not in OPEN:
                return False
            return move_plan(unit, current, PlanState.DONE, self._now(), DESK, why)

        if self._database.write(change):
            self._tell(plan, PlanState.DONE, why)

    def _tell(self, plan: Plan, state: PlanState, words: str = "") -> None:
        self._bus.publish(PlanChanged(plan.id, plan.alert_id, plan.kind, state, words))

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"
