"""Two desks press Send at once: one claims the alert, the other is told, the public hears once."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.rigs.networks import Networks
from tests.rigs.race import Raced, RaceRig
from tests.rigs.zygote import Zygote

RACES = 200
RACES_ON_POSTGRESQL = 60
BATCH = 20


def test_two_processes_on_one_file(zygote: Zygote, networks: Networks, tmp_path: Path) -> None:
    raced = _race(RaceRig(zygote, networks, tmp_path), RACES)
    assert raced.problems == []
    assert sum(raced.won.values()) == raced.races == RACES
    # With a processor each, both are fast enough to win now and then: it was a race.
    assert len(raced.won) == 2 or len(os.sched_getaffinity(0)) == 1


@pytest.mark.server
def test_two_desks_on_one_server(
    zygote: Zygote, networks: Networks, tmp_path: Path, postgres: str
) -> None:
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    raced = _race(RaceRig(zygote, networks, tmp_path, postgres), RACES_ON_POSTGRESQL)
    assert raced.problems == []
    assert sum(raced.won.values()) == raced.races == RACES_ON_POSTGRESQL


def _race(rig: RaceRig, number: int) -> Raced:
    for _ in range(number // BATCH):
        rig.race(BATCH)
    return rig.end()
