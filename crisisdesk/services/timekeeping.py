"""Timekeeping: every jump of the computer's clock stands in the log, and nobody relies on it."""

from datetime import datetime, timedelta

from crisisdesk.model.errors import Refused
from crisisdesk.model.events import ClockStepped
from crisisdesk.model.moment import from_iso, iso
from crisisdesk.model.operator import Operator
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import BACK, Clock, ClockWatch, Step, StepKind

LOOK_SECONDS = 10
RECENT_ENTRIES = 20


class Timekeeping:
    """Watches the clock. Something calls `look` every 10 seconds, by no wall clock itself."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._watch = ClockWatch(clock)

    @property
    def doubtful(self) -> bool:
        """Whether the clock says less than the time that passed since it was last trusted."""
        return self._clock.latest() - self._clock.now() > BACK

    def look(self) -> Step | None:
        """Notice a jump since the last look; log it and tell everybody."""
        step = self._watch.look()
        if step:
            self._tell(step)
        return step

    def recover(self) -> Step | None:
        """At start: whether the clock was set back while this desk was closed."""
        now = self._clock.now()
        last = self._last_entry_at()
        if last is None or last - now <= BACK:
            return None
        step = Step(StepKind.SET_BACK, last, now, now - last)
        self._tell(step)
        return step

    def trust(self, operator: Operator) -> None:
        """A person has compared the clock with another: from now on it is believed again."""
        if not operator.role.may_broadcast:
            raise Refused(
                f"A {operator.role} may not vouch for the clock.",
                "Ask a sender to sign in.",
                "What had expired stays expired.",
            )
        detail = {"now": iso(self._clock.now()), "latest": iso(self._clock.latest())}

        def note(unit: Unit) -> None:
            unit.log.append("clock.trusted", actor=operator.name, detail=detail, weighty=True)

        self._database.write(note)
        self._clock.trust()

    def _tell(self, step: Step) -> None:
        words = told(step)
        detail = {
            "kind": step.kind.value,
            "from": iso(step.before),
            "to": iso(step.after),
            "seconds": round(step.length.total_seconds()),
            "words": words,
        }
        self._database.write(
            lambda unit: unit.log.append("clock.stepped", actor="desk", detail=detail, weighty=True)
        )
        self._bus.publish(ClockStepped(step.kind.value, step.length.total_seconds(), words))

    def _last_entry_at(self) -> datetime | None:
        """The latest moment in the newest entries of this desk; other desks have other clocks."""
        with self._database.read() as unit:
            bodies = unit.log.read_newest(RECENT_ENTRIES)
        ours = [each["at"] for each in bodies if each["desk"] == self._database.stamp.desk]
        return max((from_iso(each) for each in ours), default=None)


def told(step: Step) -> str:
    """A jump of the clock in words."""
    if step.kind is StepKind.ASLEEP:
        return f"Nothing ran for {_length(step.length)}: the computer was probably asleep."
    clock = f"from {step.before.astimezone():%H:%M:%S} to {step.after.astimezone():%H:%M:%S}"
    return f"The computer's clock was {step.kind} by {_length(step.length)}, {clock}."


def _length(length: timedelta) -> str:
    seconds = round(abs(length.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
