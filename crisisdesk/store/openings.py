"""The words that lie beside the chain: put there with their entry, read with it, taken away."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, func, or_, select, text, update

from crisisdesk.model.audit import Opening
from crisisdesk.rules.commitments import has_commitments, read_with, stub
from crisisdesk.store.schema import log_entry, opening

Body = tuple[int, bytes]
"""An entry's number and its body."""

_COLUMNS = (
    opening.c.seq,
    opening.c.commitment,
    opening.c.key,
    opening.c.words,
    opening.c.redacted,
)


class Openings:
    """Words within one transaction, or in a log file that is only read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, seq: int) -> list[Opening]:
        """Everything that lies beside one entry."""
        return list(self._where(opening.c.seq == seq))

    def rows(self) -> Iterator[Opening]:
        """Everything, in order of the entries, streamed."""
        yield from self._where(opening.c.seq > 0)

    def between(self, first: int, last: int) -> dict[bytes, str]:
        """The words beside these entries, by commitment."""
        query = select(opening.c.commitment, opening.c.words).where(
            opening.c.seq.between(first, last)
        )
        return {bytes(row[0]): row[1] for row in self._connection.execute(query)}

    def holds(self, words: str) -> bool:
        """Whether any entry has exactly these words beside it, or in it, as old ones may."""
        beside = select(opening.c.seq).where(opening.c.words == words).limit(1)
        within = select(log_entry.c.seq).where(self._holds(words)).limit(1)
        found = (self._connection.execute(each).first() for each in (beside, within))
        return any(each is not None for each in found)

    def _holds(self, words: str) -> ColumnElement[bool] | TextClause:
        if self._connection.dialect.name == "sqlite":
            return func.instr(log_entry.c.body, words.encode()) > 0
        return text("position(:words in body) > 0").bindparams(words=words.encode())

    def repeating(self, texts: Sequence[str]) -> list[int]:
        """The entries beside which any of these texts stands, as a whole or within more."""
        places = [func.strpos(opening.c.words, each) > 0 for each in texts]
        if self._connection.dialect.name == "sqlite":
            places = [func.instr(opening.c.words, each) > 0 for each in texts]
        query = select(opening.c.seq).where(or_(*places)).distinct().order_by(opening.c.seq)
        return list(self._connection.scalars(query))

    def redact(self, seq: int, commitment: bytes, redacted: int) -> None:
        """Put a stub in the place of words and their key; entry `redacted` accounts for it."""
        self._connection.execute(
            update(opening)
            .where(opening.c.seq == seq, opening.c.commitment == commitment)
            .values(key=b"", words=stub(redacted), redacted=redacted)
        )

    def _where(self, condition: Any) -> Iterator[Opening]:
        query = select(*_COLUMNS).where(condition).order_by(*_COLUMNS[:2])
        for seq, commitment, key, words, redacted in self._connection.execute(query):
            yield Opening(seq, bytes(commitment), bytes(key), words, redacted)


def with_words(
    batch: Sequence[Body], between: Callable[[int, int], dict[bytes, str]]
) -> list[Body]:
    """The same entries with their words put back in, for reading."""
    apart = [seq for seq, body in batch if _commits(body)]
    if not apart:
        return list(batch)
    words = between(min(apart), max(apart))
    return [(seq, read_with(body, words) if _commits(body) else body) for seq, body in batch]


def _commits(body: object) -> bool:
    """A damaged row may hold anything; it is shown as it is, and the verifier names it."""
    return isinstance(body, bytes) and has_commitments(body)
