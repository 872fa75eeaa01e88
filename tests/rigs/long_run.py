"""The long run of every rig, a part of `python -m tests.soak`.

The same seed makes the same choices; what threads and processes do meanwhile is theirs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tqdm import tqdm

from tests.rigs.full import FullRig
from tests.rigs.kill import KillRig
from tests.rigs.networks import Networks
from tests.rigs.power import PowerRig
from tests.rigs.race import RaceRig
from tests.rigs.shim import built
from tests.rigs.zygote import Zygote
from tests.servers.launching import ServerMissingError
from tests.servers.postgres import running_postgres

T = TypeVar("T")

CUTS_OF_ONE_RUN = 25
RACES_AT_ONCE = 20
TROUBLES_AT_ONCE = 40


RIGS = ("kill", "power", "full", "race")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--kills", type=int, default=1000, help="at random moments")
    parser.add_argument("--points", type=int, default=20, help="kills at each named point")
    parser.add_argument("--cuts", type=int, default=200, help="power cuts")
    parser.add_argument("--races", type=int, default=1000, help="on SQLite; a fifth on PostgreSQL")
    parser.add_argument("--rigs", nargs="+", choices=RIGS, default=RIGS)


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Run what was asked for; what each rig found, and every broken promise."""
    summary: dict[str, Any] = {}
    with TemporaryDirectory(prefix="crisisdesk-rigs-") as folder, ExitStack() as stack:
        soak = _Soak(Path(folder), asked, stack)
        for name in asked.rigs:
            started = time.monotonic()
            summary[name] = getattr(soak, name)()
            summary[name]["seconds"] = round(time.monotonic() - started, 1)
    problems = [f"{name}: {each}" for name in asked.rigs for each in summary[name]["problems"]]
    return {**summary, "problems": problems}


class _Soak:
    def __init__(self, folder: Path, asked: argparse.Namespace, stack: ExitStack) -> None:
        self._folder = folder
        self._asked = asked
        self._stack = stack
        self._networks = stack.enter_context(Networks())
        self._zygote = stack.enter_context(Zygote())
        self._shimmed: Zygote | None = None

    def kill(self) -> dict[str, Any]:
        """At random moments, and at every named point."""
        rig = KillRig(self._zygote, self._networks, self._new("kill"), self._asked.seed)
        for _ in _shown("kills at random", range(self._asked.kills)):
            rig.random_kill()
        for point in _shown("kills at named points", rig.points * self._asked.points):
            rig.kill_at(point)
        named = [each for each in rig.points if rig.tally.points[each]]
        return vars(rig.tally) | {"points": len(named)}

    def power(self) -> dict[str, Any]:
        """Power cuts with full sync; and how much the same cuts lose without."""
        left = self._asked.cuts
        cuts = self._cuts("FULL", "", left)
        proof = max(10, left // 5)
        without = {mode: self._cuts(mode, mode, proof, restart=False) for mode in ("OFF", "NORMAL")}
        problems = cuts.pop("problems")
        for mode, each in without.items():
            each["broken_databases"] = len(each.pop("problems"))
            if not each["lost"] and not each["broken_databases"]:
                problems.append(f"the rig lost nothing with synchronous={mode}: it proves nothing")
        if cuts["lost"]:
            problems.append(f"lost with full sync: {cuts['lost']}")
        return {**cuts, "self_proof": without, "problems": problems}

    def _cuts(self, name: str, mode: str, number: int, *, restart: bool = True) -> dict[str, Any]:
        """Cuts spread over several runs of a desk, each with other threads and other choices."""
        together: dict[str, Any] = {"cuts": 0, "acknowledged": 0, "lost": 0, "problems": []}
        for start in _shown(
            f"power cuts, {name}, by {CUTS_OF_ONE_RUN}", range(0, number, CUTS_OF_ONE_RUN)
        ):
            folder, seed = self._new(f"power-{name}-{start}"), self._asked.seed + start
            rig = PowerRig(self._shims(), self._networks, folder, seed, mode)
            for _ in range(min(CUTS_OF_ONE_RUN, number - start)):
                rig.cut(restart=restart)
            together["cuts"] += rig.cuts.cuts
            together["acknowledged"] += rig.cuts.acknowledged
            together["lost"] += sum(rig.cuts.lost.values())
            together["problems"] += rig.cuts.problems
        return together

    def full(self) -> dict[str, Any]:
        """Every way to be full or broken, at every write of a broadcast."""
        rig = FullRig(self._shims(), self._networks, self._new("full"))
        troubles = rig.every_trouble()
        starts = range(0, len(troubles), TROUBLES_AT_ONCE)
        for start in _shown("full disks, by the forty", starts):
            rig.try_all(troubles[start : start + TROUBLES_AT_ONCE])
        return vars(rig.filled)

    def race(self) -> dict[str, Any]:
        """Two desks on one SQLite file, then on one PostgreSQL server."""
        sqlite = self._race("SQLite", self._asked.races, "")
        found = {"sqlite": sqlite, "problems": sqlite.pop("problems")}
        with suppress(ServerMissingError), running_postgres(self._new("postgres")) as url:
            found["postgresql"] = self._race("PostgreSQL", self._asked.races // 5, url)
            found["problems"] += found["postgresql"].pop("problems")
        return found

    def _race(self, name: str, number: int, url: str) -> dict[str, Any]:
        rig = RaceRig(self._zygote, self._networks, self._new(f"race-{name}"), url)
        for _ in _shown(f"races on {name}, by the twenty", range(0, number, RACES_AT_ONCE)):
            rig.race(RACES_AT_ONCE)
        return vars(rig.end())

    def _shims(self) -> Zygote:
        if self._shimmed is None:
            library = built(self._folder)
            self._shimmed = self._stack.enter_context(Zygote({"LD_PRELOAD": str(library)}))
        return self._shimmed

    def _new(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder


def _shown(what: str, things: Iterable[T]) -> Iterator[T]:
    yield from tqdm(list(things), desc=what, file=sys.stderr, mininterval=0.5)
