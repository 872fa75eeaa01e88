"""What can be wrong with a database is told clearly, and passes."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import StoreError
from crisisdesk.store import database as module
from crisisdesk.store.database import Database
from tests.store.conftest import Open
from tests.store.test_database import entries, note, value


def test_a_database_that_is_held_gives_a_clear_error(
    database_file: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    opened = open_database(f"sqlite:///{database_file}")
    other = sqlite3.connect(database_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program holds the database"):
            opened.write(note)
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert opened.write(note) == 1


def test_a_database_that_is_held_at_the_start_gives_a_clear_error(
    database_file: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(f"sqlite:///{database_file}").close()
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(database_file, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="Another program holds the database"):
            open_database(f"sqlite:///{database_file}")
    finally:
        other.close()


def test_a_database_that_is_held_keeps_nobody_waiting_twice(
    database_file: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine wait together; each could wait for its own turn to fail, one after the other."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.3)
    opened = open_database(f"sqlite:///{database_file}")
    begun: list[int] = []
    real = module._begin_immediate

    def begin(connection: Any) -> None:
        begun.append(len(opened._waiting))
        real(connection)

    event.remove(opened._writers, "begin", real)
    event.listen(opened._writers, "begin", begin)
    errors: list[StoreError] = []

    def write() -> None:
        try:
            opened.write(note)
        except StoreError as error:
            errors.append(error)

    other = sqlite3.connect(database_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        crowd = [threading.Thread(target=write) for _ in range(9)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join(30)
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert len(errors) == 9
    assert len(begun) <= 3, f"{len(begun)} waits of 30 seconds each on a real desk"


def test_a_full_disk_gives_a_clear_error_and_passes(database: Database) -> None:
    def limit(pages: int) -> None:
        database.write(lambda u: u.connection.execute(text(f"PRAGMA max_page_count={pages}")))

    used = database.write(lambda u: u.connection.execute(text("PRAGMA page_count")).scalar())
    limit(int(used or 0))
    with pytest.raises(StoreError, match="disk is full"):
        database.write(lambda unit: unit.accounts.set_value("big", "x" * 1_000_000))
    with pytest.raises(StoreError, match="disk is full"):
        database.write(lambda unit: note(unit, "x" * 1_000_000))
    assert (value(database, "big"), entries(database)) == ("", 0)
    limit(1_000_000)
    assert database.write(note) == 1


def test_a_file_of_something_else_gives_a_clear_error(
    database_file: Path, open_database: Open
) -> None:
    database_file.parent.mkdir()
    database_file.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StoreError, match="no CrisisDesk database"):
        open_database(f"sqlite:///{database_file}")
    assert database_file.read_bytes().startswith(b"This is a letter")


def test_a_damaged_file_gives_a_clear_error(
    database: Database, database_file: Path, open_database: Open
) -> None:
    database.write(lambda unit: [note(unit, "x" * 5000) for _ in range(20)])
    copy = database_file.with_name("copy.db")
    with sqlite3.connect(database_file) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    content = bytearray(copy.read_bytes())
    content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    copy.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        entries(open_database(f"sqlite:///{copy}"))


def test_a_rule_of_the_table_is_told_as_a_store_error(database: Database) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        database.write(
            lambda unit: unit.connection.execute(
                text(
                    "INSERT INTO alert (id, incident_id, marker, mode, content_hash, body,"
                    " created_at, expires_at) VALUES ('a', 'nowhere', 'm', 'x', 'h', '{}', 1, 2)"
                )
            )
        )


def test_closing_twice_is_harmless(database_file: Path, stamp: Stamp, signer: Signer) -> None:
    opened = Database(f"sqlite:///{database_file}", stamp, signer)
    opened.close()
    opened.close()
    assert not database_file.with_name("desk.db-wal").exists()
