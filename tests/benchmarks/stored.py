"""Many stored mentions in little time: some are taken in as ever, the rest copied in SQL."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.config import DATABASE_NAME
from crisisdesk.model.mention import Item
from crisisdesk.rules.triage import Rules
from crisisdesk.services.intake import Intake
from crisisdesk.system.bus import Bus
from tests.benchmarks.measuring import open_database
from tests.benchmarks.posts import said

BATCH = 1000
FIRST = 20_000
"""So many are judged; their copies differ in their ids."""


def store(folder: Path, number: int) -> None:
    """A desk's database with so many mentions of today."""
    database = open_database(folder)
    intake = Intake(database, Rules(("weir",)), Bus(), lambda: datetime.now(UTC))
    new = items(min(number, FIRST), "stored")
    for start in range(0, len(new), BATCH):
        intake.accept(new[start : start + BATCH])
    database.close()
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        _copy(connection, number)


def items(number: int, name: str) -> list[Item]:
    """So many posts, said just now; `name` keeps them apart from others."""
    now = int(time.time() * 1000)
    return [
        Item("mastodon", f"{name}-{each.id}", each.text, now, "ann", "Ann Public")
        for each in said(number)
    ]


def _copy(connection: sqlite3.Connection, number: int) -> None:
    columns = [row[1] for row in connection.execute("PRAGMA table_info(mention)")]
    changed = {"id": "id + :shift", "ext_id": "ext_id || '~' || :shift"}
    picked = ", ".join(changed.get(name, name) for name in columns)
    (first,) = connection.execute("SELECT max(id) FROM mention").fetchone()
    for shift in range(first, number, first):
        values = {"shift": shift, "first": min(first, number - shift)}
        connection.execute(
            f"INSERT INTO mention ({', '.join(columns)}) "
            f"SELECT {picked} FROM mention WHERE id <= :first",
            values,
        )
        connection.execute(
            "INSERT INTO mention_fts (rowid, text, author_name) "
            "SELECT id, text, author_name FROM mention WHERE id > :shift",
            values,
        )
    share = max(1.0, number / first)
    connection.execute(
        "UPDATE lane_count SET stored = CAST(stored * ? AS INT), open = CAST(open * ? AS INT)",
        (share, share),
    )
    connection.commit()
