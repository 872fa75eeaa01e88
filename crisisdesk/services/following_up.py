"""Following up: reading back what was accepted, looking for what is unknown, and starting well.

A read that finds nothing changes nothing: absence is no proof that a message will not appear.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.delivery import Delivery, DeliveryState, Message, Outcome, Verdict, may_move
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.retry import LOOK_AGAIN, in_doubt, state_when_dropped
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

Later = Callable[[float, Callable[[], None]], None]
STILL_FRESH = timedelta(minutes=5)
_WATCHED = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


class FollowingUp:
    """Finds out, after the sending, what the public can really see."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        later: Later,
        now: Callable[[], datetime],
        message_of: Callable[[Delivery], Message],
        resume: Callable[[Delivery], None],
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._later = later
        self._now = now
        self._message_of = message_of
        self._resume = resume

    def on_change(self, event: DeliveryChanged) -> None:
        """Look at once at what was just accepted; at unknown outcomes later, and repeatedly."""
        if event.state is DeliveryState.ACCEPTED:
            self._workers.network(lambda: self._look_in_turn(event.delivery_id, 0))
        elif event.state is DeliveryState.UNKNOWN:
            self._plan(event.delivery_id, 0)

    def look(self, delivery_id: str) -> Outcome:
        """Read one delivery back now and keep what was found."""
        with self._database.read() as unit:
            delivery = unit.alerts.delivery(delivery_id)
        if delivery is None or delivery.state not in _WATCHED:
            return Outcome(Verdict.UNKNOWN, "There is nothing to look for.")
        outcome = self._find(delivery)
        self._database.write(lambda unit: self._keep(unit, delivery_id, outcome))
        with self._database.read() as unit:
            after = unit.alerts.delivery(delivery_id)
        if after:
            changed = DeliveryChanged(after.id, after.alert_id, after.account_id, after.state)
            if after.state is not delivery.state or after.evidence != delivery.evidence:
                self._announce(changed, moved=after.state is not delivery.state)
        return outcome

    def recover(self) -> int:
        """At start: what a dead run was sending is unknown; what it was about to retry goes on.

        Returns how many deliveries of a dead run there were.
        """
        found = self._database.write(self._mark_interrupted)
        for delivery in found:
            self._plan(delivery.id, 0)
        with self._database.read() as unit:
            waiting = unit.alerts.in_state(DeliveryState.RETRYING)
            for delivery in unit.alerts.in_state(DeliveryState.UNKNOWN):
                if delivery.id not in {each.id for each in found}:
                    self._plan(delivery.id, len(LOOK_AGAIN) - 1)
        for delivery in waiting:
            if self._now() - delivery.changed_at <= STILL_FRESH:
                self._resume(delivery)
            else:
                self._give_up(delivery)
        return len(found)

    def _mark_interrupted(self, unit: Unit) -> list[Delivery]:
        found = unit.alerts.in_state(DeliveryState.SENDING)
        evidence = "The desk stopped while sending: nobody knows yet whether it was published."
        for delivery in found:
            outcome = Outcome(Verdict.UNKNOWN, evidence, recipients=in_doubt(delivery.recipients))
            unit.alerts.move(delivery.id, DeliveryState.UNKNOWN, to_ms(self._now()), outcome)
            self._log(unit, delivery, DeliveryState.UNKNOWN, evidence)
        return found

    def _give_up(self, delivery: Delivery) -> None:
        evidence = "The desk was not running; nothing was sent. Broadcast it anew if still needed."

        def change(unit: Unit) -> None:
            outcome = Outcome(Verdict.NOT_SENT, evidence)
            state = state_when_dropped(delivery.recipients)
            unit.alerts.move(delivery.id, state, to_ms(self._now()), outcome)
            self._log(unit, delivery, state, evidence)

        self._database.write(change)

    def _plan(self, delivery_id: str, turn: int) -> None:
        def go() -> None:
            self._workers.network(lambda: self._look_in_turn(delivery_id, turn))

        if turn < len(LOOK_AGAIN):
            self._later(LOOK_AGAIN[turn], go)

    def _look_in_turn(self, delivery_id: str, turn: int) -> None:
        outcome = self.look(delivery_id)
        if outcome.verdict in (Verdict.ABSENT, Verdict.UNKNOWN):
            self._plan(delivery_id, turn + 1)

    def _find(self, delivery: Delivery) -> Outcome:
        try:
            channel, lock = self._channels.get(delivery.account_id)
            message = self._message_of(delivery)
            with lock:
                return channel.find(message, delivery.external_id)
        except Exception as error:  # noqa: BLE001 - a look that fails must not be the last one
            return Outcome(Verdict.UNKNOWN, f"Looking it up failed: {error}")

    def _keep(self, unit: Unit, delivery_id: str, outcome: Outcome) -> None:
        delivery = unit.alerts.delivery(delivery_id)
        if delivery is None or delivery.state not in _WATCHED:
            return
        now_ms = to_ms(self._now())
        if outcome.verdict is Verdict.CONFIRMED and may_move(
            delivery.state, DeliveryState.CONFIRMED
        ):
            unit.alerts.move(delivery_id, DeliveryState.CONFIRMED, now_ms, outcome)
            self._log(unit, delivery, DeliveryState.CONFIRMED, outcome.evidence)
        elif delivery.state is DeliveryState.UNKNOWN and delivery.evidence != outcome.evidence:
            unit.alerts.add_evidence(delivery_id, outcome.evidence, now_ms)
            self._log(unit, delivery, DeliveryState.UNKNOWN, outcome.evidence)

    def _log(self, unit: Unit, delivery: Delivery, state: DeliveryState, evidence: str) -> None:
        name = self._channels.name_of(delivery.account_id)
        note_delivery(unit, delivery, state.value, "desk", name, evidence=evidence)

    def _announce(self, event: DeliveryChanged, *, moved: bool) -> None:
        """Tell the screen; an unknown that stays unknown must not start its looks anew."""
        if moved or event.state is not DeliveryState.UNKNOWN:
            self._bus.publish(event)
