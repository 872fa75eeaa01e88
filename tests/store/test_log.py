"""The log grows at its end and nowhere else."""

import sqlite3
from pathlib import Path

import orjson
import pytest
from sqlalchemy import insert

from crisisdesk.model.audit import Entry, Signer, Stamp
from crisisdesk.rules.chain import GENESIS, entry_hash, verify
from crisisdesk.rules.checkpoints import first_form, signature_holds
from crisisdesk.rules.merkle import Tree
from crisisdesk.store.database import Database
from crisisdesk.store.log import SEAL_EVERY, STREAM_ROWS
from crisisdesk.store.schema import checkpoint
from crisisdesk.store.unit import Unit
from tests.store.conftest import Open
from tests.town import HandClock


def note(unit: Unit, **more: object) -> int:
    return unit.log.append("noted", actor="t", **more)


def fill(database: Database, number: int) -> None:
    database.write(lambda unit: [note(unit) for _ in range(number)])


def test_an_entry_says_who_what_when_and_where(database: Database) -> None:
    database.write(
        lambda unit: unit.log.append(
            "alert.composed",
            actor="Sam",
            subject="alert 1",
            detail={"b": [1, True, {"c": "ä"}], "a": None},
            occurred="2026-08-20T08:00:00.000Z",
        )
    )
    with database.read() as unit:
        (entry,) = unit.log.newest(5)
    assert orjson.loads(entry.body) == {
        "action": "alert.composed",
        "actor": "Sam",
        "at": "2026-08-20T09:00:00.000Z",
        "boot": "boot-1",
        "desk": "desk-1",
        "detail": {"b": [1, True, {"c": "ä"}], "a": None},
        "mode": "exercise",
        "mono": 1787216400000,
        "occurred": "2026-08-20T08:00:00.000Z",
        "subject": "alert 1",
    }
    assert (entry.seq, entry.prev) == (1, GENESIS)
    assert entry.hash == entry_hash(1, GENESIS, entry.body)


def test_a_float_is_refused_and_nothing_is_kept(database: Database) -> None:
    with pytest.raises(ValueError, match="no floats"):
        database.write(lambda unit: note(unit, detail={"a": 1.5}))
    with database.read() as unit:
        assert unit.log.head() == (0, GENESIS)


def test_order_holds_when_the_clock_steps_back(database: Database, clock: HandClock) -> None:
    database.write(note)
    clock.go_on(hours=-2)
    database.write(note)
    with database.read() as unit:
        assert [row[0] for row in unit.log.rows()] == [1, 2]


def test_pages_go_back_by_number(database: Database) -> None:
    fill(database, 7)
    with database.read() as unit:
        assert [each.seq for each in unit.log.newest(3)] == [7, 6, 5]
        assert [each.seq for each in unit.log.newest(3, before=5)] == [4, 3, 2]
        assert unit.log.newest(3, before=1) == []


def test_rows_are_streamed_whole_and_in_order(database: Database) -> None:
    fill(database, STREAM_ROWS + 5)
    with database.read() as unit:
        rows = list(unit.log.rows())
        assert [row[0] for row in rows] == list(range(1, STREAM_ROWS + 6))
        assert Entry(*rows[-1]) == unit.log.newest(1)[0]


# Checkpoints


def test_weighty_entries_are_sealed_at_once(database: Database, signer: Signer) -> None:
    database.write(note)
    database.write(lambda unit: note(unit, weighty=True))
    with database.read() as unit:
        (sealed,) = unit.log.checkpoints()
        assert (sealed.seq, sealed.hash) == unit.log.head()
    assert (sealed.origin, sealed.public_key) == ("desk-1", signer.public_key)
    assert signature_holds(sealed)


def test_every_hundred_entries_are_sealed(database: Database) -> None:
    for _ in range(SEAL_EVERY * 2 + 1):
        database.write(note)
    with database.read() as unit:
        assert [each.seq for each in unit.log.checkpoints()] == [SEAL_EVERY, SEAL_EVERY * 2]


