"""The log grows at its end and nowhere else."""

import sqlite3
from pathlib import Path

import orjson
import pytest

from crisisdesk.model.audit import Entry, Signer, Stamp
from crisisdesk.rules.chain import GENESIS, entry_hash, signature_holds, verify
from crisisdesk.store.database import Database
from crisisdesk.store.log import SEAL_EVERY, STREAM_ROWS
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
        f"INSERT OR REPLACE INTO checkpoint VALUES (3, {LATER}, 'o', x'00', x'00')",
        f"INSERT INTO checkpoint VALUES (2, {LATER}, 'o', x'00', x'00')",
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
