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


class Packs:
    """Each pack by each officer, and the first drill, played when it is first asked for."""

    def __init__(self, folder: Path, nights: dict[tuple[str, str], Played]) -> None:
        self._folder = folder
        self._played = dict(nights)

    def played(self, name: str, officer: str) -> Played:
        """The exercise that is over."""
        if (name, officer) not in self._played:
            self._played[name, officer] = self._play(name, officer)
        return self._played[name, officer]

    def _play(self, name: str, officer: str) -> Played:
        folder = self._folder / f"{name}-{officer}"
        words = ("exercise", "run", name, "--speed", "max", "--autopilot", officer, "--out")
        return Played(folder, crisisdesk(*words, folder))


@pytest.fixture(scope="session")
def packs(
    good_night: Played, poor_night: Played, tmp_path_factory: pytest.TempPathFactory
) -> Packs:
    """The packs, played once for all tests; the night flood is played for others anyway."""
    nights = {("night-flood", "good"): good_night, ("night-flood", "poor"): poor_night}
    return Packs(tmp_path_factory.mktemp("packs"), nights)


@pytest.fixture
def night(good_night: Played, tmp_path: Path) -> Path:
    """A copy of the good night's database with its checkpoints, to be tampered with."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in (DATABASE_NAME, CHECKPOINTS_NAME):
        shutil.copy(good_night.folder / name, folder / name)
    return folder
