"""Exercises that were really played, once for all tests that look at them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from crisisdesk.config import CHECKPOINTS_NAME, DATABASE_NAME
from tests.cli.calling import Called, crisisdesk


@dataclass(frozen=True, slots=True)
class Played:
    """An exercise that is over: its folder, and what the command answered."""

    folder: Path
    called: Called


def play(folder: Path, *words: str, **more: str) -> Played:
    """Play the night flood into a new folder."""
    called = crisisdesk(
        *("exercise", "run", "night-flood", "--speed", "max", *words, "--out"), folder, **more
    )
    return Played(folder, called)


@pytest.fixture(scope="session")
def good_night(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The night flood with a good officer."""
    return play(tmp_path_factory.mktemp("good") / "night", "--autopilot")


@pytest.fixture(scope="session")
def poor_night(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The night flood with a poor officer."""
    return play(tmp_path_factory.mktemp("poor") / "night", "--autopilot", "poor")


@pytest.fixture
def night(good_night: Played, tmp_path: Path) -> Path:
    """A copy of the good night's database with its checkpoints, to be tampered with."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in (DATABASE_NAME, CHECKPOINTS_NAME):
        shutil.copy(good_night.folder / name, folder / name)
    return folder
