"""One writer, many readers: durable, isolated, and clear about what is wrong."""

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from crisisdesk.model.errors import StoreError
from crisisdesk.rules.chain import verify
from crisisdesk.store.database import Committed, Database
from crisisdesk.store.unit import Unit
from tests.store.conftest import Open


def note(unit: Unit, words: str = "x") -> int:
    return unit.log.append("noted", actor="t", detail={"words": words})


def entries(database: Database) -> int:
    with database.read() as unit:
        return unit.log.head()[0]


def value(database: Database, name: str) -> str:
    with database.read() as unit:
        return unit.accounts.value(name)


def test_a_job_gives_back_what_it_returns(database: Database) -> None:
    assert database.write(note) == 1
    assert database.write(lambda _: None) is None


def test_a_failing_job_leaves_nothing_and_its_error_comes_back(database: Database) -> None:
    def fail(unit: Unit) -> None:
        unit.accounts.set_value("a", "1")
        note(unit)
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        database.write(fail)
    assert (value(database, "a"), entries(database)) == ("", 0)
    database.write(lambda unit: unit.accounts.set_value("a", "2"))
    assert value(database, "a") == "2"


def test_a_failing_job_spoils_only_itself(database: Database) -> None:
    """While one job holds the lock, eight more queue up; one of those fails."""
    holding, go_on = threading.Event(), threading.Event()
    results: dict[int, object] = {}

    def hold(unit: Unit) -> None:
        holding.set()
        go_on.wait(30)

    def work(number: int) -> None:
        def job(unit: Unit) -> int:
            note(unit, str(number))
            if number == 3:
                raise KeyError(number)
            unit.accounts.set_value(f"n{number}", "kept")
            return number

        try:
            results[number] = database.write(job)
        except KeyError as error:
            results[number] = error

    first = threading.Thread(target=database.write, args=(hold,))
    first.start()
    assert holding.wait(30)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    _wait_until(lambda: len(database._waiting) == 8)
    go_on.set()
    for thread in [first, *threads]:
        thread.join(30)
    assert isinstance(results.pop(3), KeyError)
    assert results == {number: number for number in range(8) if number != 3}
    assert value(database, "n3") == ""
    assert [value(database, f"n{number}") for number in results] == ["kept"] * 7
    assert entries(database) == 7


def _wait_until(condition: object) -> None:
    ready = threading.Event()
    for _ in range(3000):
        if condition():
            return
        ready.wait(0.01)
    pytest.fail("the condition never came true")


@pytest.mark.parametrize("threads", [8, 16])
def test_many_threads_write_one_unbroken_chain(database: Database, threads: int) -> None:
    seen: list[int] = []

    def work() -> None:
        for _ in range(25):
            seen.append(database.write(note))  # noqa: PERF401 - each write is its own transaction

    crowd = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    assert sorted(seen) == list(range(1, threads * 25 + 1))


