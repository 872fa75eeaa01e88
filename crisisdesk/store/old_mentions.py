"""Finding and removing mentions that were kept long enough. What the log names stays for ever."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, text

from crisisdesk.store.mentions import LANES, Mentions
from crisisdesk.store.schema import mention

_NAMED = re.compile(rb'"subject":"mention (\d+)"')
_SQLITE_NAMING = (
    "SELECT seq, body FROM log_entry WHERE seq > :after "
    'AND instr(body, CAST(\'"subject":"mention \' AS BLOB)) > 0'
)
_PG_NAMING = (
    "SELECT seq, body FROM log_entry WHERE seq > :after "
    'AND position(\'"subject":"mention \'::bytea in body) > 0'
)
_UNINDEX = "INSERT INTO mention_fts (mention_fts, rowid, text, author_name) VALUES ('delete',?,?,?)"
_SQLITE_MOST = 500
"""Ids one statement takes; SQLite refuses more than some thousand marks."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step did: the last id it looked at, and how many it removed."""

    last_id: int
    removed: int


class OldMentions:
    """Old mentions within one transaction."""

    def __init__(self, connection: Connection, mentions: Mentions) -> None:
        self._connection = connection
        self._mentions = mentions
        self._sqlite = connection.dialect.name == "sqlite"

    def named_in_log(self, after_seq: int = 0) -> set[int]:
        """The mentions that entries after this number are about."""
        statement = text(_SQLITE_NAMING if self._sqlite else _PG_NAMING)
        found: set[int] = set()
        for row in self._connection.execute(statement, {"after": after_seq}):
            match = _NAMED.search(bytes(row.body))
            if match:
                found.add(int(match.group(1)))
        return found

    def end(self, before_ms: int) -> int:
        """The id up to which mentions came in before a moment, itself not included.

        The newest mention is never among them: its id would be given again. Ids rise with time,
        so a few looks find the place among millions.
        """
        newest = self._connection.scalar(select(func.max(mention.c.id))) or 0
        low, high = 0, newest
        while low < high:
            middle = (low + high) // 2
            row = self._first_from(middle + 1)
            if row is None or row[1] >= before_ms or row[0] >= newest:
                high = middle
            else:
                low = row[0]
        return min(low + 1, newest)

    def _first_from(self, mention_id: int) -> tuple[int, int] | None:
        """(id, when it came in)."""
        query = select(mention.c.id, mention.c.received_at).where(mention.c.id >= mention_id)
        row = self._connection.execute(query.order_by(mention.c.id).limit(1)).first()
        return (row.id, row.received_at) if row else None

    def count(self, end: int, kept: set[int]) -> int:
        """How many mentions stand before `end`, without those that are kept."""
        everything = self._connection.scalar(
            select(func.count()).select_from(mention).where(mention.c.id < end)
        )
        ids = sorted(each for each in kept if each < end)
        parts = (ids[at : at + _SQLITE_MOST] for at in range(0, len(ids), _SQLITE_MOST))
        there = sum(self._how_many(part) for part in parts)
        return (everything or 0) - there

    def _how_many(self, ids: Sequence[int]) -> int:
        query = select(func.count()).select_from(mention).where(mention.c.id.in_(ids))
        return self._connection.scalar(query) or 0

    def remove(self, after: int, end: int, before_ms: int, kept: set[int], most: int) -> Batch:
        """Remove the next old ones after an id, from the search index and the counts too."""
        query = select(mention).where(mention.c.id > after, mention.c.id < end)
        rows = list(self._connection.execute(query.order_by(mention.c.id).limit(most)))
        if not rows:
            return Batch(end, 0)
        old = [row for row in rows if self._may_go(row, before_ms, kept)]
        if old:
            self._unindex(old)
            ids = [row.id for row in old]
            self._connection.execute(delete(mention).where(mention.c.id.in_(ids)))
            self._mentions.count_out(dict(_lost(old)))
        return Batch(rows[-1].id, len(old))

    def _may_go(self, row: Row[Any], before_ms: int, kept: set[int]) -> bool:
        """A clock that was wrong may have spoilt the order, so each is looked at by itself."""
        return row.received_at < before_ms and row.id not in kept and not row.handled_by

    def _unindex(self, rows: Sequence[Row[Any]]) -> None:
        """The index forgets a row only when told what it holds. PostgreSQL does it by itself."""
        if self._sqlite:
            words = [(row.id, row.text, row.author_name) for row in rows]
            self._connection.exec_driver_sql(_UNINDEX, words)


def _lost(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, tuple[int, int]]]:
    for lane, label in LANES.items():
        inside = [row for row in rows if not label or row.labels & label.value]
        yield lane, (len(inside), sum(not row.handled_by for row in inside))
