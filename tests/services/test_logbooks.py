"""Logbooks: finding, reading and exporting a log wherever it lies."""

from pathlib import Path

import pytest

from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.services.logbooks import export_jsonl, locate, read_entries, verify_logbook
from crisisdesk.store.database import Database


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
    torn = (tmp_path / "log.jsonl").read_bytes().splitlines(keepends=True)[:-1]
    (tmp_path / "log.jsonl").write_bytes(b"".join(torn) + b'{"entry":')
    report = verify_logbook(tmp_path / "log.jsonl")
    assert (report.entries, report.intact) == (1, False)
    assert report.findings[0].seq == 2


def test_a_missing_or_foreign_database_is_never_exported(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"")
    with pytest.raises(StoreError, match="holds no log"):
        export_jsonl(tmp_path / "other.db", tmp_path / "out")
    with pytest.raises(BadInput, match="no file or folder"):
        export_jsonl(tmp_path / "none.db", tmp_path / "out")
    assert not (tmp_path / "out").exists()
