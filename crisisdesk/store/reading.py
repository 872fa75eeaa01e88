"""Reading a log without changing a byte of its file: for verifying and exporting."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import quote
from zipfile import is_zipfile

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from crisisdesk.model.audit import Checkpoint, Opening, VerifyReport
from crisisdesk.model.errors import StoreError
from crisisdesk.rules.chain import verify, wanted
from crisisdesk.rules.checkpoints import of_columns
from crisisdesk.rules.word_check import WordCheck, interleaved
from crisisdesk.store.openings import Body, Openings, with_words
from crisisdesk.store.side_by_side import walk_side_by_side

Row = tuple[int, bytes, bytes, bytes]


def _bytes_of(column: str) -> str:
    """SQL for a column of bytes. A damaged file may hold anything there; that counts as empty.

    SQLite puts every blob behind whatever is none; to ask for the type costs far more.
    """
    return f"CASE WHEN {column} >= x'' THEN {column} ELSE x'' END AS {column}"


_ENTRIES = (
    f"SELECT seq, {_bytes_of('prev')}, {_bytes_of('hash')}, {_bytes_of('body')} "  # noqa: S608
    "FROM log_entry ORDER BY seq"
)
_COMMITTING = _ENTRIES.replace(
    "ORDER BY",
    "WHERE instr(body, CAST('\"commitment' AS BLOB)) > 0"
    ' OR instr(body, CAST(\'"action":"operator.\' AS BLOB)) > 0 ORDER BY',
)
"""Entries with words beside them, those that took words away, and those that name who may."""
_CHECKPOINTS = (
    f"SELECT seq, {_bytes_of('hash')}, CAST(origin AS TEXT), {_bytes_of('public_key')}, "  # noqa: S608
    f"{_bytes_of('signature')}, %s FROM checkpoint ORDER BY seq"
)
_NOTE = "CAST(note AS TEXT)"
_NO_NOTE = "''"
"""A log whose desk was not opened since there are notes is read as it is."""
_UNLOCKED = "&immutable=1"
_ROWS = 256
"""At once; many more leave the processor's own memory before they are looked at."""

DAMAGE = (DatabaseError, UnicodeError)
"""What a damaged file raises; the driver cannot even decode SQLite's words about a broken name."""


