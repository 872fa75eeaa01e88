"""A disk that is full or broken at the n-th write of a broadcast, for every n; the desk runs on."""

from __future__ import annotations

import errno
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import CrisisDeskError
from tests.rigs.desk import RigDesk, opened, packed, unpacked
from tests.rigs.invariants import Kept, broken, read_copy
from tests.rigs.networks import Networks
from tests.rigs.shim import FOR_EVER, SYNCS, WRITES, Shim
from tests.rigs.zygote import Link, Zygote
from tests.town import SENDER

FILL = "tests.rigs.full:fill"
ROUNDS_WITHOUT_SPACE = 2
"""How often what is planned runs while the disk is still full."""

KEYED = ("masto", "bsky", "cap")


@dataclass(frozen=True)
class Trouble:
    """Calls number `first` to `last` fail with this error; `kinds` is what counts as a call."""

    name: str
    first: int
    last: int
    error: int
    kinds: int


def full_from(number: int) -> Trouble:
    """The disk is full from the n-th write or sync on, until somebody makes room."""
    return Trouble(f"full from {number} on", number, FOR_EVER, errno.ENOSPC, WRITES | SYNCS)


def full_at(number: int) -> Trouble:
    """Only the n-th write or sync finds no room."""
    return Trouble(f"full at {number}", number, number, errno.ENOSPC, WRITES | SYNCS)


def broken_at(number: int) -> Trouble:
    """The n-th sync fails, as on a disk that breaks."""
    return Trouble(f"sync {number} breaks", number, number, errno.EIO, SYNCS)


# In the child


class _Lost(logging.Handler):
    """What failed in a thread where nobody was told."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.exc_info:
            self.words.append(f"{record.getMessage()} [{record.exc_info[1]!r}]")


def fill(
    link: Link, home: str, accounts: list[dict[str, Any]], troubles: list[dict[str, Any]]
) -> None:
    """One desk that broadcasts once under each trouble, and goes on without a restart."""
    folder = Path(home)
    shim = Shim()
    shim.watch(folder)
    lost = _Lost()
    logging.getLogger().addHandler(lost)
    with opened(folder, unpacked(accounts)) as desk:
        for trouble in troubles:
            lost.words.clear()
            link.tell(tried={**_broadcast_under(desk, shim, **trouble), "lost": [*lost.words]})
    link.tell(done=True)


def _broadcast_under(
    desk: RigDesk, shim: Shim, name: str, first: int, last: int, error: int, kinds: int
) -> dict[str, Any]:
    alert = desk.compose()
    desk.approve(alert)
    shim.fail(first, last, error, kinds)
    refused = _press_send(desk, alert.id)
    desk.run_planned(ROUNDS_WITHOUT_SPACE)
    calls = shim.calls()
    shim.work_again()
    desk.run_planned()
    again = _press_send(desk, alert.id) if refused else ""
    desk.run_planned()
    states = {each.account_id: each.state.value for each in desk.dispatch.deliveries(alert.id)}
    return {
        "name": name,
        "alert": alert.id,
        "calls": calls,
        "refused": refused,
        "again": again,
        "states": states,
    }


def _press_send(desk: RigDesk, alert_id: str) -> str:
    """Why it was refused; "" when it was not."""
    try:
        desk.dispatch.broadcast(alert_id, SENDER)
    except CrisisDeskError as error:
        return str(error)
    finally:
        desk.workers.wait_until_quiet()
    return ""


# In the parent


@dataclass
class Filled:
    """What it came to. `calls` are the writes and syncs of one healthy broadcast."""

    calls: int = 0
    syncs: int = 0
    tried: int = 0
    refused: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class FullRig:
    """Desks on a bad disk."""

    def __init__(self, zygote: Zygote, networks: Networks, folder: Path) -> None:
        self._zygote = zygote
        self._networks = networks
        self._folder = folder
        self._desks = 0
        self.filled = Filled()
        self.filled.calls = self._count(WRITES | SYNCS)
        self.filled.syncs = self._count(SYNCS)

    def _count(self, kinds: int) -> int:
        only_count = Trouble("none", FOR_EVER, FOR_EVER, 0, kinds)
        return max(each["calls"] for each in self._run([only_count, only_count]))

    def every_trouble(self, step: int = 1, start: int = 1) -> list[Trouble]:
        """Each way to go wrong at each call of a broadcast, or at every `step`-th of them."""
        numbers = range(start, self.filled.calls + 1, step)
        syncs = range(start, self.filled.syncs + 1, step)
        return [
            *(full_from(each) for each in numbers),
            *(full_at(each) for each in numbers),
            *(broken_at(each) for each in syncs),
        ]

    def try_all(self, troubles: Iterable[Trouble]) -> None:
        """One desk lives through all of these."""
        results = self._run(troubles)
        for each in results:
            self.filled.tried += 1
            self.filled.refused += bool(each["refused"])
            if each["refused"]:
                self.filled.refusals[each["refused"]] += 1
            self.filled.problems += [f"{each['name']}: {words}" for words in _wrong(each)]
        self._check(results)

    def _run(self, troubles: Iterable[Trouble]) -> list[dict[str, Any]]:
        self._desks += 1
        self._home = self._folder / f"desk-{self._desks}"
        self._home.mkdir()
        self._networks.renew()
        accounts = packed(self._networks.accounts(self._home))
        plain = [vars(each) for each in troubles]
        found = []
        with self._zygote.child(
            FILL, home=str(self._home), accounts=accounts, troubles=plain
        ) as child:
            while "done" not in (said := child.hear() or {"tried": {"name": "", "died": True}}):
                found.append(said["tried"])
            child.wait()
        return found

    def _check(self, results: list[dict[str, Any]]) -> None:
        kept = read_copy(self._home, self._home / "copy")
        published = self._networks.published(kept.alerts.values(), self._home)
        claimed = [each["alert"] for each in results]
        self.filled.problems += broken(kept, published, claimed=claimed)
        for each in results:
            times = published[each["alert"]]
            missing = [name for name in KEYED if times[name]["all"] != 1]
            if missing or set(times["mail"].values()) != {1}:
                self.filled.problems.append(f"{each['name']}: published {dict(times)}")
        self._check_states(kept)

    def _check_states(self, kept: Kept) -> None:
        for each in kept.deliveries:
            good = DeliveryState.ACCEPTED if each.account_id == "mail" else DeliveryState.CONFIRMED
            if each.state is not good:
                words = f"{each.account_id} ended as {each.state}: {each.evidence}"
                self.filled.problems.append(words)


def _wrong(result: dict[str, Any]) -> list[str]:
    found = [f"lost in a thread: {each}" for each in result["lost"]]
    if result["again"]:
        found.append(f"refused although there is room again: {result['again']}")
    return found
