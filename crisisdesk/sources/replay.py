"""Replaying a file of JSON lines, plain or gzipped: real traffic for rehearsal and for tests.

A line is an object with `id`, `text` and `created_at` (RFC 3339), and optionally `author`,
`author_name` and `url`. A bad line is named and skipped; it never ends the replay.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from crisisdesk.model.errors import BadInput
from crisisdesk.model.mention import Item
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.byte_mark import without_mark


class Line(msgspec.Struct, frozen=True, gc=False):
    """What a line may hold; anything else in it is passed over."""

    id: str | int
    text: str
    created_at: datetime | None = None
    author: str = ""
    author_name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be used."""

    number: int
    problem: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One good line, or what was wrong, with the bytes of the file read so far."""

    item: Item | None
    bad: BadLine | None
    offset: int


def replay(file: Path, now: Callable[[], datetime]) -> Iterator[Replayed]:
    """Read the file from its beginning. Raises BadInput when it cannot be opened or unpacked."""
    source = f"replay:{file.name}"
    decoder = msgspec.json.Decoder(Line)
    try:
        with file.open("rb") as raw, _unpacked(raw, file) as lines:
            for number, text in enumerate(without_mark(lines), 1):
                if not text.strip():
                    continue
                try:
                    item, bad = _item(decoder.decode(text), source, now), None
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    item, bad = None, BadLine(number, str(error))
                yield Replayed(item, bad, raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"{file} cannot be read: {words}.", "Check the file and its name."
        ) from error


def _unpacked(raw: IO[bytes], file: Path) -> AbstractContextManager[Iterable[bytes]]:
    return gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else nullcontext(raw)


def _item(line: Line, source: str, now: Callable[[], datetime]) -> Item:
    moment = line.created_at or now()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Item(
        source, str(line.id), line.text, to_ms(moment), line.author, line.author_name, line.url
    )
