"""A whole desk in this process, as a live one is, with planned calls that are run by hand."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.config import Paths, Settings
from crisisdesk.desk.desk import Desk, Parts
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.audit import Signer
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.draft import Draft, Unfinished
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.store.places import prepare_folder
from crisisdesk.store.unit import Unit
from crisisdesk.system import keys
from crisisdesk.system.chance import SystemChance
from crisisdesk.system.clock import Clock
from crisisdesk.system.secrets import MemorySecrets
from crisisdesk.system.workers import Workers
from tests.conftest import quick_stretch
from tests.town import SENDER, VALUES

_KEY = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
SIGNER = Signer(_KEY.public_key().public_bytes_raw(), _KEY.sign)


SECOND, PHRASE = Operator("op-ann", "Ann", Role.APPROVER), "four quiet herons"


keys._stretched = quick_stretch  # a thousand kills cannot each wait for the slow one


class EvenChance(SystemChance):
    """As live, but every pause is of middling length."""

    def fraction(self) -> float:
        """In the middle."""
        return 0.5


class ByHand:
    """Planned calls, kept until they are run; thread-safe."""

    def __init__(self) -> None:
        self._planned: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def __call__(self, _seconds: float, act: Callable[[], None]) -> None:
        """Plan a call."""
        with self._lock:
            self._planned.append(act)

    def run(self) -> int:
        """Run what is planned now; returns how many ran."""
        with self._lock:
            now, self._planned = self._planned, []
        for act in now:
            act()
        return len(now)


class RigDesk(Desk):
    """The real thing, and what a rig does with it."""

    by_hand: ByHand

    def run_planned(self, rounds: int = 20) -> None:
        """Run planned calls and what they plan in turn, until nothing is left."""
        self.workers.wait_until_quiet()
        while rounds and self.by_hand.run():
            self.workers.wait_until_quiet()
            rounds -= 1

    def compose(self, step: Step = Step.ALERT, follows: str = "", *accounts: str) -> Alert:
        """Type and freeze a road closure for these accounts, all when none is named."""
        incident = self.composing.incidents()[0]
        chosen = accounts or tuple(each.id for each in self.composing.accounts())
        draft = Draft(incident.id, "road-closure", step, dict(VALUES), chosen, follows)
        draft = replace(draft, key=str(uuid.uuid4()))
        self.drafting.keep(Unfinished(draft), SENDER)
        return self.composing.compose(draft, SENDER)

    def draft_at_start(self) -> str:
        """What is wrong with what this start would offer to go on with; "" when nothing is."""
        with self.database.read() as unit:
            kept = unit.incidents.load_draft(SENDER.id)
            key = kept[0]["message"]["key"] if kept else ""
            count = unit.connection.exec_driver_sql
            sent = count(f"SELECT count(broadcast_at) FROM alert WHERE id = '{key}'").scalar_one()
            asked = count(
                f"SELECT count(*) FROM approval_request WHERE alert_id = '{key}'"
            ).scalar_one()
        found = self.drafting.restore(SENDER)
        offered = found is not None and found.what.message is not None
        if offered and (sent or asked):
            return "a draft that went its way is offered again"
        return "" if offered or sent or asked or not kept else "a draft is lost"

    def approve(self, alert: Alert) -> None:
        """The second person's part: asked unless somebody did, and signed with their own key."""
        if self.approving.covered(alert):
            return
        with self.database.read() as unit:
            request = unit.approvals.request_for(alert.id)
        request = request or self.approving.ask(alert.id, SENDER)
        self.approving.sign(request.id, SECOND.id, PHRASE)

    def say(self, step: Step = Step.ALERT, follows: str = "", *accounts: str) -> Alert:
        """The whole way of one alert, until every first answer and what follows at once."""
        alert = self.compose(step, follows, *accounts)
        self.approve(alert)
        self.dispatch.broadcast(alert.id, SENDER)
        self.workers.wait_until_quiet()
        return alert

    def states(self, *wanted: DeliveryState) -> dict[str, str]:
        """The state of every delivery by its id, or only those in the wanted ones."""
        with self.database.read() as unit:
            return {
                each.id: each.state.value
                for state in wanted or DeliveryState
                for each in unit.alerts.in_state(state)
            }


@contextmanager
def opened(
    home: Path, accounts: Sequence[Account], url: str = "", desk_id: str = "desk-1"
) -> Iterator[RigDesk]:
    """A live desk below `home`, set up with these accounts when it is new."""
    by_hand = ByHand()
    secrets = MemorySecrets()
    secrets.set("masto/token", "token-1")
    secrets.set("bsky/password", "app-pass")
    paths = Paths(home / "desk")
    prepare_folder(paths.home)
    parts = Parts(
        mode=Mode.LIVE,
        paths=paths,
        settings=Settings(
            organisation="Riverside Council",
            sender="desk@council.example.org",
            second_person_from="Minor",
            posts_per_hour=1_000_000,
        ),
        database_url=url or f"sqlite:///{paths.database}",
        desk_id=desk_id,
        clock=Clock(),
        net=Net(Mode.LIVE),
        secrets=secrets,
        signer=SIGNER,
        later=by_hand,
        workers=Workers(),
        chance=EvenChance(),
    )
    desk = RigDesk(parts)
    desk.by_hand = by_hand
    _set_up(desk, accounts)
    yield desk
    desk.close()


def _set_up(desk: RigDesk, accounts: Sequence[Account]) -> None:
    if desk.composing.incidents():
        return  # a crash before the end of this has it done again

    public_key, sealed = keys.new_person_key(PHRASE)
    second = replace(SECOND, public_key=public_key)

    def put(unit: Unit) -> None:
        if unit.operators.get(SECOND.id) is None:
            unit.operators.add(second, "", 1, sealed)
        for account in accounts:
            unit.accounts.put(account)
        unit.log.append("accounts.added", actor="rig")

    desk.database.write(put)
    desk.reload_accounts()
    desk.composing.open_incident("Flood at the weir", SENDER)


def packed(accounts: Sequence[Account]) -> list[dict[str, Any]]:
    """Accounts as they travel to a child."""
    return [
        {"id": each.id, "kind": each.kind, "name": each.name, "settings": each.settings}
        for each in accounts
    ]


def unpacked(accounts: Sequence[dict[str, Any]]) -> list[Account]:
    """And as they arrive."""
    return [Account(**each) for each in accounts]
