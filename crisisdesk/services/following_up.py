"""Following up: reading back what was accepted, looking for what is unknown, and starting well.

A read that finds nothing changes nothing: absence is no proof that a message will not appear.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.delivery import Delivery, DeliveryState, Message, Outcome, Verdict, may_move
from crisisdesk.model.errors import StoreError
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.handing import kept
from crisisdesk.rules.retry import LOOK_AGAIN, in_doubt, state_when_dropped
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

Later = Callable[[float, Callable[[], None]], None]
STILL_FRESH = timedelta(minutes=5)
ABANDONED = timedelta(minutes=15)
"""Longer than any send takes, or any network asks to wait."""

STILL_OF_INTEREST = timedelta(days=1)
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
        outcome = self.find(delivery)
        self._database.write(lambda unit: self._keep(unit, delivery_id, outcome))
        with self._database.read() as unit:
            after = unit.alerts.delivery(delivery_id)
        if after:
            changed = DeliveryChanged(after.id, after.alert_id, after.account_id, after.state)
            if after.state is not delivery.state or after.evidence != delivery.evidence:
                self._announce(changed, moved=after.state is not delivery.state)
        return outcome

    def recover(self) -> int:
        """At start: what a dead run was sending is unknown, what it was about to retry goes on, and
        what it had not read back yet is looked for.

        Returns how many deliveries of a dead run there were.
        """
        found = self._database.write(self._mark_interrupted)
        for delivery in found:
            self._plan(delivery.id, 0)
        with self._database.read() as unit:
            waiting = self._left_behind(unit, DeliveryState.RETRYING)
            doubtful = unit.alerts.in_state(DeliveryState.UNKNOWN) + self._not_read_back(unit)
        for delivery in doubtful:
            if delivery.id not in {each.id for each in found}:
                self._plan(delivery.id, len(LOOK_AGAIN) - 1)
        for delivery in waiting:
            if self._now() - delivery.changed_at <= STILL_FRESH:
                self._resume(delivery)
            else:
                self._give_up(delivery)
        return len(found)

    def sweep(self) -> int:
        """Regularly: what another desk left behind when it died. Returns how much that was."""
        with self._database.read() as unit:
            own = unit.stamp.desk
            states = (DeliveryState.SENDING, DeliveryState.RETRYING)
            left = [each for state in states for each in self._left_behind(unit, state)]
        if not any(each.desk not in ("", own) for each in left):
            return 0
        return self._take_over(own)

    def _take_over(self, own: str) -> int:
        """As at a start, for those of other desks alone: our own are under way."""
        found = self._database.write(lambda unit: self._mark_interrupted(unit, but=own))
        for delivery in found:
            self._plan(delivery.id, 0)
        with self._database.read() as unit:
            waiting = self._left_behind(unit, DeliveryState.RETRYING)
        for delivery in waiting:
            if delivery.desk != own:
                self._give_up(delivery)
        return len(found)

    def _left_behind(self, unit: Unit, state: DeliveryState) -> list[Delivery]:
        """What a dead run of this desk left, or another desk so long ago that it must be dead too.

        Another desk on the same database may be sending this very moment.
        """
        own, since = ("", unit.stamp.desk), self._now() - ABANDONED
        found = unit.alerts.in_state(state)
        return [each for each in found if each.desk in own or each.changed_at < since]

    def _not_read_back(self, unit: Unit) -> list[Delivery]:
        """What was accepted not long ago: the dead run may have ended before it looked."""
        since = self._now() - STILL_OF_INTEREST
        accepted = unit.alerts.in_state(DeliveryState.ACCEPTED)
        return [each for each in accepted if each.changed_at >= since]

    def _mark_interrupted(self, unit: Unit, but: str = "") -> list[Delivery]:
        left = self._left_behind(unit, DeliveryState.SENDING)
        found = [each for each in left if not but or each.desk != but]
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
        try:
            outcome = self.look(delivery_id)
        except StoreError:  # nothing was kept: the same look again
            self._plan(delivery_id, turn)
            return
        if outcome.verdict in (Verdict.ABSENT, Verdict.ALTERED, Verdict.UNKNOWN):
            self._plan(delivery_id, turn + 1)

    def find(self, delivery: Delivery) -> Outcome:
        """Ask the network about a delivery. Nothing is kept."""
        message = self._message_of(delivery)
        outcome = self._channels.act(
            delivery.account_id,
            lambda channel: channel.find(message, delivery.external_id),
            sends=False,
        )
        # What was refused here is the look, not the message.
        lost = outcome.verdict in (Verdict.REFUSED, Verdict.NOT_SENT)
        return replace(outcome, verdict=Verdict.UNKNOWN) if lost else outcome

    def _keep(self, unit: Unit, delivery_id: str, outcome: Outcome) -> None:
        delivery = unit.alerts.delivery(delivery_id)
        if delivery is None or delivery.state not in _WATCHED:
            return
        now_ms = to_ms(self._now())
        outcome = replace(outcome, evidence=kept(delivery.evidence, outcome.evidence))
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
