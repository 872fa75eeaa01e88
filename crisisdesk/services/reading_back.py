"""Reading back what was published: whether the public still sees it as we sent it.

A look changes only what it has really seen. A network that does not answer changes nothing, and
an absence is kept beside the state, where the next look can take it back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.delivery import (
    PUBLISHED,
    Delivery,
    DeliveryState,
    Found,
    Outcome,
    Verdict,
)
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.standing import Standing
from crisisdesk.rules.board import board
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

MOST_ALERTS = 500
"""How many of the newest alerts the board looks at."""

READABLE = PUBLISHED | {DeliveryState.UNKNOWN}
_FOUND = {
    Verdict.CONFIRMED: Found.AS_SENT,
    Verdict.ABSENT: Found.GONE,
    Verdict.ALTERED: Found.ALTERED,
}
_ACTIONS = {Found.AS_SENT: "seen", Found.GONE: "gone", Found.ALTERED: "altered"}


@dataclass(frozen=True, slots=True)
class Board:
    """The rows in order; `complete` is False when alerts older than these were left out."""

    rows: list[Standing]
    complete: bool


class ReadingBack:
    """Looks again at what stands in public. `find` asks a network and keeps nothing; `look` also
    settles what was not confirmed yet."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        now: Callable[[], datetime],
        find: Callable[[Delivery], Outcome],
        look: Callable[[str], Outcome],
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._now = now
        self._find = find
        self._look = look

    def board(self) -> Board:
        """What the public can see now."""
        with self._database.read() as unit:
            said = unit.alerts.said(MOST_ALERTS + 1)
        places = {each.account_id for _, deliveries in said for each in deliveries}
        accounts = {each.id: each.name for each in self._channels.accounts()}
        mute = {each for each in places if not self._channels.readable(each)}
        rows = board(said[:MOST_ALERTS], self._now(), accounts, mute)
        return Board(rows, complete=len(said) <= MOST_ALERTS)

    def read(self, delivery_id: str, operator: Operator | None = None) -> Outcome:
        """Look at one delivery now and keep what was seen. With an operator the look is logged,
        else only what differs from the last."""
        with self._database.read() as unit:
            delivery = unit.alerts.delivery(delivery_id)
        if delivery is None or delivery.state not in READABLE:
            return Outcome(Verdict.UNKNOWN, "There is nothing to read back.")
        outcome = self._ask(delivery)
        if outcome.verdict not in _FOUND or _proves_nothing(delivery, outcome):
            return _with_last_seen(outcome, delivery)
        if self._database.write(lambda unit: self._keep(unit, delivery_id, outcome, operator)):
            self._bus.publish(
                DeliveryChanged(delivery_id, delivery.alert_id, delivery.account_id, delivery.state)
            )
        return outcome

    def read_in_turn(
        self, delivery_ids: Sequence[str], operator: Operator | None = None
    ) -> list[Outcome]:
        """Look at deliveries of one channel, one after the other, so that a broadcast never waits
        for more than one look. Ends at the first that gets no answer: the rest would get none."""
        outcomes = []
        for delivery_id in delivery_ids:
            outcomes.append(self.read(delivery_id, operator))
            if outcomes[-1].verdict not in _FOUND:
                break
        return outcomes

    def read_live(self) -> None:
        """Look at everything that is published and has not run out, each channel on its own."""
        live = [
            each
            for each in self.board().rows
            if each.readable and not each.expired and each.delivery.state in PUBLISHED
        ]
        for delivery_ids in by_channel(live).values():
            self._workers.network(partial(self.read_in_turn, delivery_ids))

    def _ask(self, delivery: Delivery) -> Outcome:
        try:
            if delivery.state is DeliveryState.CONFIRMED:
                return self._find(delivery)
            return self._look(delivery.id)
        except Exception as error:  # noqa: BLE001 - a fault of ours says nothing about the message
            words = f"The program failed while looking ({type(error).__name__}: {error})."
            return Outcome(Verdict.UNKNOWN, words)

    def _keep(
        self, unit: Unit, delivery_id: str, outcome: Outcome, operator: Operator | None
    ) -> bool:
        """Keep and log what was found. True when it differs from the last look."""
        delivery = unit.alerts.delivery(delivery_id)
        if delivery is None or delivery.state not in PUBLISHED:
            return False  # withdrawn meanwhile, or still unknown: `look` has kept its evidence
        found = _FOUND[outcome.verdict]
        changed = found is not delivery.found
        evidence = self._evidence(found, delivery, outcome)
        now_ms = to_ms(self._now())
        unit.alerts.keep_found(delivery_id, found, now_ms, evidence if changed else "")
        if changed or operator:
            note_delivery(
                unit,
                delivery,
                _ACTIONS[found],
                operator.name if operator else "desk",
                self._channels.name_of(delivery.account_id),
                weighty=found is not Found.AS_SENT,
                evidence=evidence,
            )
        return changed

    def _evidence(self, found: Found, delivery: Delivery, outcome: Outcome) -> str:
        at = f"At {self._now().astimezone():%H:%M}"
        if found is Found.GONE:
            more = " any more" if delivery.seen_at else ""
            return f"{at} it was not there{more}: {outcome.evidence}"
        return f"{at}: {outcome.evidence}" if found is Found.ALTERED else outcome.evidence


def by_channel(rows: Iterable[Standing]) -> dict[str, list[str]]:
    """The delivery ids of each account, in the order of the rows."""
    found: dict[str, list[str]] = {}
    for each in rows:
        found.setdefault(each.delivery.account_id, []).append(each.delivery.id)
    return found


def _proves_nothing(delivery: Delivery, outcome: Outcome) -> bool:
    """Without the network's own number only the newest posts were searched."""
    return outcome.verdict is Verdict.ABSENT and not delivery.external_id


def _with_last_seen(outcome: Outcome, delivery: Delivery) -> Outcome:
    seen = delivery.seen_at
    words = f"Last seen at {seen.astimezone():%H:%M on %d %B}." if seen else "Never seen so far."
    return replace(outcome, evidence=f"{outcome.evidence} {words}")
