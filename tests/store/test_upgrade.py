"""The schema: built by migrations, described by `schema`, and never newer than the program."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table

from crisisdesk.model.audit import Signer
from crisisdesk.model.errors import StoreError
from crisisdesk.rules.checkpoints import first_form
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.store import upgrade
from crisisdesk.store.database import Database
from crisisdesk.store.migrations import HEAD, REVISIONS
from crisisdesk.store.schema import metadata
from crisisdesk.store.unit import Unit
from tests.laid import MIGRATED
from tests.store.conftest import Open


@pytest.fixture(autouse=True)
def migrated_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests get a copy of what the migrations made once."""
    monkeypatch.setattr(upgrade, "bring_up_to_date", MIGRATED)


def differences(unit: Unit) -> list[object]:
    """What alembic would change; the search index stands in the migrations alone."""

    def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
        table = thing.name if isinstance(thing, Table) else getattr(thing, "table", None)
        return not (str(table).startswith("mention_fts") or name in ("words", "mention_words"))

    context = MigrationContext.configure(
        unit.connection, opts={"include_object": ours, "compare_type": True}
    )
    return compare_metadata(context, metadata)


def test_migrations_and_schema_agree(database: Database) -> None:
    with database.read() as unit:
        assert differences(unit) == []


def test_the_versions_named_are_alembics(database: Database) -> None:
    with database.read() as unit:
        scripts = ScriptDirectory.from_config(upgrade.alembic_config(unit.connection))
        assert upgrade.version_of(unit.connection) == HEAD
    assert scripts.get_heads() == [HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == set(REVISIONS)


def test_opening_a_current_database_runs_no_migration(
    database: Database, database_file: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[object] = []
    monkeypatch.setattr(upgrade, "_run_alembic", ran.append)
    open_database(f"sqlite:///{database_file}")
    assert ran == []


def changed(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path, open_database: Open) -> None:
    file = tmp_path / "desk" / "desk.db"
    open_database(f"sqlite:///{file}").close()
    changed(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="has version 9999; this program knows up to"):
        open_database(f"sqlite:///{file}")
    changed(file, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    with open_database(f"sqlite:///{file}").read() as unit:
        assert unit.log.head()[0] == 0


def test_another_programs_database_is_refused_and_left_alone(
    tmp_path: Path, open_database: Open
) -> None:
    file = tmp_path / "other.db"
    changed(file, "CREATE TABLE stamps (id INTEGER)")
    with pytest.raises(StoreError, match="another program's tables"):
        open_database(f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables == [("stamps",)]


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk" / "desk.db"
    whole = upgrade._run_alembic

    def half(connection: object) -> None:
        whole(connection)
        raise StoreError("The power went.", "Wait.")

    with monkeypatch.context() as during:
        during.setattr(upgrade, "_run_alembic", half)
        with pytest.raises(StoreError, match="power"):
            open_database(f"sqlite:///{file}")
    with open_database(f"sqlite:///{file}").read() as unit:
        assert upgrade.version_of(unit.connection) == HEAD


def test_checkpoints_of_an_older_version_hold_before_and_after(
    tmp_path: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch, signer: Signer
) -> None:
    file = tmp_path / "desk" / "desk.db"
    opened = open_database(f"sqlite:///{file}")
    opened.write(
        lambda unit: unit.log.append(
            "desk.opened", actor="desk", detail={"desk_key": signer.public_key.hex()}
        )
    )
    with opened.read() as unit:
        seq, head = unit.log.head()
    opened.close()
    connection = sqlite3.connect(file)
    for statement in (
        "DROP TABLE opening",
        "ALTER TABLE checkpoint DROP COLUMN note",
        "ALTER TABLE checkpoint DROP COLUMN peaks",
        "UPDATE alembic_version SET version_num = '0002'",
    ):
        connection.execute(statement)
    values = (seq, head, "desk-1", signer.public_key, signer.sign(first_form("desk-1", seq, head)))
    connection.execute("INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    before = verify_logbook(file)
    open_database(f"sqlite:///{file}").close()
    assert before == verify_logbook(file)
    assert (before.intact, before.first_form, before.anchored_to) == (True, 1, 1)
