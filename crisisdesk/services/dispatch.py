"""Dispatch: saying it everywhere at once, and writing down what each network truly answered.

The intent of every delivery is durable before its first byte leaves. One transaction writes all
intents; each channel then has its own thread, and each answer its own transaction.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.chance import Chance
from crisisdesk.model.delivery import Delivery, DeliveryState, Message, Outcome, Verdict
from crisisdesk.model.errors import NothingSent
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.rules import retry
from crisisdesk.rules.handing import handed_to
from crisisdesk.rules.timing import asks_again
from crisisdesk.store.claims import claim, fit_alert, refuse_departed, refuse_when_stopped
from crisisdesk.store.database import Database
from crisisdesk.store.journal import (
    existing,
    move_delivery,
    note_delivery,
    refuse_unless,
    refuse_when_handed,
)
from crisisdesk.store.messages import Messages
from crisisdesk.store.surely import Surely
from crisisdesk.store.taking import Taking
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.waking import Later
from crisisdesk.system.workers import Workers

M = TypeVar("M")
_Claimed = tuple[list[Delivery], dict[str, Message | str]]

POSTS_PER_HOUR = 30
HOUR = timedelta(hours=1)
_HELD, _SENDING = DeliveryState.HELD, DeliveryState.SENDING


class Dispatch:
    """Sends alerts, and sends again only what certainly did not leave or cannot come out twice."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        later: Later,
        mode: Mode,
        now: Callable[[], datetime],
        cap_sender: str,
        chance: Chance = SYSTEM_CHANCE,
        posts_per_hour: int = POSTS_PER_HOUR,
        latest: Callable[[], datetime] | None = None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._later = later
        self._mode = mode
        self._now = now
        self._latest = latest or now
        self.usual_sender = cap_sender
        self._messages = Messages(self._cap_sender, self._cap_address)
        self._surely = Surely(later, workers.network)
        self._chance = chance
        self._take = Taking(database, self._surely, chance, self._move, self._tell)
        self.posts_per_hour = posts_per_hour

    def broadcast(self, alert_id: str, operator: Operator) -> list[Future[None]]:
        """Send an alert on all its channels at once; the futures end with each first attempt.

        Raises Refused when the alert changed, expired, is not approved, belongs to the other mode,
        was broadcast already, when everything is stopped or when the operator may not send.
        """
        _refuse_role(operator, "broadcast")

        def with_messages(unit: Unit, claimed: list[Delivery]) -> _Claimed:
            return claimed, {each.id: self._messages.made(unit, each) for each in claimed}

        # All messages are made before the claim is kept: after that, channels only send.
        deliveries, messages = self._take(
            alert_id,
            lambda unit: with_messages(unit, self._claim(unit, alert_id, operator)),
            lambda unit: with_messages(unit, unit.alerts.deliveries(alert_id)),
        )
        going = [each for each in deliveries if each.state is _SENDING]
        begun = [
            self._workers.network(partial(self._attempt, delivery, messages[delivery.id], 1))
            for delivery in going
        ]
        for delivery in deliveries:
            self._tell(delivery, delivery.state)
        return begun

    def release(self, delivery_id: str, operator: Operator, reason: str) -> Future[None]:
        """A person lets go what was held back. Raises Refused like `broadcast`."""
        _refuse_role(operator, "release this")
        make = self._messages.made
        delivery, message = self._taken(delivery_id, _HELD, operator, reason, make)
        return self._workers.network(lambda: self._attempt(delivery, message, 1))

    def send_again(self, delivery_id: str, operator: Operator, reason: str) -> Future[None]:
        """A person decides to send an unknown delivery again, knowing it may then stand twice.

        It is looked for once more first: what is found is not sent again, and neither is what
        nobody could look for, unless that network cannot be read at all or a repeat is harmless.
        """
        _refuse_role(operator, "send again")
        # Before the look, so that nobody else acts on an older look than this one.
        unknown, make = DeliveryState.UNKNOWN, self._messages.of
        delivery, message = self._taken(delivery_id, unknown, operator, reason, make)

        def look_then_send() -> None:
            found = self._channels.act(
                delivery.account_id,
                lambda channel: channel.find(message, delivery.external_id),
                sends=False,
            )
            blindly = self._channels.blindly(delivery.account_id)
            if found.verdict is Verdict.CONFIRMED:
                self._record(delivery, DeliveryState.CONFIRMED, found, operator.name)
            elif why := retry.why_not_again(found, blindly) or self._why_not_now(delivery):
                outcome = Outcome(Verdict.UNKNOWN, f"{found.evidence} {why}")
                self._record(delivery, DeliveryState.UNKNOWN, outcome)
            else:
                self._attempt(delivery, message, 1, doubtful=True)

        return self._workers.network(look_then_send)

    def _taken(
        self,
        delivery_id: str,
        state: DeliveryState,
        operator: Operator,
        reason: str,
        make: Callable[[Unit, Delivery], M],
    ) -> tuple[Delivery, M]:
        """A delivery that a person wants sent, taken for that, and its message."""

        def take(unit: Unit) -> tuple[Delivery, M]:
            delivery = existing(unit, delivery_id)
            refuse_unless(delivery, state)
            self._refuse_unfit(unit, delivery, operator)
            self._move(unit, delivery, _SENDING, operator.name, words=reason)
            return delivery, make(unit, delivery)

        def again(unit: Unit) -> tuple[Delivery, M]:
            delivery = existing(unit, delivery_id)
            return delivery, make(unit, delivery)

        delivery, message = self._take(delivery_id, take, again, state)
        self._tell(delivery, _SENDING)
        return delivery, message

    def _refuse_unfit(self, unit: Unit, delivery: Delivery, operator: Operator) -> None:
        """Raise Refused when this must not be sent now, or not by this person."""
        refuse_departed(unit, operator)
        refuse_when_handed(delivery)
        refuse_when_stopped(unit)
        fit_alert(unit, delivery.alert_id, self._mode, self._latest())

    def _why_not_now(self, delivery: Delivery) -> str:
        """What happened during a look that may have taken long; "" when nothing did."""
        with self._database.read() as unit:
            over = self._over(unit, delivery) or self._held_because(unit, delivery, self._now())
        return f"{over} It was not sent again." if over else ""

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

    def resume(self, delivery: Delivery) -> None:
        """Go on with a delivery that was waiting to be retried when the desk last ended."""
        self._plan_retry(1.0, delivery.id, 2)

    def _cap_sender(self, account_id: str) -> str:
        """How CAP messages name us: by the settings, the account, or the feed's own host."""
        settings = self._channels.settings_of(account_id)
        host = urlsplit(settings.get("base_url", "")).hostname or "localhost"
        return self.usual_sender or settings.get("sender") or f"alerts@{host}"

    def _cap_address(self, account_id: str) -> str:
        return self._channels.settings_of(account_id).get("base_url", "")

    def _claim(self, unit: Unit, alert_id: str, operator: Operator) -> list[Delivery]:
        refuse_departed(unit, operator)
        refuse_when_stopped(unit)
        alert = fit_alert(unit, alert_id, self._mode, self._latest())
        first = partial(self._first_state, unit)
        claim(unit, alert, self._now(), operator.name, first, self._chance)
        deliveries = unit.alerts.deliveries(alert.id)
        for each in deliveries:
            if each.state is _HELD:
                name = self._channels.name_of(each.account_id)
                note_delivery(unit, each, _HELD.value, "desk", name, evidence=each.evidence)
        return deliveries

    def _first_state(self, unit: Unit, part: Rendered) -> tuple[DeliveryState, str]:
        """Sending, or held where an account has said so much that something may be wrong."""
        since = to_ms(self._now() - HOUR)
        said = unit.alerts.published_since(part.account_id, since)
        if said < self.posts_per_hour:
            return _SENDING, ""
        return _HELD, (
            f"Held: this channel has published {said} times within an hour, its ceiling is "
            f"{self.posts_per_hour}. Release it if that is right."
        )

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
        repeat = unknown and self._channels.repeatable(delivery.account_id)

        def go_on() -> None:
            if attempt < retry.ATTEMPTS and (repeat or state is DeliveryState.RETRYING):
                pause = retry.pause_before(attempt + 1, outcome, self._chance.fraction())
                self._plan_retry(pause, delivery.id, attempt + 1, doubtful=unknown)

        self._record(delivery, state, outcome, then=go_on)

    def _sent(self, delivery: Delivery, message: Message | str) -> Outcome:
        if isinstance(message, str):
            return Outcome(Verdict.REFUSED, message)
        if delivery.recipients:
            message = replace(message, recipients=retry.still_open(delivery.recipients))
        return self._channels.act(delivery.account_id, lambda channel: channel.send(message))

    def _plan_retry(
        self, pause: float, delivery_id: str, attempt: int, doubtful: bool = False
    ) -> None:
        due = self._now() + timedelta(seconds=pause)

        def go_on() -> None:
            token = self._chance.token()
            self._surely(lambda: self._retry(delivery_id, attempt, due, doubtful, token))

        self._later(pause, go_on)

    def _retry(
        self, delivery_id: str, attempt: int, due: datetime, doubtful: bool, token: str
    ) -> None:
        """Go on after a pause, unless the alert is over or somebody decided meanwhile."""
        waiting = DeliveryState.UNKNOWN if doubtful else DeliveryState.RETRYING

        def change(unit: Unit) -> tuple[Delivery, DeliveryState, Message | str]:
            delivery = existing(unit, delivery_id)
            message = self._messages.made(unit, delivery)
            if delivery.state is _SENDING and unit.alerts.is_marked(delivery_id, token):
                # It was kept, only the database's answer was lost.
                return replace(delivery, state=waiting), _SENDING, message
            if delivery.state is not waiting:
                return delivery, delivery.state, ""
            unit.alerts.mark(delivery_id, token)
            return delivery, self._after_pause(unit, delivery, due, doubtful), message

        delivery, state, message = self._database.write(change)
        if state is not delivery.state:
            self._tell(delivery, state)
        if delivery.state is waiting and state is _SENDING:
            self._workers.network(lambda: self._attempt(delivery, message, attempt, doubtful))

    def _after_pause(
        self, unit: Unit, delivery: Delivery, due: datetime, doubtful: bool
    ) -> DeliveryState:
        """Where a waiting delivery goes: on, out of the way, or to a person."""
        over = self._over(unit, delivery)
        held = self._held_because(unit, delivery, due)
        if doubtful and (over or held):
            return delivery.state  # what may be out is never called failed or held
        if over:
            state = retry.state_when_dropped(delivery.recipients)
            self._move(unit, delivery, state, "desk", Outcome(Verdict.NOT_SENT, over))
        elif held:
            state = _HELD
            self._move(unit, delivery, state, "desk", Outcome(Verdict.NOT_SENT, held))
        else:
            state = _SENDING
            self._move(unit, delivery, state, "desk")
        return state

    def _over(self, unit: Unit, delivery: Delivery) -> str:
        """Why a delivery must never be tried again, in words; "" while it may."""
        alert = unit.alerts.get(delivery.alert_id)
        if unit.alerts.is_retracted(delivery.alert_id):
            return "The alert was retracted before it could leave."
        if alert and alert.mode is not self._mode:
            return f"The alert is for {alert.mode}, this desk is {self._mode}."
        if alert is None or alert.expires_at <= self._latest():
            return "The alert expired before it could leave."
        return ""

    def _held_because(self, unit: Unit, delivery: Delivery, due: datetime) -> str:
        if handed_to(delivery.evidence):
            return delivery.evidence
        if unit.alerts.stopped_by():
            return "Everything is stopped: it waits until a person releases it."
        if asks_again(due, self._now()):
            return (
                f"This should have left at {due.astimezone():%H:%M}; the computer slept or its "
                "clock was changed. Release it if it is still right."
            )
        return ""

    def _record(
        self,
        delivery: Delivery,
        state: DeliveryState,
        outcome: Outcome,
        actor: str = "desk",
        then: Callable[[], None] = lambda: None,
    ) -> None:
        def keep(unit: Unit) -> None:
            now = existing(unit, delivery.id)
            if (now.state, now.evidence) != (state, outcome.evidence):  # else it was kept already
                self._move(unit, delivery, state, actor, outcome)

        def recorded() -> None:
            self._database.write(keep)
            self._tell(delivery, state)
            then()

        self._surely(recorded)

    def _move(
        self,
        unit: Unit,
        delivery: Delivery,
        state: DeliveryState,
        actor: str,
        outcome: Outcome | None = None,
        words: str = "",
    ) -> None:
        name = self._channels.name_of(delivery.account_id)
        now_ms = to_ms(self._now())
        move_delivery(unit, delivery, state, actor, name, now_ms, outcome, words)

    def _tell(self, delivery: Delivery, state: DeliveryState) -> None:
        self._bus.publish(
            DeliveryChanged(delivery.id, delivery.alert_id, delivery.account_id, state)
        )


def _refuse_role(operator: Operator, verb: str) -> None:
    if not operator.role.may_broadcast:
        raise NothingSent(f"A {operator.role} may not {verb}.", "Ask a sender to sign in.")
