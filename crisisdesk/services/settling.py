"""Settling: what only people decide. Seen or not there, take it back, stop everything, go on."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.delivery import (
    PUBLISHED,
    Delivery,
    DeliveryState,
    Message,
    Outcome,
    Publication,
    Verdict,
)
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import AlertRetracted, DeliveryChanged, StopChanged
from crisisdesk.model.moment import iso, to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.rules import retry
from crisisdesk.store.database import Database
from crisisdesk.store.journal import (
    existing,
    move_delivery,
    note_delivery,
    refuse_unless,
    refuse_when_handed,
)
from crisisdesk.store.surely import Surely
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers


class Settling:
    """A person's decisions on what was, or was not yet, sent."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        later: Callable[[float, Callable[[], None]], None],
        now: Callable[[], datetime],
        message_of: Callable[[Delivery], Message],
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._now = now
        self._message_of = message_of
        self._withdrawing: set[str] = set()
        self._surely = Surely(later, workers.network)

    def settle(self, delivery_id: str, operator: Operator, seen: bool, words: str) -> None:
        """A person has looked with their own eyes: it is there, or it is not."""
        _refuse_role(operator, "settle this")
        may_be_seen = (DeliveryState.ACCEPTED, DeliveryState.HELD)
        open_states = (DeliveryState.UNKNOWN, *(may_be_seen if seen else ()))
        state = DeliveryState.CONFIRMED if seen else DeliveryState.FAILED
        evidence = f"{'Seen' if seen else 'Not there, says'} {operator.name}: {words}".rstrip(": ")
        outcome = Outcome(Verdict.CONFIRMED if seen else Verdict.ABSENT, evidence)
        self._change(delivery_id, operator, state, outcome, *open_states)

    def drop(self, delivery_id: str, operator: Operator, reason: str) -> None:
        """A person decides that what was held back is not to go out."""
        _refuse_role(operator, "drop this")

        def change(unit: Unit) -> tuple[Delivery, DeliveryState]:
            delivery = existing(unit, delivery_id)
            refuse_unless(delivery, DeliveryState.HELD)
            refuse_when_handed(delivery)
            state = retry.state_when_dropped(delivery.recipients)
            words = f"Dropped by {operator.name}: {reason}"
            self._move(unit, delivery, state, operator.name, Outcome(Verdict.NOT_SENT, words))
            return delivery, state

        self._tell(*self._database.write(change))

    def retract(self, alert_id: str, operator: Operator, reason: str) -> list[Future[None]]:
        """Delete an alert wherever it was published and can be deleted. The reason is logged.

        What waits to be tried again, or is held, is dropped: it must not come out afterwards.
        """
        _refuse_role(operator, "retract")

        def note(unit: Unit) -> list[Delivery]:
            unit.alerts.mark_retracted(alert_id)
            unit.log.append(
                "alert.retracting",
                actor=operator.name,
                subject=f"alert {alert_id}",
                detail={"reason": reason},
                weighty=True,
            )
            waiting = (DeliveryState.RETRYING, DeliveryState.HELD)
            for each in unit.alerts.deliveries(alert_id):
                if each.state in waiting:
                    state = retry.state_when_dropped(each.recipients)
                    words = "Retracted before it could leave."
                    self._move(unit, each, state, operator.name, Outcome(Verdict.NOT_SENT, words))
            return unit.alerts.deliveries(alert_id)

        published = [each for each in self._database.write(note) if each.state in PUBLISHED]
        self._withdrawing |= {each.id for each in published}
        self._bus.publish(AlertRetracted(alert_id))
        return [
            self._workers.network(partial(self._withdraw, delivery, operator.name))
            for delivery in published
        ]

    def on_delivery(self, event: DeliveryChanged) -> None:
        """What was on its way while its alert was retracted came out after all: delete it too."""
        if event.state not in PUBLISHED or event.delivery_id in self._withdrawing:
            return
        with self._database.read() as unit:
            if not unit.alerts.is_retracted(event.alert_id):
                return
            delivery = existing(unit, event.delivery_id)
        self._withdrawing.add(event.delivery_id)
        self._workers.network(partial(self._withdraw, delivery, "desk"))

    def stop_all(self, operator: Operator) -> int:
        """Nothing more leaves this desk until somebody lets it: no broadcast, no retry, no plan.

        What is on its way cannot be called back. Returns how many waiting deliveries are held.
        """
        if not operator.role.may_compose:
            raise Refused(
                f"A {operator.role} may not stop the desk.",
                "Call a sender at once.",
                "Sending goes on.",
            )

        def stop(unit: Unit) -> list[Delivery]:
            at = iso(self._now())
            unit.alerts.set_stopped(f"{operator.name} at {self._now().astimezone():%H:%M}")
            unit.log.append("desk.stopped", actor=operator.name, detail={"at": at}, weighty=True)
            waiting = unit.alerts.in_state(DeliveryState.RETRYING)
            words = f"{operator.name} stopped everything: it waits until a person releases it."
            for each in waiting:
                outcome = Outcome(Verdict.NOT_SENT, words)
                self._move(unit, each, DeliveryState.HELD, operator.name, outcome)
            return waiting

        held = self._database.write(stop)
        for each in held:
            self._tell(each, DeliveryState.HELD)
        self._bus.publish(StopChanged(stopped=True))
        return len(held)

    def go_on(self, operator: Operator, reason: str) -> None:
        """Allow sending again. What was held stays held until each is released."""
        _refuse_role(operator, "let the desk go on")
        if not reason.strip():
            raise BadInput(
                "The reason is empty.",
                "Say why sending is safe again.",
                "Everything is still stopped.",
            )

        def allow(unit: Unit) -> None:
            unit.alerts.set_stopped("")
            detail = {"reason": reason.strip()}
            unit.log.append("desk.went_on", actor=operator.name, detail=detail, weighty=True)

        self._database.write(allow)
        self._bus.publish(StopChanged(stopped=False))

    def stopped_by(self) -> str:
        """Who stopped everything and when, in words; "" while the desk may send."""
        with self._database.read() as unit:
            return unit.alerts.stopped_by()

    def _change(
        self,
        delivery_id: str,
        operator: Operator,
        state: DeliveryState,
        outcome: Outcome,
        *open_states: DeliveryState,
    ) -> None:
        def change(unit: Unit) -> Delivery:
            delivery = existing(unit, delivery_id)
            refuse_unless(delivery, *open_states)
            self._move(unit, delivery, state, operator.name, outcome)
            return delivery

        self._tell(self._database.write(change), state)

    def _withdraw(self, delivery: Delivery, actor: str) -> None:
        def act(channel: Channel) -> Outcome:
            # What a person settled by looking has no address yet.
            place = delivery.external_id or channel.find(self._message_of(delivery)).external_id
            return channel.delete(Publication(place, delivery.url, delivery.key))

        outcome = self._channels.act(delivery.account_id, act, sends=False)
        withdrawn = outcome.verdict is Verdict.WITHDRAWN

        def note(unit: Unit) -> None:
            if existing(unit, delivery.id).state is DeliveryState.WITHDRAWN:
                return  # two people retracted it at the same moment
            if withdrawn:
                self._move(unit, delivery, DeliveryState.WITHDRAWN, actor, outcome)
                return
            unit.alerts.add_evidence(delivery.id, outcome.evidence, to_ms(self._now()))
            name = self._channels.name_of(delivery.account_id)
            note_delivery(unit, delivery, "not_withdrawn", actor, name, evidence=outcome.evidence)

        def noted() -> None:
            self._database.write(note)
            self._tell(delivery, DeliveryState.WITHDRAWN if withdrawn else delivery.state)

        self._surely(noted)

    def _move(
        self, unit: Unit, delivery: Delivery, state: DeliveryState, actor: str, outcome: Outcome
    ) -> None:
        name = self._channels.name_of(delivery.account_id)
        move_delivery(unit, delivery, state, actor, name, to_ms(self._now()), outcome)

    def _tell(self, delivery: Delivery, state: DeliveryState) -> None:
        self._bus.publish(
            DeliveryChanged(delivery.id, delivery.alert_id, delivery.account_id, state)
        )


def _refuse_role(operator: Operator, verb: str) -> None:
    if not operator.role.may_broadcast:
        raise Refused(
            f"A {operator.role} may not {verb}.", "Ask a sender to sign in.", "Nothing was changed."
        )
