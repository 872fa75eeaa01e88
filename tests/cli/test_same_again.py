"""The same story, seed and day leave the same log, byte by byte, wherever and whenever it runs."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, crisisdesk

PACKS = sorted(file.parent.name for file in ROOT.glob("resources/scenarios/*/scenario.toml"))
SEEDS = (0, 7)


def log_of(folder: Path, pack: str, *words: str, **more: str) -> bytes:
    called = crisisdesk(
        *("exercise", "run", pack, "--speed", "max", "--out", folder, *words), **more
    )
    assert called.code == 0, called.err
    return (folder / "log.jsonl").read_bytes()


@contextmanager
def busy_computer() -> Iterator[None]:
    """Every core has something else to do."""
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for each in others:
            each.kill()
            each.wait()


@pytest.mark.parametrize("officer", ["good", "poor"])
@pytest.mark.parametrize("pack", PACKS)
def test_two_runs_leave_the_same_bytes(pack: str, officer: str, tmp_path: Path) -> None:
    logs = []
    for seed in SEEDS:
        words = ("--autopilot", officer, "--seed", str(seed))
        first = log_of(tmp_path / f"{seed}", pack, *words, PYTHONHASHSEED="1")
        with busy_computer():
            elsewhere = tmp_path / "some" / "where" / f"else{seed}"
            again = log_of(elsewhere, pack, *words, PYTHONHASHSEED="2")
        assert first == again
        logs.append(first)
    assert len(set(logs)) == len(SEEDS)


def test_nothing_of_this_computer_or_day_stands_in_the_log(tmp_path: Path) -> None:
    log = log_of(tmp_path / "run", "first-drill", "--autopilot").decode()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for strange in (str(tmp_path), str(ROOT), today, platform.node() or "?no name?"):
        assert strange not in log


def test_another_day_can_be_chosen(tmp_path: Path) -> None:
    words = ("--day", "2027-03-01")
    assert "2027-03-01T" in log_of(tmp_path / "run", "first-drill", *words).decode()
    called = crisisdesk("exercise", "run", "first-drill", "--day", "soon", "--out", tmp_path / "no")
    assert (called.code, called.said) == (
        1,
        ["crisisdesk: --day 'soon' is no day. Write it as in 2026-02-03."],
    )
