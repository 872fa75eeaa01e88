"""The small town with a timetable: plans, promises and a clock that can jump."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crisisdesk.model.alert import Alert
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import Refused
from crisisdesk.model.events import (
    AlertExpired,
    AlertRetracted,
    ClockStepped,
    DeliveryChanged,
    IncidentOpened,
    PlanChanged,
    PromiseNear,
)
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.model.template import Step
from crisisdesk.services.planning import Planning
from crisisdesk.services.promising import Promising
from crisisdesk.services.timekeeping import Timekeeping
from crisisdesk.services.timetable import Timetable
from crisisdesk.system.clock import Clock
from tests.town import SENDER, VIEWER, HandClock, Town

LONDON = ZoneInfo("Europe/London")


class JumpyClock(HandClock):
    """Time that passes, a wall clock that can be set, and an uptime that cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1000.0

    def go_on(self, **length: float) -> None:
        """Let time pass, on the wall as well."""
        super().go_on(**length)
        self.seconds += timedelta(**length).total_seconds()

    def set_by(self, **length: float) -> None:
        """Set the wall clock forward or back; no time passes."""
        self.time += timedelta(**length)

    def uptime(self) -> float:
        """Seconds since an arbitrary moment."""
        return self.seconds


class TimedTown(Town):
    """A town whose messages can wait. Its people's clocks are London's."""

    clock: JumpyClock

    def _start_services(self, mode: Mode) -> None:
        super()._start_services(mode)
        now = self.clock.now
        self.real_clock = Clock(now, self.clock.uptime)
        latest = self.real_clock.latest
        self.people = {each.name: each for each in (SENDER, VIEWER)}
        self.broadcasts: list[str] = []
        self.unapproved: set[str] = set()
        self.timekeeping = Timekeeping(self.database, self.bus, self.real_clock)
        self.planning = Planning(self.database, self.bus, now, latest, self.unfit, LONDON)
        self.promising = Promising(self.database, self.bus, self.later, now, latest, LONDON)
        self.timetable = Timetable(
            self.database,
            self.bus,
            self.later,
            now,
            latest,
            self._broadcast,
            self.compose_again,
            self.people.get,
            self.planning.hold_all,
            LONDON,
        )
        self._subscribe()

    def _subscribe(self) -> None:
        for kind, handler in _handlers(self):
            self.bus.subscribe(kind, handler)
        for kind in (PlanChanged, PromiseNear, AlertExpired, ClockStepped):
            self.bus.subscribe(kind, self.events.append)

    def _broadcast(self, alert_id: str, operator: Operator) -> Any:
        begun = self.dispatch.broadcast(alert_id, operator)
        self.broadcasts.append(alert_id)
        return begun

    def unfit(self, alert: Alert) -> str:
        """Why an alert may not be sent yet."""
        return "nobody has approved it" if alert.id in self.unapproved else ""

    def compose_again(self, alert_id: str, operator: Operator) -> Alert:
        """The next occurrence of an alert, with the same values."""
        with self.database.read() as unit:
            alert = unit.alerts.get(alert_id)
        if alert is None:
            raise Refused("There is no such alert.", "Look again.")
        accounts = tuple(each.account_id for each in alert.rendered)
        draft = Draft(alert.incident_id, alert.template_id, alert.step, alert.values, accounts, "")
        return self.composing.compose(draft, operator)

    def promise(self, words: str, *accounts: str, follows: Alert | None = None) -> Alert:
        """Compose a road closure that promises its next update so."""
        step, earlier = (Step.UPDATE, follows.id) if follows else (Step.ALERT, "")
        draft = self.draft(*accounts, step=step, follows=earlier)
        return self.composing.compose(
            Draft(**{**_fields(draft), "values": {**draft.values, "next_update_at": words}}),
            SENDER,
        )

    def say(self, alert: Alert) -> Alert:
        """Broadcast an alert and wait for its first answers."""
        self.dispatch.broadcast(alert.id, SENDER)
        self.settle()
        return alert

    def wake(self) -> None:
        """Everything that asked to be woken is woken, whether its moment has come or not."""
        self.run_planned()

    def at(self, hour: int, minute: int = 0) -> datetime:
        """A moment of today by London's clocks."""
        today = self.clock.now().astimezone(LONDON).date()
        shown = datetime(today.year, today.month, today.day, hour, minute, tzinfo=LONDON)
        return shown.astimezone(UTC)

    def plan(self, plan_id: str) -> Plan:
        """A plan as it is now."""
        with self.database.read() as unit:
            found = unit.plans.get(plan_id)
        assert found is not None
        return found

    def plans(self, *kinds: PlanKind) -> list[Plan]:
        """All plans of some kinds, whatever their state."""
        with self.database.read() as unit:
            return unit.plans.find(kinds, tuple(PlanState))

    def told(self, kind: type[Any]) -> list[Any]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def logged(self, prefix: str) -> list[str]:
        """The logged actions that begin so."""
        return [action for action in self.actions() if action.startswith(prefix)]


def _handlers(town: TimedTown) -> list[tuple[type[Any], Callable[[Any], None]]]:
    """As a desk connects them."""
    return [
        (DeliveryChanged, town.promising.on_delivery),
        (DeliveryChanged, town.timetable.on_delivery),
        (AlertRetracted, town.timetable.on_retracted),
        (PlanChanged, town.timetable.on_plan),
        (IncidentOpened, town.planning.on_incident),
        (ClockStepped, town.timetable.on_clock),
        (ClockStepped, town.promising.on_clock),
    ]


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}
