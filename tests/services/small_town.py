"""The town in which stories are made up: one thing at a time, and every way its networks fail."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis.stateful import RuleBasedStateMachine

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Request
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.unit import Unit
from crisisdesk.system.keys import new_person_key
from tests.conftest import new_signer
from tests.town import SENDER, HandClock, Town, WatchedWorkers

PUBLISH = {
    "masto": "POST /api/v1/statuses",
    "bsky": "POST /xrpc/com.atproto.repo.putRecord",
    "mail": "DATA",
}
FIRST_WORD = {"masto": "GET ", "bsky": "POST /xrpc/com.atproto.server", "mail": "CONNECT"}
READ = {"masto": "GET ", "bsky": "GET ", "mail": "MAIL"}
DELETE = {"masto": "DELETE ", "bsky": "POST /xrpc/com.atproto.repo.deleteRecord", "mail": "QUIT"}
MOMENTS = {"publish": PUBLISH, "first word": FIRST_WORD, "read": READ, "delete": DELETE}

WAYS = [
    *(Fault(kind) for kind in ("refuse", "lost_answer", "timeout", "html", "truncate", "empty")),
    Fault("timeout", processed=True),
    *(Fault("status", status=code, body="{}") for code in (401, 403, 422, 429, 500, 503)),
]
MAIL_WAYS = [
    *(Fault(kind) for kind in ("refuse", "lost_answer", "timeout", "empty")),
    Fault("timeout", processed=True),
    *(Fault("status", status=code) for code in (421, 451, 554)),
]


SECOND = Operator("op-ann", "Ann", Role.APPROVER)
THIRD = Operator("op-bob", "Bob", Role.APPROVER)
PHRASE = "four quiet herons"


class OneAtATime(WatchedWorkers):
    """One thread, so that the same story always goes the same way and can be told shorter."""

    def __init__(self) -> None:
        super().__init__()
        self._network.shutdown()
        self._network = ThreadPoolExecutor(1)


class SmallTown(Town):
    """The town, with such threads."""

    make_workers = OneAtATime

    def open(self, mode: Mode = Mode.EXERCISE) -> None:
        """Every message needs a second person here, and two people may be it."""
        super().open(mode)
        self.composing.second_person_from = "Minor"

        def hire(unit: Unit) -> None:
            for person in (SECOND, THIRD, SENDER):
                if unit.operators.get(person.id) is None:
                    public_key, sealed = new_person_key(PHRASE)
                    made = replace(person, public_key=public_key)
                    unit.operators.add(made, "", 1, sealed)

        self.database.write(hire)


class InSmallTown(RuleBasedStateMachine):
    """A town in a folder of its own, and what a story knows of what was done in it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="crisisdesk-story-")
        self.town = SmallTown(Path(self._folder.name), HandClock(), new_signer(7))
        self.composed: list[Alert] = []
        self.sent: list[Alert] = []
        self.again: Counter[str] = Counter()
        """How often a person sent a delivery again while its outcome was unknown."""
        self.asked: dict[str, Request] = {}
        self.decided: set[str] = set()
        self.approved: set[str] = set()
        self.at_retraction: dict[tuple[str, str], int] = {}

    def teardown(self) -> None:
        """Let everything go."""
        self.town.settle()
        self.town.close()
        self._folder.cleanup()

    def deliveries(self, alert: Alert) -> list[Delivery]:
        return sorted(self.town.dispatch.deliveries(alert.id), key=lambda each: each.account_id)

    def unknown(self) -> list[Delivery]:
        everything = [each for alert in self.sent for each in self.deliveries(alert)]
        return [each for each in everything if each.state is DeliveryState.UNKNOWN]


def faulty(way: Fault, match: str, times: int) -> Fault:
    """This way to fail, so often, where the first line of what is asked begins so."""
    return Fault(way.kind, match, times, way.status, way.headers, way.body, way.processed)
