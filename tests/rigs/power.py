"""Power cuts at any moment of a desk's work: what it had acknowledged is on the disk.

A child works with the shim before libc, which keeps a ledger of every act on its files and of what
the desk acknowledged in between. Cutting the power is then reading the ledger up to any act and
throwing away what was not synced by then.
"""

from __future__ import annotations

import random
import shutil
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crisisdesk.channels.base import Channel
from crisisdesk.config import CHECKPOINTS_NAME
from crisisdesk.model.delivery import DeliveryState, Message, Outcome, Verdict
from crisisdesk.model.template import Step
from crisisdesk.services.anchoring import Anchoring
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.store import database
from tests.rigs.desk import RigDesk, opened, packed, unpacked
from tests.rigs.disk import Act, Disk, read_ledger
from tests.rigs.invariants import MAY_BE_OUT, Kept, read_kept
from tests.rigs.networks import Networks
from tests.rigs.shim import Shim
from tests.rigs.zygote import Link, Zygote
from tests.town import SENDER

WORK = "tests.rigs.power:work"
CHECKPOINT_PAGES = 40
"""Pages after which SQLite moves its write-ahead log into the database: often, for the rig."""


# In the child


def work(
    link: Link, home: str, accounts: list[dict[str, Any]], ledger: str, synchronous: str, hands: int
) -> None:
    """A desk's first start and some work, acknowledged in the ledger."""
    folder = Path(home)
    shim = Shim()
    shim.watch(folder, Path(ledger))
    _use_pragmas(synchronous)
    _mark_what_leaves(shim)
    with opened(folder, unpacked(accounts)) as desk:
        _note(desk, shim, hands)
        follows = ""
        for step in (Step.ALERT, Step.UPDATE, Step.CANCEL):
            alert = desk.compose(step, follows)
            shim.mark(composed=alert.id)
            desk.approve(alert)
            shim.mark(approved=alert.id)
            desk.dispatch.broadcast(alert.id, SENDER)
            shim.mark(claimed=alert.id)
            desk.workers.wait_until_quiet()
            _note(desk, shim, hands)
            follows = alert.id
    link.tell(done=True)


def _use_pragmas(synchronous: str) -> None:
    usual = database._writer_pragmas

    def pragmas(connection: Any, record: Any) -> None:
        usual(connection, record)
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        if synchronous:
            connection.execute(f"PRAGMA synchronous={synchronous}")

    database._writer_pragmas = pragmas


def _mark_what_leaves(shim: Shim) -> None:
    send, keep = Channel.send, Anchoring.keep

    def marked_send(self: Channel, message: Message) -> Outcome:
        shim.mark(leaves=message.key)
        outcome = send(self, message)
        if self.account.kind == "cap" and outcome.verdict is Verdict.ACCEPTED:
            shim.mark(cap=outcome.external_id)
        return outcome

    def marked_keep(self: Anchoring, checkpoint: Any) -> None:
        keep(self, checkpoint)
        shim.mark(checkpoint=checkpoint.note)

    Channel.send = marked_send  # type: ignore[method-assign]
    Anchoring.keep = marked_keep  # type: ignore[method-assign]


