"""The same story, seed and day leave the same log, byte by byte, wherever and whenever it runs."""

import platform
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, crisisdesk

PACKS = sorted(file.parent.name for file in ROOT.glob("resources/scenarios/*/scenario.toml"))
WORDS = ("--autopilot", "--seed", "7")


def log_of(folder: Path, pack: str, *words: str, **more: str) -> bytes:
    called = crisisdesk(
        *("exercise", "run", pack, "--speed", "max", "--out", folder, *words), **more
    )
    assert called.code == 0, called.err
    return (folder / "log.jsonl").read_bytes()


def test_two_runs_of_each_scenario_leave_the_same_bytes(tmp_path: Path) -> None:
    """All at once, so that each has less of the computer than it would like."""
    places = (tmp_path / "first", tmp_path / "some" / "where" / "else")
    with ThreadPoolExecutor(4) as pool:
        runs = [
            [
                pool.submit(log_of, place / pack, pack, *WORDS, PYTHONHASHSEED=str(number))
                for number, place in enumerate(places, 1)
            ]
            for pack in PACKS
        ]
        for first, again in runs:
            assert first.result() == again.result()


def test_another_seed_or_officer_leaves_another_log(tmp_path: Path) -> None:
    choices = (("good", "0"), ("good", "1"), ("poor", "0"), ("poor", "0"))
    logs = [
        log_of(tmp_path / f"{n}", "first-drill", "--autopilot", officer, "--seed", seed)
        for n, (officer, seed) in enumerate(choices)
    ]
    assert len(set(logs)) == 3
    assert logs[2] == logs[3]


def said(folder: Path) -> list[tuple[str, str, int]]:
    """(author, text, moment in ms) of what the desk heard, in order."""
    with closing(sqlite3.connect(folder / "desk.db")) as database:
        return database.execute(
            "SELECT author, text, posted_at FROM mention ORDER BY id"
        ).fetchall()


@pytest.mark.parametrize(("pack", "officer"), [(PACKS[-1], "good"), ("first-drill", "poor")])
def test_at_any_speed_the_same_people_say_the_same(pack: str, officer: str, tmp_path: Path) -> None:
    for speed in ("max", "4000"):
        words = ("--autopilot", officer, "--speed", speed, "--out", tmp_path / speed)
        assert crisisdesk("exercise", "run", pack, *words).code == 0
    assert said(tmp_path / "4000") == said(tmp_path / "max")


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
