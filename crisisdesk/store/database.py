"""Opening the database, and its only two ways in: `write` (grouped, durable) and `read`.

Writers queue. The first one leads: it runs all jobs that are waiting in a single transaction and a
single sync to disk while later ones sleep, each at a lock of its own, until their job is done or it
is their turn to lead. Of those whose job is done each wakes the next: woken all at once, they would
wait for each other at the interpreter's lock. So sixteen callers cost little more than one.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from crisisdesk.model.audit import Checkpoint, Signer, Stamp
from crisisdesk.model.errors import StoreError
from crisisdesk.rules.chain import Walk
from crisisdesk.store import upgrade
from crisisdesk.store.log import driver_cursor
from crisisdesk.store.places import prepare_file, prepare_folder
from crisisdesk.store.reading import read_only
from crisisdesk.store.side_by_side import walk_side_by_side
from crisisdesk.store.unit import Unit

T = TypeVar("T")

BUSY_SECONDS = 30
WARM_READERS = 64
"""Connections kept open for reading. A new one costs 2 ms, which a broadcast on many channels would
pay on each of them in the moment that counts; unused ones are never opened."""

GATHER_SECONDS = 0.0001
"""How long a leader lets the last group's callers come back, so that they share its sync too."""

BOUNDED = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
    "options": "-c lock_timeout=30s -c statement_timeout=60s "
    "-c idle_in_transaction_session_timeout=15s",
}
"""A desk that was cut off in the middle of writing must not stop all the others for ever."""

LOCK_NUMBER = 0x43726973
"""PostgreSQL advisory lock: one writing transaction at a time, as SQLite has it by itself."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What became durable: the last entry of the log, and checkpoints made on the way."""

    last_seq: int
    checkpoints: tuple[Checkpoint, ...]


def _taken_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T]):
    job: Callable[[Unit], T]
    turn: threading.Lock = field(default_factory=_taken_lock)
    """Let go once: when the job is done, or when its caller has to lead."""
    behind: "_Ticket[Any] | None" = None
    """Whom its caller has to wake when the job is done."""
    begun: bool = False
    asked: bool = False
    """The database was asked to keep it: a server may have, though its answer was lost."""
    done: bool = False
    result: T | None = None
    error: BaseException | None = None

    def collect(self) -> T:
        if self.error:
            raise self.error
        return cast("T", self.result)


def _wake(done: list[_Ticket[Any]]) -> None:
    """Wake the caller of the first, who wakes that of the second, and so on."""
    for ticket, behind in pairwise(done):
        ticket.behind = behind
    if done:
        done[0].turn.release()


