"""The console under load: a scripted walk while 2,000 mentions a second arrive, idle, and a day.

Each sitting is a process of its own, so that none is measured with another's weight; the simulated
networks are in one more. Memory is what the console's own process holds in RAM (RSS), the pages of
Python's and Qt's libraries included; `uss` is what it shares with no other process. The posts that
arrive are made before the console opens, and another thread takes them in, as those of sources do.
Beside each stall stands what the GUI thread itself worked: the rest it waited, for the threads
beside it or for whatever else this machine does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.measuring import Measure, Size
from tests.benchmarks.stored import store

SIZES = {"100k": 100_000, "1m": 1_000_000}
FRAME_MS = 16.7
IDLE_SECONDS = 20
DAY = 100_000
PAINTED = ("mentions", "previews", "log")


def measure_console(size: Size) -> Iterator[Measure]:
    """gui_stall_walk_*_p99_ms, paint_*_p99_ms, idle_cpu_percent and memory_live_day_mb."""
    for name, number in SIZES.items():
        with TemporaryDirectory(prefix="crisisdesk-bench-") as folder:
            store(Path(folder), size.of(number))
            yield from _walking(size, Path(folder), name, size.of(number))
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder:
        store(Path(folder), size.of(DAY))
        yield _idle(size, Path(folder))
        yield _day(size, Path(folder))


def _walking(size: Size, folder: Path, name: str, stored: int) -> Iterator[Measure]:
    walks = [_sit("walk", str(folder)) for _ in range(_runs(size))]
    notes = {
        "stored": stored,
        "fed_per_second": [each["fed"] for each in walks],
        "worked_p99_ms": median(each["all"]["worked_p99"] for each in walks),
        "collector_longest_ms": max(each["collector_longest_ms"] for each in walks),
        "load": [round(each["load"], 1) for each in walks],
        "steps": {step: _middle(walks, "steps", step) for step in walks[0]["steps"]},
    }
    figures = [each["all"]["p99"] for each in walks]
    yield Measure(f"gui_stall_walk_{name}_p99_ms", figures, "<=", 16.0, notes)
    for what, key in (("opened_ms", "open_desk"), ("entered_ms", "enter_console")):
        yield Measure(f"{key}_{name}_ms", [each[what] for each in walks])
    for what in PAINTED:
        figures = [each["paints"][what]["p99"] for each in walks]
        notes = _middle(walks, "paints", what)
        yield Measure(f"paint_{what}_{name}_p99_ms", figures, "<=", FRAME_MS, notes)


def _runs(size: Size) -> int:
    """A walk is as long in a quick run: one is enough to see that it runs."""
    return size.runs if size.share >= 1 else 1


def _middle(walks: list[dict[str, Any]], part: str, name: str) -> dict[str, float]:
    """Of every figure of one step or one widget the median over all walks."""
    told = [each[part][name] for each in walks]
    return {key: median(each[key] for each in told) for key in told[0]}


def _idle(size: Size, folder: Path) -> Measure:
    seconds = max(2, size.of(IDLE_SECONDS))
    told = [_sit("idle", str(folder), str(seconds)) for _ in range(_runs(size))]
    notes = {"seconds": seconds, "load": [round(each["load"], 1) for each in told]}
    return Measure("idle_cpu_percent", [each["percent"] for each in told], "<=", 1.0, notes)


def _day(size: Size, folder: Path) -> Measure:
    told = [_sit("day", str(folder)) for _ in range(min(_runs(size), 2))]
    notes = {name: told[0][name] for name in ("mentions", "alerts", "pss", "uss")}
    return Measure("memory_live_day_mb", [each["rss"] for each in told], "<=", 150.0, notes)


def _sit(*what: str) -> dict[str, Any]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.plainly", "tests.benchmarks.console_run", *what],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