class LogFile:
    """The log in one database file. `damage` says in words where reading had to stop."""

    def __init__(self, connection: Connection, uri: str) -> None:
        self.connection = connection
        self.damage = ""
        self._uri = uri

    def verified(
        self,
        kept: Sequence[Checkpoint],
        anchors: Sequence[Checkpoint] = (),
        trusted_key: bytes | None = None,
        *,
        roots: bool = True,
    ) -> VerifyReport:
        """What `rules.chain.verify` finds; a long log is walked on all cores if it is sound."""
        asked = wanted([*kept, *anchors], roots=roots)
        walked = walk_side_by_side(self._uri, asked)
        return verify(self.rows(), kept, anchors, trusted_key, roots=roots, walked=walked)

    def rows(self) -> Iterator[Row]:
        """Every entry in order as (seq, prev, hash, body); ends early when the file is damaged."""
        return self._rows(_ENTRIES)

    def _rows(self, statement: str) -> Iterator[Row]:
        try:
            cursor = self.connection.exec_driver_sql(statement).cursor
            while cursor and (batch := cursor.fetchmany(_ROWS)):
                yield from batch
        except Exception as error:  # noqa: BLE001 - the driver's and SQLAlchemy's errors alike
            self.damage = f"the database file is damaged: {error}".splitlines()[0]

    def with_words_judged(self, report: VerifyReport) -> VerifyReport:
        """The report with whether the words beside the log are those its entries commit to."""
        words = WordCheck()
        self.connection.exec_driver_sql("BEGIN")  # both are read as they were at one moment
        try:
            for each in interleaved(self._rows(_COMMITTING), self.openings()):
                words.take(each)
        finally:
            self.connection.exec_driver_sql("COMMIT")
        return words.judged(report, complete=True)

    def openings(self) -> Iterator[Opening]:
        """The words beside the chain, in order; ends early when the file is damaged."""
        if not self.has_openings:
            return
        try:
            yield from Openings(self.connection).rows()
        except (*DAMAGE, TypeError, ValueError) as error:
            self.damage = self.damage or f"the words beside it cannot be read: {_cause(error)}"

    def openings_of(self, seq: int) -> list[Opening]:
        """The words beside one entry."""
        return Openings(self.connection).of(seq) if self.has_openings else []

    def with_words(self, batch: Sequence[Body]) -> list[Body]:
        """Entries with their words put back in, for reading."""
        if not self.has_openings:
            return list(batch)
        return with_words(batch, Openings(self.connection).between)

    @cached_property
    def has_openings(self) -> bool:
        """A log whose desk was not opened since there are any is read as it is."""
        named = "SELECT 1 FROM sqlite_master WHERE name = 'opening'"
        return self.connection.execute(text(named)).first() is not None

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint kept with the log."""
        try:
            columns = self.connection.execute(
                text("SELECT name FROM pragma_table_info('checkpoint')")
            ).scalars()
            note = _NOTE if "note" in [*columns] else _NO_NOTE
            rows = self.connection.execute(text(_CHECKPOINTS % note))
            return [of_columns(*row) for row in rows]
        except DAMAGE as error:
            self.damage = self.damage or f"the checkpoints cannot be read: {_cause(error)}"
            return []


@contextmanager
def open_log_file(file: Path) -> Iterator[LogFile]:
    """Open a database file for reading only. Raises StoreError if it holds no log, and at the end
    if somebody changed it meanwhile, as then nothing that was read of it counts."""
    if not file.is_file():
        raise StoreError(
            f"There is no database {file}.", "Choose the folder or the database of a desk."
        )
    uri, before = read_only(file), _edition(file)
    engine = create_engine(f"sqlite:///{uri}&uri=true", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            try:
                connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar()
                held = connection.execute(
                    text("SELECT 1 FROM sqlite_master WHERE name = 'log_entry'")
                ).first()
            except DAMAGE as error:
                _refuse_export(file)
                raise _unreadable(file, error) from error
            if held is None:
                raise StoreError(f"{file} holds no log of CrisisDesk.", "Choose another file.")
            yield LogFile(connection, uri)
    except Exception as error:
        _refuse_changed(file, uri, before)
        if isinstance(error, DatabaseError):
            raise _unreadable(file, error) from error
        raise
    else:
        _refuse_changed(file, uri, before)
    finally:
        engine.dispose()


def _refuse_export(file: Path) -> None:
    """A sound export is not called a damaged database."""
    with file.open("rb") as content:
        is_lines = content.read(1) == b"{"
    if is_lines or is_zipfile(file):
        raise StoreError(
            f"{file} is no database of a desk.",
            "Choose the folder or the database of the desk. "
            "Of an export only reports are made, as pdf or html.",
        )


def _edition(file: Path) -> tuple[int, int]:
    """When a file was last written (ns since 1970), and its size; (0, 0) once it is gone."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _refuse_changed(file: Path, uri: str, before: tuple[int, int]) -> None:
    """What is opened with locks shows one state to the end; without, a change looks like damage."""
    if uri.endswith(_UNLOCKED) and _edition(file) != before:
        raise StoreError(
            f"{file} was written to while it was read: its desk was opened.",
            "Do it again.",
            "Nothing that was read of it counts.",
        )


def _unreadable(file: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{file} cannot be read: {_cause(error)}.", "Keep it as it is, and read a backup instead."
    )


def _cause(error: Exception) -> object:
    return getattr(error, "orig", None) or error


def read_only(file: Path) -> str:
    """The file as a SQLite URI. With no writer about, it is opened without even a lock file."""
    unused = not file.with_name(file.name + "-wal").exists()
    return f"file:{quote(str(file.absolute()))}?mode=ro{_UNLOCKED if unused else ''}"
