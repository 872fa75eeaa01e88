"""Appending to the log and reading it back. Entries cannot be changed: the database refuses."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, insert, select

from crisisdesk.model.audit import Checkpoint, Entry, Signer, Stamp
from crisisdesk.model.moment import iso
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash
from crisisdesk.rules.checkpoints import HASH_BYTES, Claims, names_root, of_columns, seal
from crisisdesk.rules.commitments import committed
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.merkle import Frontier
from crisisdesk.store.openings import Openings, with_words
from crisisdesk.store.schema import checkpoint, log_entry

SEAL_EVERY = 100
"""Entries between two checkpoints when nothing weighty happens."""

STREAM_ROWS = 2000

_LAST = "SELECT seq, hash FROM log_entry ORDER BY seq DESC LIMIT 1"
_APPEND = "INSERT INTO log_entry (seq, prev, hash, body) VALUES (?, ?, ?, ?)"
_APART = "INSERT INTO opening (seq, commitment, key, words) VALUES (?, ?, ?, ?)"
_ROWS = "SELECT seq, prev, hash, body FROM log_entry WHERE seq > ? ORDER BY seq"
_HASHES = "SELECT hash FROM log_entry WHERE seq > ? ORDER BY seq"
_SEALED = "SELECT seq, note, peaks FROM checkpoint ORDER BY seq DESC LIMIT 1"
_CHECKPOINT = (
    checkpoint.c.seq,
    checkpoint.c.hash,
    checkpoint.c.origin,
    checkpoint.c.public_key,
    checkpoint.c.signature,
    checkpoint.c.note,
)
_PLACEHOLDER = {"qmark": "?", "pyformat": "%s"}


def driver_cursor(connection: Connection) -> Any:
    """A cursor of the driver below, in the same transaction.

    The log is appended on every change of state; SQLAlchemy's execution layer would cost it more
    than the disk does.
    """
    return connection.connection.cursor()


class Log:
    """The log within one transaction."""

    def __init__(self, connection: Connection, stamp: Stamp, signer: Signer | None) -> None:
        self._connection = connection
        self._stamp = stamp
        self._signer = signer
        self._cursor = driver_cursor(connection)
        place = _PLACEHOLDER[connection.dialect.paramstyle]
        self._append, self._apart, self._rows, self._hashes = (
            each.replace("?", place) for each in (_APPEND, _APART, _ROWS, _HASHES)
        )
        self.openings = Openings(connection)
        self._head: tuple[int, bytes] | None = None
        self._weighty = False
        self._added = 0
        self.last_seq = 0
        self.sealed: list[Checkpoint] = []

    def append(
        self,
        action: str,
        *,
        actor: str,
        subject: str = "",
        detail: dict[str, Any] | None = None,
        occurred: str = "",
        weighty: bool = False,
    ) -> int:
        """Add one entry and return its number. `detail` holds texts, whole numbers, booleans
        and lists or dicts of them; `occurred` is RFC 3339 when it is not now; a `weighty` entry
        is sealed with a checkpoint in the same transaction.

        Words that people typed go beside the chain, which commits to them.
        """
        now = iso(self._stamp.now())
        kept, apart = committed(actor, detail or {}, self._stamp.new_key)
        body = canonical(
            {
                "action": action,
                "actor": actor,
                "at": now,
                "boot": self._stamp.boot,
                "desk": self._stamp.desk,
                "detail": kept,
                "mode": self._stamp.mode.value,
                "mono": self._stamp.monotonic_ms(),
                "occurred": occurred or now,
                "subject": subject,
            }
        )
        seq, prev = self.head()
        digest = entry_hash(seq + 1, prev, body)
        self._cursor.execute(self._append, (seq + 1, prev, digest, body))
        if apart:
            self._cursor.executemany(self._apart, [(seq + 1, *each) for each in apart])
        self._head = (seq + 1, digest)
        self._weighty = self._weighty or weighty
        self._added += 1
        self.last_seq = seq + 1
        return seq + 1

    def head(self) -> tuple[int, bytes]:
        """The number and hash of the last entry; (0, 32 zero bytes) before the first."""
        if self._head is None:
            self._cursor.execute(_LAST)
            row = self._cursor.fetchone()
            self._head = (row[0], bytes(row[1])) if row else (0, GENESIS)
        return self._head

    def seal_if_due(self) -> None:
        """Sign the head when something weighty was added, or a hundred entries stand unsigned."""
        before = self.last_seq - self._added
        if self._weighty or before // SEAL_EVERY < self.last_seq // SEAL_EVERY:
            self.seal()

    def seal(self) -> Checkpoint | None:
        """Sign the head now; None without a key, without entries or when it is signed already."""
        seq, head = self.head()
        sealed_to, tree = self._sealed_tree()
        if not self._signer or sealed_to >= seq:
            return None
        tree = self._grown(tree)
        claims = Claims(
            desk=self._stamp.desk,
            size=seq,
            root=tree.root(),
            head=head,
            at=iso(self._stamp.now()),
            mode=self._stamp.mode,
        )
        signed = seal(claims, self._signer)
        self._connection.execute(
            insert(checkpoint),
            {
                "seq": signed.seq,
                "hash": signed.hash,
                "origin": signed.origin,
                "public_key": signed.public_key,
                "signature": signed.signature,
                "note": signed.note,
                "peaks": b"".join(tree.peaks),
            },
        )
        self.sealed.append(signed)
        return signed

    def _sealed_tree(self) -> tuple[int, Frontier]:
        """The last signed entry, and the Merkle tree as it was kept then.

        The tree is empty, so that all is hashed again, where it does not make the root that was
        signed.
        """
        self._cursor.execute(_SEALED)
        seq, note, peaks = self._cursor.fetchone() or (0, "", b"")
        content = bytes(peaks or b"")
        starts = range(0, len(content), HASH_BYTES)
        tree = Frontier(seq, tuple(content[at : at + HASH_BYTES] for at in starts))
        fits = len(tree.peaks) == tree.size.bit_count() and names_root(note, tree.root())
        return seq, tree if fits else Frontier()

    def _grown(self, tree: Frontier) -> Frontier:
        """The tree over all entries, from one over the first of them."""
        self._cursor.execute(self._hashes, (tree.size,))
        while batch := self._cursor.fetchmany(STREAM_ROWS):
            tree = tree.grown([bytes(row[0]) for row in batch])
        return tree

    def newest_checkpoint(self) -> Checkpoint | None:
        """The last signed head."""
        query = select(*_CHECKPOINT).order_by(checkpoint.c.seq.desc()).limit(1)
        row = self._connection.execute(query).first()
        return of_columns(*row) if row else None

    def rows(self, after: int = 0) -> Generator[tuple[int, bytes, bytes, bytes], None, None]:
        """Every entry after that number, in order, as (seq, prev, hash, body), streamed."""
        with closing(self._streaming_cursor()) as cursor:
            cursor.execute(self._rows, (after,))
            while batch := cursor.fetchmany(STREAM_ROWS):
                yield from batch

    def read(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Every entry after that number, in order, streamed; see `read_newest`."""
        batch: list[tuple[int, bytes]] = []
        for seq, _prev, _hash, body in self.rows(after):
            batch.append((seq, bytes(body)))
            if len(batch) == STREAM_ROWS:
                yield from self._readable(batch)
                batch = []
        yield from self._readable(batch)

    def read_newest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """The last entries as dicts for people to read: with the words that lie beside them, and
        their number under "seq". Newest first, optionally those before a number."""
        found = self.newest(limit, before)
        return self._readable([(each.seq, each.body) for each in found])

    def _readable(self, batch: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
        return [readable(*each) for each in with_words(batch, self.openings.between)]

    def _streaming_cursor(self) -> Any:
        """PostgreSQL keeps the rows on its side only for a cursor with a name."""
        if self._connection.dialect.name == "sqlite":
            return driver_cursor(self._connection)
        return self._connection.connection.cursor(name="log_rows")

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint kept with the log, in order."""
        rows = self._connection.execute(select(*_CHECKPOINT).order_by(checkpoint.c.seq))
        return [of_columns(*row) for row in rows]

    def newest(self, limit: int, before: int | None = None) -> list[Entry]:
        """The last entries, newest first, optionally those before a number."""
        query = select(log_entry).order_by(log_entry.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(log_entry.c.seq < before)
        return [Entry(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001
