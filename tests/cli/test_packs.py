"""Every scenario pack, really played by a good and by a poor officer."""

import json
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.services.logbooks import read_entries
from tests.cli.calling import crisisdesk
from tests.cli.conftest import Played
from tests.rules.packs import NAMES

each_pack = pytest.mark.parametrize("name", NAMES)
each_officer = pytest.mark.parametrize("officer", ["good", "poor"])


class Packs:
    """Each pack by each officer, played when it is first asked for."""

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


def report_of(played: Played) -> dict[str, Any]:
    return dict(json.loads((played.folder / "report.json").read_text()))


def told(played: Played) -> set[str]:
    """The ids of the injects that came."""
    entries = read_entries(played.folder)
    return {each["detail"]["id"] for each in entries if each["action"] == "exercise.inject"}


@each_pack
def test_a_good_officer_meets_every_goal(packs: Packs, name: str) -> None:
    goals = report_of(packs.played(name, "good"))["goals"]
    assert [goal["id"] for goal in goals if not goal["met"]] == []
    assert len(goals) >= 15


@each_pack
def test_a_poor_officer_meets_a_third_at_most(packs: Packs, name: str) -> None:
    goals = report_of(packs.played(name, "poor"))["goals"]
    assert sum(goal["met"] for goal in goals) <= len(goals) / 3


@each_pack
@each_officer
def test_nothing_the_officer_does_is_refused_and_the_log_is_intact(
    packs: Packs, name: str, officer: str
) -> None:
    played = packs.played(name, officer)
    assert played.called.code == 0
    assert played.called.said == []
    assert "Log intact" in played.called.out


@each_pack
def test_each_officer_meets_another_public(packs: Packs, name: str) -> None:
    good, poor = (told(packs.played(name, officer)) for officer in ("good", "poor"))
    assert good - poor
    assert len(poor - good) >= 6
