"""Dispatch: saying it everywhere at once, and writing down what each network truly answered.

The intent of every delivery is durable before its first byte leaves. One transaction writes all
intents; each channel then has its own thread, and each answer its own transaction.
"""

import random
import secrets
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import (
    PUBLISHED,
    Delivery,
    DeliveryState,
    Message,
    Outcome,
    Publication,
    Verdict,
)
from crisisdesk.model.errors import BadInput, NotSent, Refused
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Template
from crisisdesk.rules import retry
from crisisdesk.rules.composing import content_hash
from crisisdesk.rules.references import delivery_key
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.messages import Messages
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

Later = Callable[[float, Callable[[], None]], None]
"""Run something so many seconds from now: on the scheduler live, on the story in an exercise."""


class Dispatch:
    """Sends alerts, retries what certainly did not leave, and withdraws what was published."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        later: Later,
        mode: Mode,
        now: Callable[[], datetime],
        templates: dict[str, Template],
        cap_sender: str,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._later = later
        self._mode = mode
        self._now = now
        self._usual_sender = cap_sender
        self._messages = Messages(templates, self._cap_sender)
        self._chance = chance
        self._retracted: set[str] = set()

    def broadcast(self, alert_id: str, operator: Operator) -> list[Future[None]]:
        """Send an alert on all its channels at once; the futures end with each first attempt.

        Raises Refused when the alert changed, expired, belongs to the other mode, was broadcast
        already, or when the operator may not send.
        """
        _refuse_role(operator, "broadcast")
        deliveries = self._database.write(lambda unit: self._claim(unit, alert_id, operator))
        # All messages are made before the first thread starts: after that, channels only send.
        messages = self._ready(deliveries)
        begun = [
            self._workers.network(partial(self._attempt, delivery, messages[delivery.id], 1))
            for delivery in deliveries
        ]
        for delivery in deliveries:
            self._tell(delivery, DeliveryState.SENDING)
        return begun

    def send_again(self, delivery_id: str, operator: Operator, reason: str) -> Future[None]:
        """A person decides to send an unknown delivery again, knowing it may then stand twice.

        It is looked for once more first: what is found is not sent again, and neither is what
        nobody could look for, unless that network cannot be read at all or a repeat is harmless.
        """
        _refuse_role(operator, "send again")

        def claim(unit: Unit) -> tuple[Delivery, Message, datetime]:
            # Before the look, so that nobody else acts on an older look than this one.
            delivery = _existing(unit, delivery_id)
            _refuse_unless(delivery, DeliveryState.UNKNOWN)
            alert = unit.alerts.get(delivery.alert_id)
            expires_at = self._refuse_unfit(alert, self._now()).expires_at
            self._move(unit, delivery, DeliveryState.SENDING, operator.name, words=reason)
            return delivery, self._messages.of(unit, delivery), expires_at

        delivery, message, expires_at = self._database.write(claim)
        self._tell(delivery, DeliveryState.SENDING)

        def look_then_send() -> None:
            found = self._with_channel(
                delivery, lambda channel: channel.find(message, delivery.external_id)
            )
            blindly = self._channels.blindly(delivery.account_id)
            if found.verdict is Verdict.CONFIRMED:
                self._record(delivery, DeliveryState.CONFIRMED, found, operator.name)
            elif why := retry.why_not_again(found, blindly, expires_at <= self._now()):
                outcome = Outcome(Verdict.UNKNOWN, f"{found.evidence} {why}")
                self._record(delivery, DeliveryState.UNKNOWN, outcome)
            else:
                self._attempt(delivery, message, 1, doubtful=True)

        return self._workers.network(look_then_send)

    def settle(self, delivery_id: str, operator: Operator, seen: bool, words: str) -> None:
        """A person has looked with their own eyes: it is there, or it is not."""
        _refuse_role(operator, "settle this")
        open_states = (DeliveryState.UNKNOWN, *((DeliveryState.ACCEPTED,) if seen else ()))
        state = DeliveryState.CONFIRMED if seen else DeliveryState.FAILED
        evidence = f"{'Seen' if seen else 'Not there, says'} {operator.name}: {words}".rstrip(": ")

        def change(unit: Unit) -> Delivery:
            delivery = _existing(unit, delivery_id)
            _refuse_unless(delivery, *open_states)
            outcome = Outcome(Verdict.CONFIRMED if seen else Verdict.ABSENT, evidence)
            self._move(unit, delivery, state, operator.name, outcome)
            return delivery

        self._tell(self._database.write(change), state)

    def retract(self, alert_id: str, operator: Operator, reason: str) -> list[Future[None]]:
        """Delete an alert wherever it was published and can be deleted. The reason is logged.

        What is waiting to be tried again is dropped: it must not come out after its retraction.
        """
        _refuse_role(operator, "retract")
        # In memory is enough: so are the repeats it stops, and a restart plans none of these anew.
        self._retracted.add(alert_id)

        def note(unit: Unit) -> list[Delivery]:
            unit.log.append(
                "alert.retracting",
                actor=operator.name,
                subject=f"alert {alert_id}",
                detail={"reason": reason},
                weighty=True,
            )
            for each in unit.alerts.deliveries(alert_id):
                if each.state is DeliveryState.RETRYING:
                    self._drop(unit, each, operator.name, "Retracted before it could leave.")
            return unit.alerts.deliveries(alert_id)

        published = [each for each in self._database.write(note) if each.state in PUBLISHED]
        return [
            self._workers.network(partial(self._withdraw, delivery, operator.name))
            for delivery in published
        ]

    def deliveries(self, alert_id: str) -> list[Delivery]:
        """The state of every channel of an alert."""
        with self._database.read() as unit:
            return unit.alerts.deliveries(alert_id)

    def recent(self, limit: int = 20) -> list[tuple[Alert, list[Delivery]]]:
        """What we said last, newest first, with every channel's state."""
        with self._database.read() as unit:
            return [
                (alert, unit.alerts.deliveries(alert.id)) for alert in unit.alerts.recent(limit)
            ]

    def last_broadcast_ms(self) -> int:
        """When the public last heard from us; ms since 1970, 0 if never."""
        with self._database.read() as unit:
            return unit.alerts.last_broadcast_ms()

    def message_of(self, delivery: Delivery) -> Message:
        """The frozen message of a delivery, the same every time it is made."""
        with self._database.read() as unit:
            return self._messages.of(unit, delivery)

    def _cap_sender(self, account_id: str) -> str:
        """How CAP messages name us: by the settings, the account, or the feed's own host."""
        settings = self._channels.settings_of(account_id)
        host = urlsplit(settings.get("base_url", "")).hostname or "localhost"
        return self._usual_sender or settings.get("sender") or f"alerts@{host}"

    def _claim(self, unit: Unit, alert_id: str, operator: Operator) -> list[Delivery]:
        alert = unit.alerts.get(alert_id)
        now = self._now()
        alert = self._refuse_unfit(alert, now)
        if not unit.alerts.claim(alert_id, to_ms(now)):
            raise Refused("This alert was broadcast already.", "Nothing was sent twice.")
        for part in alert.rendered:
            key = delivery_key(part.kind, int(now.timestamp() * 1_000_000), secrets.randbits(48))
            delivery_id = str(uuid.uuid4())
            # Durable as "sending" before the first byte: a crash from here on makes it unknown.
            sending = DeliveryState.SENDING
            unit.alerts.prepare(delivery_id, alert.id, part, key, to_ms(now), sending)
        unit.log.append(
            "broadcast.started",
            actor=operator.name,
            subject=f"alert {alert.id}",
            detail=_intent(alert),
            weighty=True,
        )
        return unit.alerts.deliveries(alert.id)

    def _refuse_unfit(self, alert: Alert | None, now: datetime) -> Alert:
        if alert is None:
            raise Refused("There is no such alert.", "Compose it again.")
        if alert.mode is not self._mode:
            raise Refused(f"This alert is for {alert.mode}, this desk is {self._mode}.", "Stop.")
        if alert.expires_at <= now:
            raise Refused("This alert has expired.", "Compose a new one.")
        made = content_hash(alert.rendered, alert.mode, alert.step, alert.marker)
        if made != alert.content_hash:
            raise Refused("The text is not the one that was composed.", "Compose it again.")
        return alert

    def _ready(self, deliveries: list[Delivery]) -> dict[str, Message | str]:
        """Each delivery's message by its id, or why it cannot be made."""
        with self._database.read() as unit:
            return {each.id: self._made(unit, each) for each in deliveries}

    def _made(self, unit: Unit, delivery: Delivery) -> Message | str:
        try:
            return self._messages.of(unit, delivery)
        except Exception as error:  # noqa: BLE001 - the delivery must not stay "sending"
            return f"The message could not be made: {error}"

    def _attempt(
        self, delivery: Delivery, message: Message | str, attempt: int, doubtful: bool = False
    ) -> None:
        """One send, with no transaction open. `doubtful`: an earlier one may be published."""
        outcome = retry.summed_up(delivery.recipients, self._sent(delivery, message), doubtful)
        state = retry.state_after(outcome, attempt, doubtful)
        unknown = state is DeliveryState.UNKNOWN
        if unknown and outcome.verdict is not Verdict.UNKNOWN:
            evidence = f"{outcome.evidence} An earlier attempt may have been published."
            outcome = replace(outcome, evidence=evidence)
        self._record(delivery, state, outcome)
        repeat = unknown and self._channels.repeatable(delivery.account_id)
        if attempt < retry.ATTEMPTS and (repeat or state is DeliveryState.RETRYING):
            pause = retry.pause_before(attempt + 1, outcome, self._chance())
            self._later(pause, lambda: self._retry(delivery.id, attempt + 1, doubtful=unknown))

    def _sent(self, delivery: Delivery, message: Message | str) -> Outcome:
        if isinstance(message, str):
            return Outcome(Verdict.REFUSED, message)
        if delivery.recipients:
            message = replace(message, recipients=retry.still_open(delivery.recipients))
        return self._with_channel(delivery, lambda channel: channel.send(message))

    def _retry(self, delivery_id: str, attempt: int, doubtful: bool = False) -> None:
        """Go on after a pause, unless the alert is over or somebody decided meanwhile."""
        waiting = DeliveryState.UNKNOWN if doubtful else DeliveryState.RETRYING

        def change(unit: Unit) -> tuple[Delivery, DeliveryState]:
            delivery = _existing(unit, delivery_id)
            alert = unit.alerts.get(delivery.alert_id)
            retracted = delivery.alert_id in self._retracted
            over = retracted or alert is None or alert.expires_at <= self._now()
            if delivery.state is not waiting or (over and doubtful):
                return delivery, delivery.state
            if over:
                why = "was retracted" if retracted else "expired"
                words = f"The alert {why} before it could leave."
                return delivery, self._drop(unit, delivery, "desk", words)
            self._move(unit, delivery, DeliveryState.SENDING, "desk")
            return delivery, DeliveryState.SENDING

        delivery, state = self._database.write(change)
        if state is not delivery.state:
            self._tell(delivery, state)
        if delivery.state is waiting and state is DeliveryState.SENDING:
            message = self._ready([delivery])[delivery_id]
            self._workers.network(lambda: self._attempt(delivery, message, attempt, doubtful))

    def _drop(self, unit: Unit, delivery: Delivery, actor: str, words: str) -> DeliveryState:
        """Try no more. The evidence of those who have it already stays with them."""
        state = retry.state_when_dropped(delivery.recipients)
        self._move(unit, delivery, state, actor, Outcome(Verdict.NOT_SENT, words))
        return state

    def resume(self, delivery: Delivery) -> None:
        """Go on with a delivery that was waiting to be retried when the desk last ended."""
        self._later(1.0, lambda: self._retry(delivery.id, 2))

    def _withdraw(self, delivery: Delivery, actor: str) -> None:
        def act(channel: Channel) -> Outcome:
            # What a person settled by looking has no address yet.
            place = delivery.external_id or channel.find(self.message_of(delivery)).external_id
            return channel.delete(Publication(place, delivery.url, delivery.key))

        outcome = self._with_channel(delivery, act)
        if outcome.verdict is Verdict.WITHDRAWN:
            self._record(delivery, DeliveryState.WITHDRAWN, outcome, actor)
            return

        def note(unit: Unit) -> None:
            unit.alerts.add_evidence(delivery.id, outcome.evidence, to_ms(self._now()))
            name = self._channels.name_of(delivery.account_id)
            note_delivery(unit, delivery, "not_withdrawn", actor, name, evidence=outcome.evidence)

        self._database.write(note)
        self._tell(delivery, delivery.state)

    def _with_channel(self, delivery: Delivery, act: Callable[[Channel], Outcome]) -> Outcome:
        """Use the delivery's channel. Whatever goes wrong inside it, an outcome comes back."""
        try:
            channel, lock = self._channels.get(delivery.account_id)
        except BadInput as error:
            return Outcome(Verdict.REFUSED, str(error))
        except NotSent as error:
            return Outcome(Verdict.NOT_SENT, str(error))
        with lock:
            try:
                return act(channel)
            except Exception as error:  # noqa: BLE001 - a fault of ours must not lose the truth
                words = f"The program failed while talking to it ({type(error).__name__}: {error})."
                return Outcome(Verdict.UNKNOWN, words)

    def _record(
        self, delivery: Delivery, state: DeliveryState, outcome: Outcome, actor: str = "desk"
    ) -> None:
        self._database.write(lambda unit: self._move(unit, delivery, state, actor, outcome))
        self._tell(delivery, state)

    def _move(
        self,
        unit: Unit,
        delivery: Delivery,
        state: DeliveryState,
        actor: str,
        outcome: Outcome | None = None,
        words: str = "",
    ) -> None:
        """The state and its log entry, in the transaction of the caller."""
        unit.alerts.move(delivery.id, state, to_ms(self._now()), outcome)
        note_delivery(
            unit,
            delivery,
            state.value,
            actor,
            self._channels.name_of(delivery.account_id),
            evidence=outcome.evidence if outcome else "",
            url=outcome.url if outcome else "",
            words=words,
        )

    def _tell(self, delivery: Delivery, state: DeliveryState) -> None:
        self._bus.publish(
            DeliveryChanged(delivery.id, delivery.alert_id, delivery.account_id, state)
        )


def _refuse_role(operator: Operator, verb: str) -> None:
    if not operator.role.may_broadcast:
        raise Refused(f"A {operator.role} may not {verb}.", "Ask a sender.")


def _refuse_unless(delivery: Delivery, *states: DeliveryState) -> None:
    if delivery.state not in states:
        raise Refused(f"This delivery is {delivery.state} already.", "Look at the list again.")


def _existing(unit: Unit, delivery_id: str) -> Delivery:
    delivery = unit.alerts.delivery(delivery_id)
    if delivery is None:
        raise Refused("There is no such delivery.", "Reload the list.")
    return delivery


def _intent(alert: Alert) -> dict[str, Any]:
    return {
        "headline": alert.headline,
        "marker": alert.marker,
        "template": alert.template_id,
        "step": alert.step.value,
        "content": alert.content_hash,
        "channels": sorted({each.account_id for each in alert.rendered}),
    }
