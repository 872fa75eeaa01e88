"""The same story, seed and day leave the same log, byte by byte, wherever and whenever it runs."""

import platform
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, crisisdesk
from tests.cli.conftest import Packs

PACKS = sorted(file.parent.name for file in ROOT.glob("resources/scenarios/*/scenario.toml"))


def log_of(folder: Path, pack: str, *words: str, **more: str) -> bytes:
    called = crisisdesk(
        *("exercise", "run", pack, "--speed", "max", "--out", folder, *words), **more
    )
    assert called.code == 0, called.err
    return (folder / "log.jsonl").read_bytes()


def test_two_runs_of_each_scenario_leave_the_same_bytes(packs: Packs, tmp_path: Path) -> None:
    """The second ones all at once, so that each has less of the computer than it would like."""
    place = tmp_path / "some" / "where" / "else"
    with ThreadPoolExecutor(4) as pool:
        again = [
            pool.submit(log_of, place / pack, pack, "--autopilot", PYTHONHASHSEED="2")
            for pack in PACKS
        ]
        for pack, second in zip(PACKS, again, strict=True):
            first = packs.played(pack, "good").folder / "log.jsonl"
            assert first.read_bytes() == second.result()


def test_another_seed_or_officer_leaves_another_log(packs: Packs, tmp_path: Path) -> None:
    good, poor = (
        (packs.played("first-drill", officer).folder / "log.jsonl").read_bytes()
        for officer in ("good", "poor")
    )
    other = log_of(tmp_path / "other", "first-drill", "--autopilot", "good", "--seed", "1")
    again = log_of(tmp_path / "again", "first-drill", "--autopilot", "poor", "--seed", "0")
    assert len({good, poor, other}) == 3
    assert again == poor


def said(folder: Path) -> list[tuple[str, str, int]]:
    """(author, text, moment in ms) of what the desk heard, in order."""
    with closing(sqlite3.connect(folder / "desk.db")) as database:
        return database.execute(
            "SELECT author, text, posted_at FROM mention ORDER BY id"
        ).fetchall()


@pytest.mark.parametrize(("pack", "officer"), [(PACKS[-1], "good"), ("first-drill", "poor")])
def test_at_any_speed_the_same_people_say_the_same(
    packs: Packs, pack: str, officer: str, tmp_path: Path
) -> None:
    words = ("--autopilot", officer, "--speed", "4000", "--out", tmp_path / "4000")
    assert crisisdesk("exercise", "run", pack, *words).code == 0
    assert said(tmp_path / "4000") == said(packs.played(pack, officer).folder)


def test_nothing_of_this_computer_or_day_stands_in_the_log(packs: Packs) -> None:
    played = packs.played("first-drill", "good")
    log = (played.folder / "log.jsonl").read_text()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for strange in (str(played.folder), str(ROOT), today, platform.node() or "?no name?"):
        assert strange not in log


def test_another_day_can_be_chosen(tmp_path: Path) -> None:
    words = ("--day", "2027-03-01")
    assert "2027-03-01T" in log_of(tmp_path / "run", "first-drill", *words).decode()
    called = crisisdesk("exercise", "run", "first-drill", "--day", "soon", "--out", tmp_path / "no")
    assert (called.code, called.said) == (
        1,
        ["crisisdesk: --day 'soon' is no day. Write it as in 2026-02-03."],
    )
