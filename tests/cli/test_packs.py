"""Every scenario pack, really played by a good and by a poor officer."""

import json
from typing import Any

import pytest

from crisisdesk.services.logbooks import read_entries
from tests.cli.conftest import Packs, Played
from tests.rules.packs import NAMES
from tests.soak.officers import Pair, problems

each_pack = pytest.mark.parametrize("name", NAMES)
each_officer = pytest.mark.parametrize("officer", ["good", "poor"])


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
    failed = [e for e in read_entries(played.folder) if e["action"] == "delivery.failed"]
    assert not [e for e in failed if "The network refused it" in e["detail"]["evidence"]]


@each_pack
def test_each_officer_meets_another_public(packs: Packs, name: str) -> None:
    good, poor = (told(packs.played(name, officer)) for officer in ("good", "poor"))
    assert good - poor
    assert len(poor - good) >= 6


@pytest.mark.parametrize("name", [*NAMES, "first-drill"])
def test_the_good_officer_beats_the_poor_one_by_every_measure(packs: Packs, name: str) -> None:
    reports = [report_of(packs.played(name, officer)) for officer in ("good", "poor")]
    good, poor = (
        {
            "scores": {each["id"]: each["score"] for each in report["measures"]},
            "total": report["score"],
            "failures": [],
        }
        for report in reports
    )
    assert problems(Pair(name, 0, good, poor)) == []
