"""Mentions in the database: batches in, pages and searches out, always newest first.

Pages are cut by id, never by offset; search results come in order of id, because ordering them by
time or rank costs hundreds of times more on a million rows.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from crisisdesk.model.mention import LABELS, Judgement, Label, Mention, Rejudged
from crisisdesk.rules.normal import words_of
from crisisdesk.store.schema import lane_count, mention

ALL = "all"
LANES: dict[str, Label] = {ALL: Label.NONE} | {
    label.name.lower(): label for label in LABELS if label.name
}

SHORTEST_BEGINNING = 3
STEP = 1000
"""Rows read at once where many are wanted."""

_INSERT = (
    "INSERT INTO mention (id, source, ext_id, author, author_name, text, url, posted_at,"
    " received_at, labels, urgency, reasons, repeats) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_INDEX = "INSERT INTO mention_fts (rowid, text, author_name) VALUES (?,?,?)"
_KNOWN = "SELECT ext_id FROM mention WHERE source = ? AND ext_id IN "
_COLUMNS = (
    "id", "source", "ext_id", "author", "author_name", "text", "url", "posted_at",
    "received_at", "labels", "urgency", "reasons", "repeats",
)  # fmt: skip

NewRow = tuple[int, str, str, str, str, str, str, int, int, int, int, str, int]
"""(id, source, ext_id, author, author_name, text, url, posted_at, received_at, labels, urgency,
reasons as JSON, repeats)."""


class Mentions:
    """Mentions within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def next_id(self) -> int:
        """The id for the next new mention; ids rise in the order of arrival."""
        return (self._connection.scalar(select(func.max(mention.c.id))) or 0) + 1

    def known(self, source: str, ext_ids: Sequence[str]) -> set[str]:
        """Which of these a source has already given us."""
        if self._sqlite:  # the driver takes a quarter of the time SQLAlchemy needs for the list
            marks = ",".join("?" * len(ext_ids))
            rows = self._connection.exec_driver_sql(_KNOWN + f"({marks})", (source, *ext_ids))
            return {row[0] for row in rows}
        query = select(mention.c.ext_id).where(
            mention.c.source == source, mention.c.ext_id.in_(ext_ids)
        )
        return set(self._connection.scalars(query))

    def add(self, rows: Sequence[NewRow]) -> None:
        """Store a batch with its search index. Ids come from `next_id` upwards."""
        if not rows:
            return
        if self._sqlite:
            self._connection.exec_driver_sql(_INSERT, rows)
            self._connection.exec_driver_sql(_INDEX, [(row[0], row[5], row[4]) for row in rows])
        else:
            batch = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
            self._connection.execute(insert(mention), batch)

    def count_in(self, added: dict[str, int]) -> None:
        """Raise the lane counters by so many new mentions."""
        for lane, number in added.items():
            self._move_counts(lane, number, number)

    def count_out(self, removed: dict[str, tuple[int, int]]) -> None:
        """Lower the lane counters by (removed, of them open) mentions."""
        for lane, (number, still_open) in removed.items():
            self._move_counts(lane, -number, -still_open)

    def counts(self) -> dict[str, tuple[int, int]]:
        """For each lane how many mentions are stored, and how many nobody has handled."""
        rows = self._connection.execute(select(lane_count))
        return {row.lane: (row.stored, row.open) for row in rows}

    def get(self, mention_id: int) -> Mention | None:
        """One mention by its id."""
        row = self._connection.execute(select(mention).where(mention.c.id == mention_id)).first()
        return _read(row) if row else None

    def several(self, mention_ids: Sequence[int]) -> list[Mention]:
        """These mentions, in no order."""
        query = select(mention).where(mention.c.id.in_(mention_ids))
        return [_read(row) for row in self._connection.execute(query)]

    def page(self, lane: str = ALL, before: int | None = None, limit: int = 200) -> list[Mention]:
        """The newest mentions of a lane, or the newest ones older than the id `before`."""
        query = _in_lane(lane).order_by(mention.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(mention.c.id < before)
        return [_read(row) for row in self._connection.execute(query)]

    def newer(self, lane: str, after: int, limit: int = 200) -> list[Mention]:
        """The newest mentions of a lane that came after the id `after`, newest first."""
        query = _in_lane(lane).where(mention.c.id > after)
        query = query.order_by(mention.c.id.desc()).limit(limit)
        return [_read(row) for row in self._connection.execute(query)]

    def search(self, query: str, before: int | None = None, limit: int = 50) -> list[Mention]:
        """Mentions with all the words, newest first; three letters or more of the last word also
        count as the beginning of a longer one.
        """
        words = words_of(query.translate(_APOSTROPHES)).split()
        if not words:
            return []
        statement, match = (
            (_SQLITE_SEARCH, _fts(words)) if self._sqlite else (_PG_SEARCH, _ts(words))
        )
        bounds = {"match": match, "before": before or 2**62, "limit": limit}
        ids = list(self._connection.scalars(text(statement), bounds))
        rows = self._connection.execute(select(mention).where(mention.c.id.in_(ids)))
        return sorted((_read(row) for row in rows), key=lambda each: -each.id)

    def texts_since(self, since_ms: int, most: int) -> Iterator[str]:
        """The texts that came in since a moment, newest first, at most so many."""
        before = 2**62
        while most > 0:
            query = select(mention.c.id, mention.c.text, mention.c.received_at)
            query = query.where(mention.c.id < before).order_by(mention.c.id.desc())
            rows = list(self._connection.execute(query.limit(min(most, STEP))))
            yield from (row.text for row in rows if row.received_at >= since_ms)
            if not rows or rows[-1].received_at < since_ms:
                return
            before, most = rows[-1].id, most - len(rows)

    def posted_since(self, since_ms: int) -> list[int]:
        """When each mention since a moment was posted, in ms since 1970, in order."""
        query = select(mention.c.posted_at).where(mention.c.posted_at >= since_ms)
        return list(self._connection.scalars(query.order_by(mention.c.posted_at)))

    def repeats_of(self, mention_id: int) -> int:
        """How many later mentions repeat this one's words."""
        query = select(func.count()).where(
            mention.c.repeats == mention_id, mention.c.id > mention_id
        )
        return self._connection.scalar(query) or 0

    def judgements(self, mention_ids: Sequence[int]) -> dict[int, Judgement]:
        """What holds of these mentions, which nobody else can change before this one commits."""
        query = select(mention).where(mention.c.id.in_(mention_ids)).order_by(mention.c.id)
        rows = self._connection.execute(query.with_for_update())
        return {row.id: _read(row).judgement for row in rows}

    def rejudge(self, changes: Sequence[Rejudged]) -> None:
        """Store new judgements, and count the lanes anew. They were read in this transaction."""
        values = [
            {
                "this": each.mention_id,
                "labels": each.after.labels.value,
                "reasons": orjson.dumps(each.after.reasons).decode(),
                "handled_by": each.after.handled_by,
            }
            for each in changes
        ]
        self._connection.execute(update(mention).where(mention.c.id == bindparam("this")), values)
        for lane, label in LANES.items():
            self._move_counts(
                lane, _gained(changes, label, _is_in), _gained(changes, label, _is_open)
            )

    def _move_counts(self, lane: str, stored: int, still_open: int) -> None:
        if stored or still_open:
            self._connection.execute(
                update(lane_count)
                .where(lane_count.c.lane == lane)
                .values(stored=lane_count.c.stored + stored, open=lane_count.c.open + still_open)
            )


def _is_in(judgement: Judgement, label: Label) -> bool:
    """Whether it stands in this label's lane; everything stands in the lane without one."""
    return not label or label in judgement.labels


def _is_open(judgement: Judgement, label: Label) -> bool:
    return _is_in(judgement, label) and not judgement.handled_by


def _gained(
    changes: Sequence[Rejudged], label: Label, holds: Callable[[Judgement, Label], bool]
) -> int:
    return sum(holds(each.after, label) - holds(each.before, label) for each in changes)


_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`", " "))
"""Both search indexes part words here: "can't" stands in them as "can" and "t"."""

_SQLITE_SEARCH = (
    "SELECT rowid FROM mention_fts WHERE mention_fts MATCH :match AND rowid < :before "
    "ORDER BY rowid DESC LIMIT :limit"
)
_PG_SEARCH = (
    "SELECT id FROM mention WHERE words @@ to_tsquery('simple', :match) AND id < :before "
    "ORDER BY id DESC LIMIT :limit"
)


def _fts(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' for word in words) + ("*" if _begins(words) else "")


def _ts(words: Sequence[str]) -> str:
    return " & ".join(words) + (":*" if _begins(words) else "")


def _begins(words: Sequence[str]) -> bool:
    """One or two letters begin so many words that finding them all takes 100 times as long."""
    return len(words[-1]) >= SHORTEST_BEGINNING


def _in_lane(lane: str) -> Select[Any]:
    """The bit is written out, not bound: only so does SQLite use the lane's partial index."""
    query = select(mention)
    label = LANES[lane]
    return query.where(literal_column(f"(labels & {label.value}) <> 0")) if label else query


def _read(row: Row[Any]) -> Mention:
    return Mention(
        id=row.id,
        source=row.source,
        ext_id=row.ext_id,
        author=row.author,
        author_name=row.author_name,
        text=row.text,
        url=row.url,
        posted_at=row.posted_at,
        received_at=row.received_at,
        labels=Label(row.labels),
        urgency=row.urgency,
        reasons=tuple(orjson.loads(row.reasons)),
        repeats=row.repeats,
        handled_by=row.handled_by,
    )
