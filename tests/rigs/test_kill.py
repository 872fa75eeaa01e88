"""A desk that is killed at any moment loses nothing it acknowledged and says nothing twice."""

from pathlib import Path

import pytest

from tests.rigs.kill import KillRig
from tests.rigs.networks import Networks
from tests.rigs.zygote import Zygote

RANDOM_KILLS = 25


def test_killed_at_random_moments(
    zygote: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = KillRig(zygote, networks, tmp_path, seed)
    for _ in range(RANDOM_KILLS):
        rig.random_kill()
    assert rig.tally.problems == []
    assert rig.tally.kills == RANDOM_KILLS
    assert rig.tally.alerts >= RANDOM_KILLS // 2  # the kills fell among real work


def test_killed_at_every_named_point_of_a_broadcast(
    zygote: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = KillRig(zygote, networks, tmp_path, seed)
    points = [each for each in rig.points if "alert: " in each]
    for point in points:
        rig.kill_at(point)
    assert rig.tally.problems == []
    assert rig.tally.points == dict.fromkeys(points, 1)
    assert {"alert: claim: after COMMIT", "network: alert: masto: done, not answered"} <= {*points}
    assert rig.tally.unknown > len(points) // 4
    assert rig.tally.found_by_looking > 0


def test_the_rig_sees_a_desk_that_sends_again_by_itself(
    zygote: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = KillRig(zygote, networks, tmp_path, seed, careless=True)
    rig.kill_at("network: alert: mail: taken, not answered")
    problems = " ".join(rig.tally.problems)
    assert "mail published twice: ['ann@example.org'" in problems
    assert "starting and looking published something" in problems


def test_a_child_that_fails_by_itself_is_no_kill(zygote: Zygote) -> None:
    wrong = zygote.child("tests.rigs.story:settle", home="/nowhere", accounts="wrong")
    with wrong as child, pytest.raises(AssertionError, match="TypeError"):
        child.expect("settled")
