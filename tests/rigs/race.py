"""Two desks press Send on the same alert at the same moment, again and again."""

from __future__ import annotations

import mmap
import os
import random
import struct
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.template import Step
from tests.rigs.desk import RigDesk, opened, packed, unpacked
from tests.rigs.invariants import contradictions
from tests.rigs.networks import Networks
from tests.rigs.zygote import Child, Link, Zygote
from tests.town import SENDER

RUN = "tests.rigs.race:run"
CHANNELS = ("masto", "mail")
ALREADY = "This alert was broadcast already. Nothing was sent twice."


LINGER = 0.0005
"""Seconds; about as long as a press on Send takes to come to the claim."""


# In each of the two children


class Gate:
    """Lets two processes go on at the same moment: each spins until the other is there.

    Then each lingers for a moment of its own, or whoever comes last would always be first.
    """

    def __init__(self, file: str, mine: int) -> None:
        handle = os.open(file, os.O_RDWR)
        self._shared = mmap.mmap(handle, 16)
        os.close(handle)
        self._mine, self._other = mine * 8, (1 - mine) * 8

    def meet(self, number: int) -> None:
        """Wait for the other one to come to this number too."""
        struct.pack_into("q", self._shared, self._mine, number)
        while struct.unpack_from("q", self._shared, self._other)[0] < number:
            os.sched_yield()
        until = time.perf_counter() + random.uniform(0, LINGER)
        while time.perf_counter() < until:
            pass


def run(
    link: Link, home: str, accounts: list[dict[str, Any]], url: str, gate: str, mine: int
) -> None:
    """A desk that composes when told to, and broadcasts what it is given when the other does."""
    meeting = Gate(gate, mine)
    with opened(Path(home), unpacked(accounts), url, f"desk-{mine}") as desk:
        link.tell(ready=True)
        while (order := link.hear()) and "alerts" in order:
            if order["alerts"]:
                link.tell(said=_broadcast_each(desk, meeting, order["first"], order["alerts"]))
            else:
                made = [desk.compose(Step.ALERT, "", *CHANNELS) for _ in range(order["first"])]
                for alert in made:
                    desk.approve(alert)
                link.tell(composed=[alert.id for alert in made])
        if mine == 0:
            with desk.database.read() as unit:
                link.tell(contradictions=contradictions(unit))


def _broadcast_each(desk: RigDesk, gate: Gate, first: int, alerts: list[str]) -> list[str]:
    """What each press on Send came to: "" or why not."""
    said = []
    for number, alert_id in enumerate(alerts, first):
        gate.meet(number)
        try:
            desk.dispatch.broadcast(alert_id, SENDER)
        except CrisisDeskError as error:
            said.append(str(error))
        else:
            said.append("")
        desk.workers.wait_until_quiet()
    return said


# In the parent


@dataclass
class Raced:
    """What the races came to; `won` counts them by desk."""

    races: int = 0
    won: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class RaceRig:
    """Two desks on one database: a SQLite file below the folder, or what `url` names."""

    def __init__(self, zygote: Zygote, networks: Networks, folder: Path, url: str = "") -> None:
        self._networks = networks
        networks.renew()
        gate = folder / "gate"
        gate.write_bytes(bytes(16))
        accounts = packed(networks.accounts(folder))
        self.raced = Raced()
        self._desks: list[Child] = []
        for mine in (0, 1):  # one after the other: the first sets the database up
            desk = zygote.child(
                RUN, home=str(folder), accounts=accounts, url=url, gate=str(gate), mine=mine
            )
            self._desks.append(desk)
            desk.expect("ready")

    def race(self, number: int) -> None:
        """So many alerts, each broadcast by both at once."""
        first, second = self._desks
        first.tell(alerts=[], first=number)
        alerts = first.expect("composed")
        for desk in (first, second):
            desk.tell(alerts=alerts, first=self.raced.races + 1)
        for each in zip(first.expect("said"), second.expect("said"), strict=True):
            self.raced.races += 1
            self._judge(each)

    def _judge(self, said: tuple[str, str]) -> None:
        winners = [mine for mine in (0, 1) if not said[mine]]
        if len(winners) != 1 or not said[1 - winners[0]].startswith(ALREADY):
            self.raced.problems.append(f"race {self.raced.races}: {said}")
            return
        self.raced.won[winners[0]] += 1

    def end(self) -> Raced:
        """Close both desks and count what the public got."""
        for desk in self._desks[::-1]:
            desk.tell(end=True)
        self.raced.problems += self._desks[0].expect("contradictions")
        for desk in self._desks:
            desk.wait()
            desk.close()
        self._count_publications()
        return self.raced

    def _count_publications(self) -> None:
        texts = Counter(each.text for each in self._networks.mastodon.statuses)
        posts = sum(texts.values())
        if posts != self.raced.races or set(texts.values()) - {1}:
            self.raced.problems.append(f"{self.raced.races} alerts, {posts} posts on Mastodon")
        for text, addresses in self._networks.mail.mailed.items():
            if set(addresses.values()) != {1}:
                self.raced.problems.append(f"mailed {dict(addresses)}: {text[:60]}")
        if len(self._networks.mail.mailed) != self.raced.races:
            mailed = len(self._networks.mail.mailed)
            self.raced.problems.append(f"{self.raced.races} alerts, {mailed} mails")
