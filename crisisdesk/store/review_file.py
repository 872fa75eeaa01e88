"""What a review reads of a desk's database besides the log: its mentions, and entries by words."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import Text, cast, func, or_, select, text

from crisisdesk.model.audit import Entry, Opening
from crisisdesk.model.errors import BadInput
from crisisdesk.model.heard import HeardThen
from crisisdesk.model.mention import LABELS, Label
from crisisdesk.rules.jsonl import read_lines
from crisisdesk.store.reading import LogFile
from crisisdesk.store.schema import log_entry, opening

MINUTE_MS = 60_000
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
NEEDS = 20
BATCH = 5_000

_BODIES = "SELECT seq, body FROM log_entry WHERE seq > :after ORDER BY seq LIMIT :batch"
_MINUTES = (
    "SELECT received_at / 60000, count(*) FROM mention GROUP BY received_at / 60000 ORDER BY 1"
)
_HAS_MENTIONS = "SELECT 1 FROM sqlite_master WHERE name = 'mention'"
_TABLES = (
    "CREATE TABLE log_entry (seq INTEGER PRIMARY KEY, prev, hash, body)",
    "CREATE TABLE opening (seq, commitment, key, words, redacted, PRIMARY KEY (seq, commitment))",
)
_ENTRY = "INSERT OR REPLACE INTO log_entry VALUES (?, ?, ?, ?)"
_OPENING = "INSERT OR REPLACE INTO opening VALUES (?, ?, ?, ?, ?)"
_NEEDS = (
    "SELECT received_at, coalesce(nullif(author_name, ''), author), text FROM mention"
    " WHERE (labels & :need) <> 0 AND received_at <= :at ORDER BY id DESC LIMIT :most"
)


def bodies(log: LogFile, after: int) -> list[tuple[int, bytes]]:
    """The next entries as (number, body); none at the end."""
    rows = log.connection.execute(text(_BODIES), {"after": after, "batch": BATCH})
    return log.with_words([(row[0], bytes(row[1])) for row in rows])


def found(
    log: LogFile, words: str, actions: Sequence[str], before: int, limit: int
) -> list[tuple[int, bytes]]:
    """Entries before a number that hold these words and one of these beginnings of an action,
    newest first. Nothing given is no condition."""
    body = func.lower(cast(log_entry.c.body, Text))
    query = select(log_entry.c.seq, log_entry.c.body).where(log_entry.c.seq < before)
    if words:
        spellings = _spellings(words)
        places = [func.instr(body, each) > 0 for each in spellings]
        if log.has_openings:
            said = func.lower(opening.c.words)
            beside = or_(*(func.instr(said, each) > 0 for each in spellings))
            places.append(log_entry.c.seq.in_(select(opening.c.seq).where(beside)))
        query = query.where(or_(*places))
    if actions:
        query = query.where(or_(*(func.instr(body, f'"action":"{each}') > 0 for each in actions)))
    rows = log.connection.execute(query.order_by(log_entry.c.seq.desc()).limit(limit))
    return log.with_words([(row[0], bytes(row[1])) for row in rows])


def _spellings(words: str) -> list[str]:
    """How these words may stand in what SQLite has made small: it knows the letters of ASCII only.
    What no text can hold is looked for as something like it, and so not found."""
    plain = words.encode(errors="replace").decode()
    tried = (plain, plain.lower(), plain.upper(), plain.title())
    return [*dict.fromkeys(each.translate(_SMALL) for each in tried)]


def per_minute(log: LogFile) -> list[tuple[int, int]]:
    """How many mentions came in each minute that had any, as (ms since 1970 UTC, number)."""
    if not log.connection.execute(text(_HAS_MENTIONS)).first():
        return []
    rows = log.connection.execute(text(_MINUTES))
    return [(int(row[0]) * MINUTE_MS, row[1]) for row in rows]


def heard_by(log: LogFile, at_ms: int) -> HeardThen:
    """What the public had said by a moment."""
    if not log.connection.execute(text(_HAS_MENTIONS)).first():
        return HeardThen(0, {}, ())
    sums = ", ".join(f"sum((labels & {each.value}) <> 0)" for each in LABELS)
    query = f"SELECT count(*), {sums} FROM mention WHERE received_at <= :at"  # noqa: S608
    row = log.connection.execute(text(query), {"at": at_ms}).one()
    names = [each.words[0] for each in LABELS]
    needs = log.connection.execute(
        text(_NEEDS), {"at": at_ms, "need": Label.NEED.value, "most": NEEDS}
    )
    return HeardThen(
        total=row[0],
        counts={name: int(each or 0) for name, each in zip(names, row[1:], strict=True)},
        needs=tuple((each[0], each[1], each[2]) for each in needs),
    )


def as_database(export: Path, file: Path) -> Path:
    """Put an export into a database, to be read like a desk's. What is damaged ends it early."""
    made = sqlite3.connect(file)
    try:
        with made, export.open("rb") as lines:
            for statement in _TABLES:
                made.execute(statement)
            apart: list[tuple[Any, ...]] = []
            made.executemany(_ENTRY, _rows(lines, apart))
            made.executemany(_OPENING, apart)
    finally:
        made.close()
    return file


def _rows(
    lines: Iterable[bytes], apart: list[tuple[Any, ...]]
) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """The entries; what lies beside them is put `apart`."""
    try:
        for each in read_lines(lines):
            if isinstance(each, Entry):
                yield each.seq, each.prev, each.hash, each.body
            elif isinstance(each, Opening):
                apart.append((each.seq, each.commitment, each.key, each.words, each.redacted))
    except BadInput:
        return  # the verifier names the damage; what stands before it can be read
