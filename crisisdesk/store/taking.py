"""Taking deliveries for sending, also where the database's answer is lost and lost again."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from crisisdesk.model.chance import Chance
from crisisdesk.model.delivery import Delivery, DeliveryState, Outcome, Verdict
from crisisdesk.model.errors import StoreError
from crisisdesk.store.claims import kept, never_sent
from crisisdesk.store.database import Database
from crisisdesk.store.surely import Surely
from crisisdesk.store.unit import Unit

M = TypeVar("M")
LOST = (
    "The database could not be reached as this was begun, so nothing was sent by that. "
    "Look whether it is still right, then send it anew."
)


class Move(Protocol):
    """A new state of a delivery and its log entry, in the caller's transaction."""

    def __call__(
        self, unit: Unit, delivery: Delivery, state: DeliveryState, actor: str, outcome: Outcome, /
    ) -> None: ...


class Taking:
    """Nothing that was taken stays "sending" with nobody who sends it."""

    def __init__(
        self,
        database: Database,
        surely: Surely,
        chance: Chance,
        move: Move,
        tell: Callable[[Delivery, DeliveryState], None],
    ) -> None:
        self._database = database
        self._surely = surely
        self._chance = chance
        self._move = move
        self._tell = tell

    def __call__(
        self,
        about: str,
        take: Callable[[Unit], M],
        again: Callable[[Unit], M],
        before: DeliveryState = DeliveryState.PREPARED,
    ) -> M:
        """As `claims.kept`, for an alert or a delivery with this id, which was `before` until now.

        Where it raises StoreError the caller sends nothing. If it was kept all the same, it fails
        as soon as the database can be reached; what was unknown is unknown again.
        """
        token = self._chance.token()
        try:
            return kept(self._database, about, token, take, again)
        except StoreError:
            doubtful = before is DeliveryState.UNKNOWN
            self._surely(lambda: self._give_back(about, token, doubtful=doubtful))
            raise

    def _give_back(self, about: str, token: str, *, doubtful: bool) -> None:
        with self._database.read() as unit:
            if not never_sent(unit, about, token):
                return  # as on a full disk, where nothing was kept
        state = DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED
        outcome = Outcome(Verdict.UNKNOWN if doubtful else Verdict.NOT_SENT, LOST)

        def change(unit: Unit) -> list[Delivery]:
            lost = never_sent(unit, about, token)
            for each in lost:
                self._move(unit, each, state, "desk", outcome)
            return lost

        for each in self._database.write(change):
            self._tell(each, state)
