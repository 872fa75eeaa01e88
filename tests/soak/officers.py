"""A good and a poor officer in every shipped scenario: who is better by which measure."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from tests.cli.calling import ROOT, environment

PACKS = sorted(file.parent.name for file in ROOT.glob("resources/scenarios/*/scenario.toml"))
AT_LEAST = 25
"""By how many points of the total the good officer is better, to be called clearly so."""

BY_ITSELF = "doubts"
"""The desk looks back at what is unknown; where that was enough, both officers have all points."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the good and the poor officer came to, with the same seed."""

    pack: str
    seed: int
    good: dict[str, Any]
    poor: dict[str, Any]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--seeds", type=int, default=20, help="for each scenario and officer")


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Play every scenario with that many seeds from the given one on."""
    wanted = [(pack, asked.seed + each) for pack in PACKS for each in range(asked.seeds)]
    found = list(tqdm(pairs(wanted), total=len(wanted), desc="officers", file=sys.stderr))
    return {
        "pairs": len(found),
        "totals": {pack: _totals(each for each in found if each.pack == pack) for pack in PACKS},
        "problems": [problem for each in found for problem in problems(each)],
    }


def _totals(found: Iterable[Pair]) -> dict[str, int]:
    """The worst of the good ones and the best of the poor ones."""
    listed = list(found)
    return {
        "good_at_least": min(each.good["total"] for each in listed),
        "poor_at_most": max(each.poor["total"] for each in listed),
    }


def pairs(
    wanted: Sequence[tuple[str, int]], processes: int = os.cpu_count() or 1
) -> Iterator[Pair]:
    """Play both officers for each (pack, seed), in so many processes."""
    with ThreadPoolExecutor(processes) as pool:
        yield from pool.map(lambda each: _pair(*each), wanted)


def _pair(pack: str, seed: int) -> Pair:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.playing"],
        input="".join(f"{pack} {officer} {seed}\n" for officer in ("good", "poor")),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment({}),
    )
    if done.returncode:
        raise RuntimeError(f"{pack}, seed {seed}: {done.stderr[-2000:]}")
    good, poor = map(json.loads, done.stdout.splitlines())
    return Pair(pack, seed, good, poor)


def problems(pair: Pair) -> list[str]:
    """Every measure by which the good officer is not better, and what they could not do."""
    where = f"{pair.pack}, seed {pair.seed}"
    good, poor = pair.good["scores"], pair.poor["scores"]
    found = [
        f"{where}: {name} {good[name]}, poor {poor[name]}"
        for name in good
        if name in poor and not _better(name, good[name], poor[name])
    ]
    if pair.good["total"] < pair.poor["total"] + AT_LEAST:
        found.append(f"{where}: in all {pair.good['total']}, poor {pair.poor['total']}")
    return found + [f"{where}: the good officer could not {each}" for each in pair.good["failures"]]


def _better(name: str, good: int, poor: int) -> bool:
    return good > poor or (name == BY_ITSELF and good == poor == 100)
