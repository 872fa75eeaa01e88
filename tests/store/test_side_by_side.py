"""A long log walked by processes side by side: the same report, or the walk by oneself."""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crisisdesk.model.audit import Fault, Stamp, VerifyReport
from crisisdesk.model.mode import Mode
from crisisdesk.net import gate
from crisisdesk.rules.chain import verify, wanted
from crisisdesk.rules.spans import SPAN
from crisisdesk.store import side_by_side
from crisisdesk.store.database import Database
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.side_by_side import Part, read_part, walk_side_by_side
from crisisdesk.store.unit import Unit
from tests.conftest import new_signer
from tests.town import HandClock

ENTRIES = 2 * SPAN + 500
AT_ONCE = 200
TRIGGERS = ("log_entry_next", "log_entry_no_update", "log_entry_no_delete", "checkpoint_no_update")


def fill(unit: Unit) -> None:
    for _ in range(AT_ONCE):
        unit.log.append("noted", actor="t")


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three spans, with a checkpoint every so often; it is only read."""
    file = tmp_path_factory.mktemp("long") / "desk.db"
    clock, signer = HandClock(), new_signer(7)
    stamp = Stamp("desk-1", "boot-1", Mode.EXERCISE, clock.now, clock.monotonic_ms)
    database = Database(f"sqlite:///{file}", stamp, signer, synced=False)
    named = {"desk_key": signer.public_key.hex()}
    database.write(lambda unit: unit.log.append("desk.opened", actor="t", detail=named))
    for _ in range(ENTRIES // AT_ONCE + 1):
        database.write(fill)
    database.close()
    return file


@pytest.fixture(autouse=True)
def _worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "WORTH_IT", SPAN)
    monkeypatch.setattr(side_by_side, "_cores", lambda: 2)


@pytest.fixture
def forged(long_log: Path, tmp_path: Path) -> Path:
    """A copy that lets itself be changed."""
    file = tmp_path / "desk.db"
    shutil.copyfile(long_log, file)
    with closing(sqlite3.connect(file)) as connection:
        for each in TRIGGERS:
            connection.execute(f"DROP TRIGGER {each}")
    return file


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def uri(file: Path) -> str:
    return f"file:{file}?mode=ro"


def both_ways(file: Path, *, roots: bool = True) -> tuple[VerifyReport, VerifyReport]:
    """What is found side by side, and by oneself."""
    with open_log_file(file) as log:
        kept = log.checkpoints()
        return log.verified(kept, roots=roots), verify(log.rows(), kept, roots=roots)


@pytest.mark.parametrize("roots", [True, False])
def test_a_sound_log_is_reported_alike(long_log: Path, roots: bool) -> None:
    with open_log_file(long_log) as log:
        asked = wanted(log.checkpoints(), roots=roots)
    walk = walk_side_by_side(uri(long_log), asked)
    assert walk is not None
    assert len(walk.held) == len(asked) > 40
    found, alone = both_ways(long_log, roots=roots)
    assert found == alone
    assert (found.intact, found.roots) == (True, len(asked) if roots else 0)


COPY = "INSERT INTO log_entry SELECT %d, prev, hash, body FROM log_entry WHERE seq = 1"
OTHER = f"UPDATE log_entry SET %s WHERE seq = {SPAN + 7}"
SIGNED = "UPDATE checkpoint SET %s WHERE seq = (SELECT max(seq) FROM checkpoint)"
FORGERIES = {
    "a body": (OTHER % "body = x'7b7d'", Fault.EDITED),
    "a body's type": (OTHER % "body = CAST(body AS TEXT)", Fault.EDITED),
    "where two parts meet": (f"DELETE FROM log_entry WHERE seq = {SPAN + 1}", Fault.MISSING),
    "the end of a part": (f"UPDATE log_entry SET hash = x'00' WHERE seq = {SPAN}", Fault.EDITED),
    "the first": ("UPDATE log_entry SET seq = -5 WHERE seq = 1", Fault.MALFORMED),
    "one before the first": (COPY % 0, Fault.REORDERED),
    "one far behind": (COPY % (2**63 - 1), Fault.MISSING),
    "a signature": (SIGNED % "signature = zeroblob(64)", Fault.BAD_SIGNATURE),
    "a note": (SIGNED % "note = replace(note, 'exercise', 'live')", Fault.BAD_SIGNATURE),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_is_found_and_named_as_in_one_walk(forged: Path, what: str) -> None:
    statement, fault = FORGERIES[what]
    change(forged, statement)
    found, alone = both_ways(forged)
    assert found == alone
    assert fault in {each.fault for each in found.findings}


def test_a_table_that_is_none_of_ours_is_read_whole(forged: Path) -> None:
    """In one without types a number may be a word, and lie in no part."""
    change(forged, "ALTER TABLE log_entry RENAME TO old")
    change(forged, "CREATE TABLE log_entry AS SELECT * FROM old")
    change(forged, "INSERT INTO log_entry SELECT 'word', prev, hash, body FROM old WHERE seq = 1")
    assert walk_side_by_side(uri(forged), {}) is None
    assert not both_ways(forged)[0].intact


def test_a_damaged_file_is_read_as_far_as_it_goes(forged: Path) -> None:
    size = forged.stat().st_size
    with forged.open("r+b") as content:
        content.seek(size * 3 // 4)
        content.write(b"\xff" * 9000)
    with open_log_file(forged) as log:
        report = log.verified(log.checkpoints())
        assert log.damage or not report.intact


def test_a_short_log_is_not_worth_it(long_log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "WORTH_IT", ENTRIES * 2)
    monkeypatch.setattr(side_by_side, "Popen", never)
    assert walk_side_by_side(uri(long_log), {}) is None


def never(*_: object, **__: object) -> None:
    raise AssertionError("a program was started")


def test_in_an_exercise_no_program_is_started(
    long_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "is_closed", lambda: True)
    monkeypatch.setattr(side_by_side, "Popen", never)
    assert walk_side_by_side(uri(long_log), {}) is None
    assert both_ways(long_log)[0].intact


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/no/such/program"])
def test_where_no_process_answers_one_walks_by_oneself(
    long_log: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert walk_side_by_side(uri(long_log), {}) is None
    assert both_ways(long_log)[0].intact


def test_a_part_is_read_no_further_than_it_is_sound(forged: Path) -> None:
    change(forged, "UPDATE log_entry SET body = x'7b7d' WHERE seq = 9")
    part = Part(uri(forged), 1, ENTRIES, 0, {}, roots=False)
    assert read_part(part).spans == [None]


def test_a_desk_that_goes_on_writing_is_verified(long_log: Path, tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    shutil.copyfile(long_log, file)
    clock = HandClock()
    stamp = Stamp("desk-1", "boot-2", Mode.EXERCISE, clock.now, clock.monotonic_ms)
    database = Database(f"sqlite:///{file}", stamp, new_signer(7))
    try:
        database.write(fill)  # so far only in the write-ahead log
        found, alone = both_ways(file)
        with database.read() as unit:
            asked = wanted(unit.log.checkpoints(), roots=False)
        walk = database.walked(asked)
    finally:
        database.close()
    assert found == alone
    assert walk is not None
    assert (walk.count, walk.head) == (found.entries, found.head)
    assert found.intact
    assert found.entries > ENTRIES + AT_ONCE
