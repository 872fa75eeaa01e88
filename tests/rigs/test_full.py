"""A full or broken disk at any write of a broadcast: refused or made good, never doubled."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from crisisdesk.model.errors import StoreError
from crisisdesk.store import database
from tests.rigs.desk import opened
from tests.rigs.full import FullRig, broken_at, full_at, full_from
from tests.rigs.networks import Networks
from tests.rigs.zygote import Link, Zygote
from tests.town import SENDER

AT_ONCE = 40
"""Troubles that one desk lives through; its list of past alerts grows with them."""


def test_full_or_broken_at_every_write_of_a_broadcast(
    shimmed: Zygote, networks: Networks, tmp_path: Path
) -> None:
    rig = FullRig(shimmed, networks, tmp_path)
    troubles = rig.every_trouble()
    for start in range(0, len(troubles), AT_ONCE):
        rig.try_all(troubles[start : start + AT_ONCE])
    assert rig.filled.problems == []
    assert rig.filled.tried == len(troubles) > 100
    assert 0 < rig.filled.refused < len(troubles)
    refusals = " ".join(rig.filled.refusals)
    assert "The disk is full: free some space, then try again." in refusals
    assert "The disk failed or is full: see to it." in refusals


def test_each_trouble_strikes_where_it_should(
    shimmed: Zygote, networks: Networks, tmp_path: Path
) -> None:
    rig = FullRig(shimmed, networks, tmp_path)
    rig.try_all([full_from(1), full_at(1), broken_at(1)])
    assert rig.filled.refused == 3
    rig.try_all([full_from(10_000), full_at(10_000), broken_at(10_000)])
    assert rig.filled.refused == 3
    assert rig.filled.problems == []


def hold(link: Link, file: str) -> None:
    """Another program that holds the database until it is told to let go."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        link.tell(held=True)
        link.hear()
        connection.execute("ROLLBACK")
    link.tell(free=True)


def test_held_by_another_program_longer_than_we_wait(
    zygote: Zygote, networks: Networks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with opened(tmp_path, networks.accounts(tmp_path)) as desk:
        alert = desk.compose()
        desk.approve(alert)
        file = tmp_path / "desk" / "desk.db"
        with zygote.child("tests.rigs.test_full:hold", file=str(file)) as other:
            other.expect("held")
            with pytest.raises(StoreError, match="Another program holds the database: close it"):
                desk.dispatch.broadcast(alert.id, SENDER)
            assert desk.dispatch.deliveries(alert.id) == []
            other.tell(go=True)
            other.expect("free")
        desk.dispatch.broadcast(alert.id, SENDER)
        desk.run_planned()
        assert set(desk.states().values()) == {"confirmed", "accepted"}
    published = networks.published([alert], tmp_path)[alert.id]
    assert (published["masto"]["all"], published["bsky"]["all"]) == (1, 1)
