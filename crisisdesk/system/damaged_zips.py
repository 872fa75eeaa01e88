"""Zips that others made: what a damaged one raises, and what none of ours would do."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from crisisdesk.model.errors import BadInput

DAMAGED_ZIP = (
    *(BadZipFile, LZMAError, zlib.error),
    *(EOFError, OSError, RuntimeError, UnicodeError, ValueError),
)
"""RuntimeError is also what an encrypted zip raises, and one packed in an unknown way."""

TIMES_ITS_SIZE = 200
"""A log is full of hashes: it never packs to a twentieth."""

ALWAYS = 20_000_000
"""Bytes that any zip may unpack to."""


def opened_zip(file: Path) -> ZipFile:
    """A zip to be read. Raises what is DAMAGED_ZIP, also for one that unpacks to so much that it
    was made to fill a memory or a disk."""
    archive = ZipFile(file)
    size = sum(each.file_size for each in archive.infolist())
    if size > ALWAYS + TIMES_ITS_SIZE * file.stat().st_size:
        archive.close()
        raise BadZipFile(f"it unpacks to {size // 1_000_000:,} MB")
    return archive


@contextmanager
def whole_zip(file: Path) -> Iterator[ZipFile]:
    """A zip to be read. Raises BadInput for a damaged one, also where only reading shows it."""
    try:
        with opened_zip(file) as archive:
            yield archive
    except DAMAGED_ZIP as error:
        raise BadInput(f"{file} is damaged: {error}.", "Ask for an undamaged copy.") from error