def test_two_desks_on_one_file_write_one_unbroken_chain(
    database: Database, database_file: Path, open_database: Open
) -> None:
    other = open_database(f"sqlite:///{database_file}")

    def work(mine: Database) -> None:
        for _ in range(50):
            mine.write(note)

    crowd = [threading.Thread(target=work, args=(each,)) for each in (database, other)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    assert entries(database) == entries(other) == 100


def test_two_processes_on_one_file_write_one_unbroken_chain(
    database: Database, database_file: Path
) -> None:
    script = """if True:
        import sys
        from datetime import UTC, datetime
        from crisisdesk.model.audit import Stamp
        from crisisdesk.model.mode import Mode
        from crisisdesk.store.database import Database
        stamp = Stamp("desk-2", "b", Mode.EXERCISE, lambda: datetime.now(UTC), lambda: 0)
        database = Database(sys.argv[1], stamp)
        for _ in range(40):
            database.write(lambda unit: unit.log.append("noted", actor="other"))
        database.close()
    """
    command = [sys.executable, "-c", script, f"sqlite:///{database_file}"]
    with subprocess.Popen(command) as other:
        for _ in range(40):
            database.write(note)
        assert other.wait(60) == 0
    assert entries(database) == 80


def test_news_of_a_commit_comes_after_it(database_file: Path, open_database: Open) -> None:
    heard: list[tuple[Committed, int]] = []

    def listen(committed: Committed) -> None:
        heard.append((committed, entries(opened)))

    opened = open_database(f"sqlite:///{database_file}", on_commit=listen)
    opened.write(note)
    opened.write(lambda unit: unit.log.append("weighty", actor="t", weighty=True))
    assert [(each.last_seq, len(each.checkpoints), stored) for each, stored in heard] == [
        (1, 0, 1),
        (2, 1, 2),
    ]


def test_a_listener_may_write_too(database_file: Path, open_database: Open) -> None:
    def listen(committed: Committed) -> None:
        if committed.last_seq == 1:
            opened.write(note)

    opened = open_database(f"sqlite:///{database_file}", on_commit=listen)
    opened.write(note)
    assert entries(opened) == 2


# Reading


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    database.write(note)
    with database.read() as unit:
        assert unit.log.head()[0] == 1
        database.write(note)
        assert len(list(unit.log.rows())) == 1
    assert entries(database) == 2


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError), database.read() as unit:
        unit.accounts.set_value("a", "1")
    assert value(database, "a") == ""


def test_a_reader_that_fails_lets_its_connection_go(database: Database) -> None:
    def fail() -> None:
        with database.read() as unit:
            unit.log.head()
            raise ZeroDivisionError

    for _ in range(30):
        with pytest.raises(ZeroDivisionError):
            fail()
    assert entries(database) == 0


def test_many_readers_at_once(database: Database) -> None:
    database.write(note)
    seen: list[int] = []
    crowd = [threading.Thread(target=lambda: seen.append(entries(database))) for _ in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(30)
    assert seen == [1] * 12


# Durability and privacy


def test_written_for_good_with_full_sync(database: Database) -> None:
    def pragmas(unit: Unit) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [unit.connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert database.write(pragmas) == ["wal", 2, 1]


def test_a_killed_process_loses_nothing_it_was_told_is_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk' / 'desk.db'}"
    script = """if True:
        import os, signal, sys
        from datetime import UTC, datetime
        from crisisdesk.model.audit import Stamp
        from crisisdesk.model.mode import Mode
        from crisisdesk.store.database import Database
        stamp = Stamp("desk-2", "b", Mode.EXERCISE, lambda: datetime.now(UTC), lambda: 0)
        database = Database(sys.argv[1], stamp)
        for _ in range(20):
            database.write(lambda unit: unit.log.append("noted", actor="other"))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    assert subprocess.run([sys.executable, "-c", script, url]).returncode == -9
    with sqlite3.connect(tmp_path / "desk" / "desk.db") as connection:
        rows = connection.execute("SELECT seq, prev, hash, body FROM log_entry").fetchall()
        check = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    assert (len(rows), verify(rows).intact, check) == (20, True, ("ok",))


def test_nobody_else_may_read_the_files(database: Database, database_file: Path) -> None:
    database.write(note)
    modes = {
        each.name: stat.S_IMODE(each.stat().st_mode) for each in database_file.parent.iterdir()
    }
    assert stat.S_IMODE(database_file.parent.stat().st_mode) == 0o700
    assert modes == {"desk.db": 0o600, "desk.db-wal": 0o600, "desk.db-shm": 0o600}


def test_opening_again_finds_everything(
    database: Database, database_file: Path, open_database: Open
) -> None:
    database.write(lambda unit: unit.accounts.set_value("a", "1"))
    again = open_database(f"sqlite:///{database_file}")
    assert (value(again, "a"), again.is_sqlite) == ("1", True)
