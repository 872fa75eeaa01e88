"""Intake: bytes to judged, searchable rows, against the bare storing of the same rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crisisdesk.rules.triage import Rules
from crisisdesk.services.intake import Intake
from crisisdesk.sources.replay import replay
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from tests.benchmarks.measuring import (
    Measure,
    Size,
    open_database,
    ratios,
    seconds,
    settled_memory,
)
from tests.benchmarks.posts import are_real, posts, watch_terms

POSTS = 50_000
BATCH = 1000
TERMS = 500
_MENTION = "INSERT INTO mention VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_SEARCH = "INSERT INTO mention_fts (rowid, text, author_name) VALUES (?,?,?)"


def measure_ingest(size: Size) -> Iterator[Measure]:
    """ingest_vs_store and posts_per_second."""
    number = size.of(POSTS)
    with TemporaryDirectory(prefix="crisisdesk-bench-") as name:
        folder = Path(name)
        file = folder / "posts.jsonl"
        file.write_bytes(b"\n".join(posts(number)))
        rows = _finished_rows(folder, file)
        with settled_memory():
            pairs = ratios(size.runs, lambda: _store(folder, rows), lambda: _ingest(folder, file))
    notes = {"posts": len(rows), "real_posts": are_real(), "watch_terms": TERMS}
    yield Measure("ingest_vs_store", [store / ours for store, ours in pairs], ">=", 0.5, notes)
    rates = [len(rows) / ours for _, ours in pairs]
    yield Measure("posts_per_second", rates, ">=", 10_000)


def fill(database: Database, file: Path) -> Intake:
    """Take in a whole file as the program does."""
    intake = Intake(database, Rules(watch_terms(TERMS)), Bus(), lambda: datetime.now(UTC))
    lines = replay(file, lambda: datetime.now(UTC))
    while chunk := list(islice(lines, BATCH)):
        intake.accept([line.item for line in chunk if line.item])
    return intake


def _ingest(folder: Path, file: Path) -> float:
    with TemporaryDirectory(dir=folder) as home, closing(open_database(Path(home))) as database:
        return seconds(lambda: fill(database, file))


def _finished_rows(folder: Path, file: Path) -> list[tuple[Any, ...]]:
    """What the pipeline makes of the file, column for column."""
    with TemporaryDirectory(dir=folder) as home, closing(open_database(Path(home))) as database:
        fill(database, file)
        with closing(sqlite3.connect(Path(home) / "desk.db")) as connection:
            return connection.execute("SELECT * FROM mention ORDER BY id").fetchall()


def _store(folder: Path, rows: Sequence[tuple[Any, ...]]) -> float:
    """The same rows into the same empty tables, as durably and in batches as large."""
    with TemporaryDirectory(dir=folder) as home:
        open_database(Path(home)).close()
        with closing(sqlite3.connect(Path(home) / "desk.db", isolation_level=None)) as connection:
            for pragma in ("synchronous=FULL", "wal_autocheckpoint=8000", "cache_size=-32000"):
                connection.execute(f"PRAGMA {pragma}")
            return seconds(lambda: _insert(connection, rows))


def _insert(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_MENTION, batch)
        connection.executemany(_SEARCH, [(row[0], row[5], row[4]) for row in batch])
        connection.execute("COMMIT")
