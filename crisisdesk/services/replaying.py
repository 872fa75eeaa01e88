"""Replaying: a log opened to be looked at, from its first entry to its last. It is only read."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from crisisdesk.config import DATABASE_NAME
from crisisdesk.model.errors import BadInput
from crisisdesk.model.heard import HeardThen
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.replay import Replay
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.review_file import as_database, bodies, found, heard_by, per_minute
from crisisdesk.system.damaged_zips import DAMAGED_ZIP, opened_zip

PAGE = 200
FIRST = 1 << 62
"""Before this number stands every entry."""


class Replaying:
    """One log, of a desk that may be running meanwhile, or of an export. Close it when done.

    A database is read where it lies, in one short read after another: SQLite shows each of them a
    state that was whole. An export is put into a database of its own first.
    """

    def __init__(self, path: Path) -> None:
        self._folder: Path | None = None
        try:
            self._file = self._prepared(path / DATABASE_NAME if path.is_dir() else path)
        except BadInput:
            self.close()
            raise

    def _prepared(self, file: Path) -> Path:
        try:
            with file.open("rb") as content:
                first = content.read(1)
            if first != b"{" and not is_zipfile(file):
                return file
            self._folder = Path(tempfile.mkdtemp(prefix="crisisdesk-review-"))
            export = file if first == b"{" else _log_of(file, self._folder)
        except DAMAGED_ZIP as error:
            words = getattr(error, "strerror", None) or error
            raise BadInput(f"{file} cannot be read: {words}.", "Check its name.") from error
        return as_database(export, self._folder / DATABASE_NAME)

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """(number, body) of every entry, in order."""
        read_to = 0
        with open_log_file(self._file) as log:
            while batch := bodies(log, read_to):
                yield from batch
                read_to = batch[-1][0]

    def load(self, told: Callable[[Replay], None] = lambda _: None) -> Replay:
        """Read the whole log; `told` gets what is read so far, again and again."""
        replay, read_to = Replay(), 0
        with open_log_file(self._file) as log:
            while batch := bodies(log, read_to):
                replay.read(batch)
                read_to = batch[-1][0]
                told(replay)
        return replay

    def entries(
        self, words: str = "", actions: Sequence[str] = (), before: int = FIRST, limit: int = PAGE
    ) -> list[dict[str, Any]]:
        """Entries as dicts with their number under "seq", newest first: those that hold the words,
        and whose action begins with one of these."""
        with open_log_file(self._file) as log:
            rows = found(log, words.strip(), actions, before, limit)
        return [readable(*row) for row in rows]

    def heard(self, at_ms: int) -> HeardThen:
        """What the public had said by a moment; nothing of an export, which holds no mentions."""
        with open_log_file(self._file) as log:
            return heard_by(log, at_ms)

    def per_minute(self) -> list[tuple[int, int]]:
        """How many mentions came in each minute that had any."""
        with open_log_file(self._file) as log:
            return per_minute(log)

    def close(self) -> None:
        """Remove what was made for reading."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _log_of(bundle: Path, folder: Path) -> Path:
    """The log of a bundle, copied out of it. Raises BadInput or what is DAMAGED_ZIP."""
    with opened_zip(bundle) as packed:
        found = [each for each in packed.namelist() if each.endswith("/log.jsonl")]
        if len(found) != 1:
            raise BadInput("This zip is no bundle of a log.", "Choose another file.")
        out = folder / "log.jsonl"
        with packed.open(found[0]) as content, out.open("wb") as file:
            shutil.copyfileobj(content, file)
    return out