@pytest.mark.parametrize("group", [3, 7, 150])
def test_no_more_than_a_hundred_entries_stand_unsigned(database: Database, group: int) -> None:
    for _ in range(1 + 450 // group):
        fill(database, group)
        with database.read() as unit:
            newest = unit.log.newest_checkpoint()
            unsigned = unit.log.head()[0] - (newest.seq if newest else 0)
        assert unsigned < SEAL_EVERY + group


def test_sealing_twice_is_one_checkpoint(database: Database) -> None:
    assert database.write(lambda unit: unit.log.seal()) is None
    database.write(note)
    sealed = database.write(lambda unit: unit.log.seal())
    assert sealed is not None
    assert database.write(lambda unit: unit.log.seal()) is None
    with database.read() as unit:
        assert unit.log.newest_checkpoint() == sealed


def test_without_a_key_nothing_is_sealed(database_file: Path, stamp: Stamp) -> None:
    keyless = Database(f"sqlite:///{database_file}", stamp)
    keyless.write(lambda unit: note(unit, weighty=True))
    with keyless.read() as unit:
        assert unit.log.checkpoints() == []
        assert verify(unit.log.rows()).intact
    keyless.close()


# What the database itself refuses

LATER = "x'" + "22" * 32 + "'"


UPSERT = (
    f"INSERT INTO log_entry VALUES (2, {LATER}, {LATER}, x'00')"
    " ON CONFLICT (seq) DO UPDATE SET body = excluded.body"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET body = x'00' WHERE seq = 2",
        "UPDATE log_entry SET seq = 9 WHERE seq = 3",
        "UPDATE OR REPLACE log_entry SET seq = 1 WHERE seq = 2",
        "DELETE FROM log_entry WHERE seq = 3",
        "DELETE FROM log_entry",
        f"INSERT OR REPLACE INTO log_entry VALUES (2, {LATER}, {LATER}, x'00')",
        f"REPLACE INTO log_entry VALUES (3, {LATER}, {LATER}, x'00')",
        f"INSERT INTO log_entry VALUES (5, {LATER}, {LATER}, x'00')",
        f"INSERT INTO log_entry VALUES (0, {LATER}, {LATER}, x'00')",
        f"INSERT INTO log_entry VALUES (-1, {LATER}, {LATER}, x'00')",
        "INSERT INTO log_entry SELECT 4, prev, hash, body FROM log_entry WHERE seq = 2",
        "INSERT OR REPLACE INTO log_entry SELECT 4, prev, hash, body FROM log_entry WHERE seq = 2",
        f"INSERT INTO log_entry (prev, hash, body) VALUES ({LATER}, {LATER}, NULL)",
        UPSERT,
        "UPDATE checkpoint SET seq = 1",
        "DELETE FROM checkpoint",
        f"INSERT OR REPLACE INTO checkpoint VALUES (3, {LATER}, 'o', x'00', x'00', '', NULL)",
        f"INSERT INTO checkpoint VALUES (2, {LATER}, 'o', x'00', x'00', '', NULL)",
    ],
)
def test_sqlite_itself_refuses_to_change_the_log(
    database: Database, database_file: Path, statement: str
) -> None:
    fill(database, 2)
    database.write(lambda unit: note(unit, weighty=True))
    with database.read() as unit:
        before = list(unit.log.rows()), unit.log.checkpoints()
    other = sqlite3.connect(database_file, isolation_level=None)
    try:
        with pytest.raises(sqlite3.Error):
            other.execute(statement)
    finally:
        other.close()
    with database.read() as unit:
        assert (list(unit.log.rows()), unit.log.checkpoints()) == before


def test_the_refusals_do_not_stand_in_the_way_of_the_next_entry(
    database: Database, open_database: Open
) -> None:
    fill(database, 3)
    assert database.write(note) == 4


# The Merkle tree


def whole_tree(unit: Unit, seq: int) -> bytes:
    return Tree([row[2] for row in unit.log.rows()]).root(seq)


@pytest.mark.parametrize("group", [1, 7, 150])
def test_every_checkpoint_names_the_root_of_all_entries_so_far(
    database: Database, signer: Signer, group: int
) -> None:
    for _ in range(1 + 230 // group):
        fill(database, group)
        database.write(lambda unit: unit.log.seal())
    with database.read() as unit:
        kept = unit.log.checkpoints()
        assert [each.root for each in kept] == [whole_tree(unit, each.seq) for each in kept]
        report = verify(unit.log.rows(), kept, trusted_key=signer.public_key)
    assert (report.intact, report.roots) == (True, len(kept))
    assert len(kept) > 1


def first_form_checkpoint(signer: Signer, unit: Unit) -> None:
    """Put the last entry under a checkpoint as desks made them before there was a tree."""
    seq, head = unit.log.head()
    signature = signer.sign(first_form("desk-1", seq, head))
    unit.connection.execute(
        insert(checkpoint),
        {
            "seq": seq,
            "hash": head,
            "origin": "desk-1",
            "public_key": signer.public_key,
            "signature": signature,
        },
    )


def test_a_log_begun_before_the_tree_gets_it_over_all_its_entries(
    database: Database, signer: Signer
) -> None:
    fill(database, 42)
    database.write(lambda unit: first_form_checkpoint(signer, unit))
    fill(database, 5)
    database.write(lambda unit: unit.log.seal())
    with database.read() as unit:
        old, new = unit.log.checkpoints()
        assert (old.note, old.root) == ("", b"")
        assert new.root == whole_tree(unit, 47)
        report = verify(unit.log.rows(), [old, new], trusted_key=signer.public_key)
    assert (report.intact, report.roots, report.first_form) == (True, 1, 1)


@pytest.mark.parametrize("peaks", ["NULL", "x''", "x'00'", f"x'{'11' * 32}'", f"x'{'11' * 96}'"])
def test_a_tree_that_was_tampered_with_is_never_signed(
    database: Database, database_file: Path, peaks: str
) -> None:
    fill(database, 42)
    database.write(lambda unit: unit.log.seal())
    other = sqlite3.connect(database_file)
    fence = other.execute("SELECT sql FROM sqlite_master WHERE name='checkpoint_no_update'")
    (again,) = fence.fetchone()
    other.execute("DROP TRIGGER checkpoint_no_update")
    other.execute(f"UPDATE checkpoint SET peaks = {peaks}")
    other.execute(again)
    other.commit()
    other.close()
    fill(database, 3)
    sealed = database.write(lambda unit: unit.log.seal())
    assert sealed is not None
    with database.read() as unit:
        assert sealed.root == whole_tree(unit, 45)