class Database:
    """One open database. `url` is a SQLAlchemy URL; SQLite files are made private to the user.

    `write` and `read` may be called from any thread. Raises StoreError with what to do.
    """

    def __init__(
        self,
        url: str,
        stamp: Stamp,
        signer: Signer | None = None,
        on_commit: Callable[[Committed], None] = lambda _: None,
        *,
        synced: bool = True,
    ) -> None:
        """Without `synced` a power cut may lose everything: for what can be had again."""
        self.stamp = stamp
        self.signer = signer
        self.on_commit = on_commit
        self._waiting: deque[_Ticket[Any]] = deque()
        self._led = False
        self._last_group = 1
        self._queue_lock = threading.Lock()
        self._connection_lock = threading.Lock()
        self._writers = _engine(url, writes=True, synced=synced)
        self._readers = _engine(url, writes=False)
        self._failures = _failures(self._writers)
        self._connection: Connection | None = None
        try:
            upgrade.bring_up_to_date(self._writers)
        except self._failures as error:
            self.close()
            raise _explained(error) from error
        except StoreError:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file of our own rather than a server."""
        return self._writers.dialect.name == "sqlite"

    def write(self, job: Callable[[Unit], T]) -> T:
        """Run `job` inside a durable transaction and return what it returns.

        The job may run twice (when a neighbour in its group failed), so it must touch nothing
        but its unit. Its own exceptions come back unchanged; nothing of it is kept then.
        """
        ticket = _Ticket(job)
        committed = self._lead(ticket) if self._joins(ticket) else self._follow(ticket)
        for each in committed:
            self.on_commit(each)
        return ticket.collect()

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A unit that sees one consistent state and cannot write."""
        try:
            with self._readers.connect() as connection, connection.begin():
                yield Unit(connection, self.stamp, None)
        except self._failures as error:
            raise _explained(error) from error

    def scrub(self) -> bool:
        """Get what was overwritten out of the file and its write-ahead log; False when somebody
        who reads hinders it: then it goes when the desk next closes.

        A PostgreSQL server does so by itself (VACUUM), when it comes to it.
        """
        if not self.is_sqlite:
            return False
        with self._connection_lock, closing(self._writers.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")  # whoever writes meanwhile must not wait
            try:
                row = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return bool(row[0] == 0)

    def walked(self, wanted: dict[int, bool]) -> Walk | None:
        """A long log walked on all cores, as `walk_side_by_side` says; None on a server too."""
        file = self._readers.url.database
        if not self.is_sqlite or not file:
            return None
        return walk_side_by_side(read_only(Path(file)), wanted)

    def close(self) -> None:
        """Close every connection. Jobs still waiting are run first."""
        with self._connection_lock:
            if self._connection:
                self._connection.close()
                self._connection = None
        self._writers.dispose()
        self._readers.dispose()

    def _joins(self, ticket: _Ticket[Any]) -> bool:
        """Queue up; True for the one who finds nobody leading and so has to."""
        with self._queue_lock:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
            return leads

    def _follow(self, ticket: _Ticket[Any]) -> list[Committed]:
        """Sleep until somebody ran the job, or lead when it is our turn."""
        try:
            ticket.turn.acquire()
        except KeyboardInterrupt:
            # Leaving now would stop everybody behind; the turn comes within milliseconds.
            ticket.turn.acquire()
            self._go_on(ticket)
            raise
        return self._go_on(ticket)

    def _go_on(self, ticket: _Ticket[Any]) -> list[Committed]:
        if not ticket.done:
            return self._lead(ticket)
        _wake([ticket.behind] if ticket.behind else [])
        return []

    def _lead(self, own: _Ticket[Any]) -> list[Committed]:
        try:
            if len(self._waiting) < self._last_group:
                time.sleep(GATHER_SECONDS)
        finally:  # a leader who is interrupted here still has to lead
            committed = self._run_waiting(own)
        return committed

    def _run_waiting(self, own: _Ticket[Any]) -> list[Committed]:
        with self._queue_lock:
            group = [*self._waiting]
            self._waiting.clear()
            self._last_group = len(group)
        try:
            with self._connection_lock:
                return self._run(group)
        finally:
            self._hand_over()
            _wake([ticket for ticket in group if ticket is not own])

    def _hand_over(self) -> None:
        """The next leader starts before this group wakes: the disk is what everybody waits for."""
        with self._queue_lock:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].turn.release()

    def _run(self, group: list[_Ticket[Any]]) -> list[Committed]:
        committed = self._attempt(group)
        held_by_others = not group[0].begun  # not our jobs' fault
        if committed or len(group) == 1 or held_by_others or self._may_be_kept(group):
            return [committed] if committed else []
        for ticket in group:
            ticket.error = None
        return [done for ticket in group if (done := self._attempt([ticket]))]

    def _attempt(self, group: list[_Ticket[Any]]) -> Committed | None:
        """Run a group in one transaction. None, with errors on the tickets, when it failed."""
        try:
            committed = self._transaction(group)
        except BaseException as error:  # noqa: BLE001 - it is handed to the caller whose job it was
            failure = error
            if isinstance(error, self._failures):
                failure = _explained(error, may_be_kept=self._may_be_kept(group))
            for ticket in group:
                ticket.error = failure
                ticket.done = True
            return None
        for ticket in group:
            ticket.done = True
        return committed

    def _may_be_kept(self, group: list[_Ticket[Any]]) -> bool:
        """Whether a group that failed may stand in the database all the same: then none of its jobs
        may run again. A file tells what was not kept."""
        return group[0].asked and not self.is_sqlite

    def _transaction(self, group: list[_Ticket[Any]]) -> Committed:
        if self._connection is None or self._connection.closed:
            self._connection = self._writers.connect()
        with self._connection.begin():
            unit = Unit(self._connection, self.stamp, self.signer)
            for ticket in group:
                ticket.begun = True
                ticket.result = ticket.job(unit)
            unit.log.seal_if_due()
            for ticket in group:
                ticket.asked = True
        return Committed(unit.log.last_seq, tuple(unit.log.sealed))


def _failures(engine: Engine) -> tuple[type[Exception], ...]:
    """What a failing database raises: through SQLAlchemy, or straight from the driver's cursor."""
    driver = engine.dialect.loaded_dbapi
    return (SQLAlchemyError, driver.Error)


def _engine(url: str, *, writes: bool, synced: bool = True) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _server_engine(url, writes=writes)
    file = Path(parsed.database or "")
    prepare_folder(file.parent)
    prepare_file(file)
    engine = create_engine(
        url,
        pool_size=WARM_READERS,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _writer_pragmas if writes else _reader_pragmas)
    if not synced:
        event.listen(engine, "connect", _unsynced)
    event.listen(engine, "begin", _begin_immediate if writes else _begin_deferred)
    return engine


def _server_engine(url: str, *, writes: bool) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args=BOUNDED)
    if writes:
        event.listen(engine, "begin", _lock_out_other_desks)
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _lock_out_other_desks(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_NUMBER})")


def _begin_immediate(connection: Connection) -> None:
    driver_cursor(connection).execute("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    driver_cursor(connection).execute("BEGIN")


def _writer_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is redacted or retained no longer leaves no trace in the file
        "wal_autocheckpoint=8000",
        "cache_size=-2000",  # more makes nothing quicker, also with a million mentions
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _unsynced(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _reader_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA temp_store=MEMORY")


_AGAIN = "Try again; if it stays so, restart the desk. Post by hand what cannot wait."
_CURES = (
    ("full", "The disk is full: free some space, then try again."),
    ("locked", "Another program holds the database: close it, then try again."),
    ("i/o error", "The disk failed or is full: see to it. Post by hand what cannot wait."),
    ("readonly", "The file or folder may not be written: correct its permissions."),
    ("not a database", "This file is no CrisisDesk database: choose another one."),
    ("malformed", "The file is damaged: keep it, and restore a backup."),
)


def _explained(error: BaseException, *, may_be_kept: bool = False) -> StoreError:
    """A database failure in words that say what to do."""
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    if may_be_kept:
        to_do = "Look whether it is there before you do it again."
        unsure = "Nobody knows yet whether it was written."
        return StoreError(f"The database answered: {cause}.", to_do, unsure)
    cure = next((words for sign, words in _CURES if sign in cause.lower()), _AGAIN)
    return StoreError(f"The database answered: {cause}.", cure, "Nothing was written.")
