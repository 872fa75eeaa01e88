"""Exercise broadcasts without number, with live credentials around: nothing may try to leave.

Each goes from compose to the simulated networks through the real services and channel adapters,
with hostile words in it, on all four channels. Several processes play desk after desk of exercises.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from tests.cli.calling import ROOT, environment
from tests.cli.canary import canary

ALERTS_OF_ONE_DESK = 100
"""Every broadcast looks through what the desk has said before: long-lived desks grow slow."""

DESKS_OF_ONE_PROCESS = 10
SECRET = "live-token"
NAMES = ("TOKEN", "MASTODON_TOKEN", "BLUESKY_PASSWORD", "SMTP_PASSWORD", "PGPASSWORD")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
MEMORY = Path("/dev/shm")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--broadcasts", type=int, default=1_000_000, help="to all four channels")
    parser.add_argument("--minutes", type=float, help="begin no more broadcasts after so long")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Broadcast that often, or for so long; what was counted, and every broken promise."""
    counted: Counter[str] = Counter()
    problems: list[str] = []
    with canary() as bird, _working_folder() as folder:
        desks = _desks(asked, bird.port, Path(folder))
        with tqdm(total=asked.broadcasts, desc="broadcasts", file=sys.stderr) as bar:
            for desk in desks:
                problems += desk.pop("problems")
                counted.update(desk)
                bar.update(desk["broadcasts"])
        if (Path(folder) / "keyring.uses").exists():
            problems.append("the keyring was asked")
    counted["connections"] = bird.visits
    problems += [f"{counted[bad]} {bad}" for bad in ("connections", "attempts") if counted[bad]]
    if asked.minutes is None and counted["broadcasts"] < asked.broadcasts:
        problems.append(f"only {counted['broadcasts']} broadcasts were made")
    return {"asked_for": asked.broadcasts, **counted, "problems": problems}


def _working_folder() -> TemporaryDirectory[str]:
    """In memory where there is such a place: what the disk does is not in question here."""
    return TemporaryDirectory(prefix="crisisdesk-soak-", dir=MEMORY if MEMORY.is_dir() else None)


def _desks(asked: argparse.Namespace, port: int, folder: Path) -> Iterator[dict[str, Any]]:
    """What each desk reports, as it comes."""
    sizes = [ALERTS_OF_ONE_DESK] * (asked.broadcasts // ALERTS_OF_ONE_DESK)
    sizes += [asked.broadcasts % ALERTS_OF_ONE_DESK] * (asked.broadcasts % ALERTS_OF_ONE_DESK > 0)
    spans = range(0, len(sizes), DESKS_OF_ONE_PROCESS)
    chunks = [(first, sizes[first : first + DESKS_OF_ONE_PROCESS]) for first in spans]
    share = min(len(sizes), asked.processes)
    if len(chunks) < share:  # a small run is spread evenly
        chunks = [(first, sizes[first::share]) for first in range(share)]
    over = time.monotonic() + 60 * asked.minutes if asked.minutes else float("inf")

    def play(chunk: tuple[int, list[int]]) -> list[dict[str, Any]]:
        first, numbers = chunk
        late = time.monotonic() > over
        return [] if late else _process(asked.seed + first, numbers, port, folder)

    with ThreadPoolExecutor(share) as pool:
        for done in as_completed([pool.submit(play, chunk) for chunk in chunks]):
            yield from done.result()


def _process(seed: int, sizes: list[int], port: int, folder: Path) -> list[dict[str, Any]]:
    words = [str(seed), str(port), str(folder), *map(str, sizes)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.broadcaster", *words],
        cwd=ROOT,
        env=environment(_around(folder, port)),
        capture_output=True,
        text=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or done.stderr:
        lines.append({"broadcasts": 0, "problems": [f"{done.returncode}: {done.stderr[-2000:]}"]})
    return lines


def _around(folder: Path, port: int) -> dict[str, str]:
    """Live credentials, a keyring that holds some, and proxies that lead to the canary."""
    keyring = folder / "keyring.json"
    keyring.write_text(json.dumps({"CrisisDesk/token": SECRET}))
    proxy = dict.fromkeys(PROXIES, f"http://127.0.0.1:{port}")
    return {"FAKE_KEYRING": str(keyring), **dict.fromkeys(NAMES, SECRET), **proxy}