def _note(desk: RigDesk, shim: Shim, hands: int) -> None:
    """Several people write into the log at once; each is told when it is kept."""

    def write(hand: int) -> None:
        for number in range(5):
            words = f"hand {hand}, note {number}, {random.getrandbits(64):x}"
            desk.composing.note(words, SENDER)
            shim.mark(noted=words)

    writers = [threading.Thread(target=write, args=(hand,)) for hand in range(hands)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()


# In the parent


@dataclass
class Cuts:
    """What the cuts came to. `acknowledged` is summed over all cuts; `lost` of it is gone."""

    cuts: int = 0
    acts: int = 0
    acknowledged: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class PowerRig:
    """Records one run of a desk, then cuts its power wherever it is told to."""

    def __init__(
        self,
        zygote: Zygote,
        networks: Networks,
        folder: Path,
        seed: int,
        synchronous: str = "",
        hands: int = 3,
    ) -> None:
        self._chance = random.Random(seed)
        self._folder = folder
        self._home = folder / "home"
        self._home.mkdir(parents=True)
        networks.renew()
        self._accounts = networks.accounts(self._home)
        self.cuts = Cuts()
        ledger = folder / "ledger"
        with zygote.child(
            WORK,
            home=str(self._home),
            accounts=packed(self._accounts),
            ledger=str(ledger),
            synchronous=synchronous,
            hands=hands,
        ) as child:
            child.expect("done")
            child.wait()
        self.acts = read_ledger(ledger)
        self.cuts.acts = len(self.acts)

    def final(self) -> dict[str, bytes]:
        """The files at the end by the ledger, as if everything had been synced."""
        disk = Disk()
        for act in self.acts:
            disk.take(act)
        for act in [*self.acts]:
            if act.kind in "CWT":
                disk.take(Act("S", act.inode, 0, act.name, b""))
                disk.take(Act("D", 0, 0, str(Path(act.name).parent), b""))
        return disk.cut_power()

    def cut(self, place: int = 0, *, restart: bool = True) -> None:
        """One power cut after so many acts, at random when 0, and what is found afterwards."""
        place = place or self._chance.randint(1, len(self.acts))
        before = self.acts[:place]
        disk = Disk()
        for act in before:
            disk.take(act)
        self._restore(disk.cut_power(self._chance if self._chance.random() < 0.8 else None))
        self.cuts.cuts += 1
        try:
            self._check(before, restart=restart)
        except Exception as error:  # noqa: BLE001 - whatever it is, this cut broke it
            self.cuts.problems.append(f"act {place}: {type(error).__name__}: {error}")

    def _restore(self, files: dict[str, bytes]) -> None:
        shutil.rmtree(self._home)
        for folder in ("desk", "cap"):
            (self._home / folder).mkdir(parents=True)
        for name, content in files.items():
            Path(name).write_bytes(content)

    def _check(self, before: list[Act], *, restart: bool) -> None:
        place = len(before)
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._home / "desk", copy)
        kept = read_kept(copy / "desk.db")
        self.cuts.problems += [f"act {place}: {each}" for each in kept.problems]
        for act in before:
            if act.kind == "M":
                self.cuts.acknowledged += 1
                for what, value in act.words.items():
                    if not self._holds(kept, what, value):
                        self.cuts.lost[what] += 1
        if restart:
            self._start_again(place)

    def _holds(self, kept: Kept, what: str, value: str) -> bool:
        match what:
            case "noted":
                return value in kept.words
            case "composed":
                return value in kept.alerts
            case "approved":
                return value in kept.approved
            case "claimed":
                return value in kept.claimed
            case "leaves":
                return any(
                    each.key == value and each.state in MAY_BE_OUT for each in kept.deliveries
                )
            case "cap":
                return self._cap_is_whole(value)
            case "checkpoint":
                copies = self._home / "desk" / CHECKPOINTS_NAME
                return copies.exists() and value.encode() in copies.read_bytes()
        raise AssertionError(f"nobody knows how to check {what!r}")

    def _cap_is_whole(self, name: str) -> bool:
        folder = self._home / "cap"
        if not (folder / name).is_file():
            return False
        whole = (folder / name).read_bytes().rstrip().endswith(b"</alert>")
        return whole and name.encode() in (folder / "feed.atom").read_bytes()

    def _start_again(self, place: int) -> None:
        """The next start: it opens, settles what was under way, and the log still verifies."""
        with opened(self._home, self._accounts) as desk:
            desk.following_up.recover()
            if desk.states(DeliveryState.SENDING):
                self.cuts.problems.append(f"act {place}: still sending after a start")
        report = verify_logbook(self._home / "desk")
        self.cuts.problems += [f"act {place}: {each.words}" for each in report.findings]
