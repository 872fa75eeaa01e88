"""Logbooks: finding, reading and exporting a log wherever it lies."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model.audit import Fault, Signer, Stamp
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.rules.commitments import NOT_HERE
from crisisdesk.services.logbooks import export_jsonl, locate, read_entries, verify_logbook
from crisisdesk.services.reviewing import Reviewing
from crisisdesk.store.database import Database
from crisisdesk.store.reading import LogFile


def write(database: Database, *words: str) -> None:
    for each in words:
        database.write(
            lambda unit, each=each: unit.log.append(  # type: ignore[misc]
                "decision.noted", actor="Sam", detail={"words": each}
            )
        )


def test_a_folder_means_the_database_in_it(database: Database, database_file: Path) -> None:
    assert locate(database_file.parent) == locate(database_file) == database_file
    for path in (database_file.parent / "none", database_file.parent.parent):
        with pytest.raises(BadInput):
            locate(path)
    with pytest.raises(BadInput, match="cannot be read: File name too long"):
        locate(Path("x" * 300))


def test_entries_are_read_from_a_database_and_from_its_export(
    database: Database, database_file: Path, tmp_path: Path
) -> None:
    write(database, "one", "two", "three")
    export_jsonl(database_file, tmp_path / "log.jsonl")
    for path in (database_file, tmp_path / "log.jsonl"):
        entries = read_entries(path)
        assert [each["detail"]["words"] for each in entries] == ["one", "two", "three"]
        assert [each["seq"] for each in entries] == [1, 2, 3]
        assert read_entries(path, after=1, limit=1) == entries[1:2]
        assert verify_logbook(path).intact


def test_an_unreadable_entry_is_shown_as_far_as_it_can_be(
    database: Database, database_file: Path, tmp_path: Path
) -> None:
    write(database, "one", "two")
    export_jsonl(database_file, tmp_path / "log.jsonl")
    torn = (tmp_path / "log.jsonl").read_bytes().splitlines(keepends=True)[:-2]
    (tmp_path / "log.jsonl").write_bytes(b"".join(torn) + b'{"entry":')
    report = verify_logbook(tmp_path / "log.jsonl")
    assert (report.entries, report.intact) == (1, False)
    assert report.findings[0].seq == 2


def test_an_export_is_private_and_is_not_called_a_damaged_database(
    database: Database, database_file: Path, tmp_path: Path
) -> None:
    write(database, "one")
    export = tmp_path / "log.jsonl"
    export_jsonl(database_file, export)
    assert export.stat().st_mode & 0o77 == 0
    with pytest.raises(StoreError, match=r"is no database of a desk.*Of an export only reports"):
        export_jsonl(export, tmp_path / "again.jsonl")


def test_a_missing_or_foreign_database_is_never_exported(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"")
    with pytest.raises(StoreError, match="holds no log"):
        export_jsonl(tmp_path / "other.db", tmp_path / "out")
    with pytest.raises(BadInput, match="no file or folder"):
        export_jsonl(tmp_path / "none.db", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def unfenced(file: Path, statement: str) -> None:
    """What somebody with the file in hand can do to the words beside the chain."""
    with closing(sqlite3.connect(file)) as connection, connection:
        fences = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in fences.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE opening SET words = 'nobody' WHERE seq = 2", Fault.WORDS_CHANGED),
        ("UPDATE opening SET key = zeroblob(32) WHERE seq = 2", Fault.WORDS_CHANGED),
        ("UPDATE opening SET seq = 3 WHERE seq = 2", Fault.WORDS_CHANGED),
        ("DELETE FROM opening WHERE seq = 2", Fault.WORDS_GONE),
        (
            "UPDATE opening SET key = x'', redacted = 3, words = '[redacted: see entry 3]'",
            Fault.WORDS_GONE,
        ),
        (
            "UPDATE opening SET key = x'', redacted = 3, words = 'he confessed' WHERE seq = 2",
            Fault.WORDS_CHANGED,
        ),
        ("DROP TABLE opening", Fault.WORDS_GONE),
    ],
)
def test_words_beside_the_chain_cannot_be_changed_or_vanish_unseen(
    database: Database, database_file: Path, statement: str, fault: Fault
) -> None:
    write(database, "one", "two", "three")
    database.close()
    unfenced(database_file, statement)
    found = verify_logbook(database_file).findings
    assert fault in {each.fault for each in found}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM opening WHERE seq = 2",
        "UPDATE opening SET words = 'nobody' WHERE seq = 2",
        "UPDATE opening SET key = x'', redacted = 1 WHERE seq = 2",
        "INSERT INTO opening VALUES (1, zeroblob(32), zeroblob(32), 'late', 0)",
        "INSERT OR REPLACE INTO opening SELECT seq, commitment, key, 'nobody', 0 FROM opening",
    ],
)
def test_the_database_refuses_to_change_them(
    database: Database, database_file: Path, statement: str
) -> None:
    write(database, "one", "two", "three")
    with (
        closing(sqlite3.connect(database_file)) as connection,
        pytest.raises(sqlite3.IntegrityError),
    ):
        connection.execute(statement)


def test_an_export_without_words_is_intact_and_says_that_they_are_not_here(
    database: Database, database_file: Path, tmp_path: Path
) -> None:
    write(database, "one", "two")
    export_jsonl(database_file, tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "less.jsonl").write_bytes(b"".join(each for each in lines if b"two" not in each))
    report = verify_logbook(tmp_path / "less.jsonl")
    assert (report.intact, report.words, report.absent) == (True, 1, 1)
    assert [each["detail"]["words"] for each in read_entries(tmp_path / "less.jsonl")] == [
        "one",
        NOT_HERE,
    ]


def test_the_open_desk_sees_forged_words_too(database: Database, database_file: Path) -> None:
    write(database, "one", "two", "three")
    reviewing = Reviewing(database)
    assert reviewing.verify().intact
    unfenced(database_file, "UPDATE opening SET words = 'nobody' WHERE seq = 2")
    (finding,) = reviewing.verify().findings
    assert (finding.seq, finding.fault) == (2, Fault.WORDS_CHANGED)


@pytest.mark.parametrize("act", [verify_logbook, read_entries])
def test_a_desk_that_is_opened_while_its_log_is_read_is_not_called_damaged(
    database_file: Path,
    stamp: Stamp,
    signer: Signer,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Path], object],
) -> None:
    """A closed desk's file is read as one that nobody changes, and then somebody does."""

    def work() -> None:
        opened = Database(f"sqlite:///{database_file}", stamp, signer)
        write(opened, *(f"{number} " * 200 for number in range(200)))
        opened.close()

    def meanwhile(log: LogFile, *asked: object, real: Callable[..., Any] = LogFile._rows) -> Any:
        rows = real(log, *asked)
        yield next(rows)
        work()
        yield from rows

    work()
    monkeypatch.setattr(LogFile, "_rows", meanwhile)
    with pytest.raises(StoreError, match="was written to while it was read"):
        act(database_file)
