"""SIGKILL at random moments and at every named one; then the next start, and every promise."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crisisdesk.model.delivery import PUBLISHED, DeliveryState
from tests.rigs.desk import packed
from tests.rigs.invariants import Kept, broken, read_copy
from tests.rigs.networks import Networks, Published
from tests.rigs.zygote import Child, Zygote

TELL, SETTLE = "tests.rigs.story:tell", "tests.rigs.story:settle"
LIFE = 8
"""Crashes that one desk lives through before the next begins with an empty database."""

ROUNDS = 4
"""More alerts than a child lives to tell before a random kill."""

KEYED = ("masto", "bsky", "cap")
OPEN = (DeliveryState.PREPARED, DeliveryState.SENDING, DeliveryState.RETRYING)
NETWORK = "network"


@dataclass
class Tally:
    """What a run of the rig came to. `unknown` are deliveries that a crash left in doubt."""

    kills: int = 0
    alerts: int = 0
    deliveries: int = 0
    unknown: int = 0
    found_by_looking: int = 0
    points: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class KillRig:
    """One desk after another, killed again and again. Every problem found is in `tally`."""

    def __init__(
        self,
        zygote: Zygote,
        networks: Networks,
        folder: Path,
        seed: int,
        *,
        careless: bool = False,
    ) -> None:
        self._careless = careless
        self._zygote = zygote
        self._networks = networks
        self._folder = folder
        self._chance = random.Random(seed)
        self._crashes = 0
        self._composed: set[str] = set()
        self._claimed: set[str] = set()
        self._approved: set[str] = set()
        self.tally = Tally()
        self._new_life()
        self.points = self._measure()

    def _new_life(self) -> None:
        self.home = self._folder / f"life-{self._crashes}"
        self.home.mkdir()
        self._networks.renew()
        self._accounts = packed(self._networks.accounts(self.home))
        self._composed.clear()
        self._claimed.clear()
        self._approved.clear()

    def _measure(self) -> list[str]:
        """Let one story be told to its end: its points, and how long it takes."""
        passed: list[str] = []
        self._networks.at = passed.append
        with self._child(TELL) as child:
            child.expect("opened")
            started = time.perf_counter()
            points = child.expect("points")
            self._story_seconds = time.perf_counter() - started
            child.wait()
            self._heed(child)
        self._networks.at = lambda _: None
        return [*points, *(_network_point(step, each) for step, each in _by_step(passed))]

    def _child(self, job: str, **more: Any) -> Child:
        return self._zygote.child(job, home=str(self.home), accounts=self._accounts, **more)

    def random_kill(self) -> None:
        """One crash at any moment, start and recovery included."""
        job = self._chance.choice((TELL, TELL, SETTLE))
        more = {"rounds": ROUNDS} if job == TELL else {}
        with self._child(job, **more) as child:
            for _ in range(3 if job == SETTLE else 0):
                child.tell(go=True)
            child.wait(self._chance.uniform(0, self._story_seconds))
            self._end(child, f"a random moment of {job.rpartition(':')[2]}")

    def kill_at(self, point: str) -> None:
        """One crash at a named point."""
        if point.startswith(NETWORK):
            self._kill_from_outside(point)
            return
        with self._child(TELL, at=point) as child:
            if not child.wait():
                self.tally.problems.append(f"{point}: the child hangs")
            if any("points" in each for each in self._heed(child)):
                self.tally.problems.append(f"{point}: never reached")
            self._end(child, point)

    def _kill_from_outside(self, point: str) -> None:
        """The network itself has the desk killed while it holds the desk's request."""
        seen: list[str] = []
        with self._child(TELL) as child:

            def reached(name: str) -> None:
                seen.append(name)
                if [_network_point(*each) for each in _by_step(seen)][-1] == point:
                    child.kill()

            self._networks.at = reached
            child.wait()
            self._networks.at = lambda _: None
            self._end(child, point)

    def _end(self, child: Child, where: str) -> None:
        child.kill()
        self.tally.kills += 1
        self.tally.points[where] += 1
        self._heed(child)
        self._networks.quiet()
        try:
            self._check(where)
        except AssertionError as error:
            self.tally.problems.append(f"{where}: {error}")
        self._crashes += 1
        if self._crashes % LIFE == 0:
            old = self.home
            self._new_life()
            shutil.rmtree(old)

    def _heed(self, child: Child) -> list[dict[str, Any]]:
        words = child.last_words()
        self._composed |= {each["composed"] for each in words if "composed" in each}
        self._approved |= {each["approved"] for each in words if "approved" in each}
        self._claimed |= {each["claimed"] for each in words if "claimed" in each}
        return words

    def _check(self, where: str) -> None:
        dead = self._read(where)
        before = self._published(dead)
        with self._child(SETTLE, careless=self._careless) as child:
            recovered = child.expect("recovered")
            if recovered["draft"]:
                self._blame(where, recovered["draft"])
            self._after_start(dead, recovered["states"], where)
            child.tell(go=True)
            looked = child.expect("looked")
            self._after_looks(dead, before, looked, where)
            child.tell(go=True)
            child.expect("settled")
            child.tell(go=True)
            child.wait()
        self._at_the_end(self._read(where), where)

    def _read(self, where: str) -> Kept:
        kept = read_copy(self.home, self.home / "copy")
        found = broken(kept, self._published(kept), self._composed, self._claimed, self._approved)
        self.tally.problems += [f"{where}: {each}" for each in found]
        return kept

    def _published(self, kept: Kept) -> dict[str, Published]:
        return self._networks.published(kept.alerts.values(), self.home)

    def _after_start(self, dead: Kept, states: dict[str, str], where: str) -> None:
        for each in dead.deliveries:
            was_sending = each.state is DeliveryState.SENDING
            expected = DeliveryState.UNKNOWN if was_sending else each.state
            self.tally.unknown += was_sending
            if states.get(each.id) != expected:
                self._blame(where, f"{each.state} became {states.get(each.id)} at the start")

    def _after_looks(
        self,
        dead: Kept,
        before: dict[str, Published],
        looked: dict[str, Any],
        where: str,
    ) -> None:
        if self._published(dead) != before:
            self._blame(where, "starting and looking published something")
        for alert_id in dead.claimed:
            if "already" not in looked["again"].get(alert_id, ""):
                self._blame(where, "what was claimed could be claimed again")
        for each in dead.deliveries:
            if each.account_id in KEYED:
                seen = before[each.alert_id][each.account_id]
                out = bool(seen["listed" if each.account_id == "cap" else "all"])
                state = looked["states"][each.id]
                self.tally.found_by_looking += out and each.state is DeliveryState.SENDING
                if state != (DeliveryState.CONFIRMED if out else DeliveryState.UNKNOWN):
                    self._blame(where, f"{each.account_id} is {state}, published: {out}")

    def _at_the_end(self, kept: Kept, where: str) -> None:
        self.tally.alerts += len(kept.alerts)
        self.tally.deliveries += len(kept.deliveries)
        self._claimed = set(kept.alerts)
        self._composed = set(kept.alerts)
        for alert_id, published in self._published(kept).items():
            if missing := [name for name in KEYED if published[name]["all"] != 1]:
                self._blame(where, f"{kept.alerts[alert_id].marker} is not once on {missing}")
        for each in kept.deliveries:
            settled = each.state in PUBLISHED or each.account_id == "mail"
            if each.state in OPEN or not settled:
                self._blame(where, f"{each.account_id} is {each.state} at the end")

    def _blame(self, where: str, words: str) -> None:
        self.tally.problems.append(f"{where}: {words}")


def _by_step(passed: list[str]) -> list[tuple[str, str]]:
    """Each point with the step it belongs to: the first time is the alert, then the correction."""
    seen: Counter[str] = Counter()
    found = []
    for each in passed:
        seen[each] += 1
        found.append(("alert" if seen[each] == 1 else "cancel", each))
    return found


def _network_point(step: str, name: str) -> str:
    return f"{NETWORK}: {step}: {name}"
