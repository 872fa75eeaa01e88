"""A log that was read once and verified: what proofs of it are made of."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from crisisdesk.model.audit import Checkpoint
from crisisdesk.model.errors import BadInput, LogBroken
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import verify
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.merkle import Tree
from crisisdesk.store.openings import Body
from crisisdesk.store.reading import LogFile, Row

READ_AT_ONCE = 2_000
"""Entries whose words are put back in together."""


class WholeLog:
    """A log that was read once and verified: what its proofs are made of."""

    """Raises LogBroken when it does not verify: then nothing is to be made of it."""

    def __init__(self, log: LogFile) -> None:
        self.log = log
        self.first = b""
        self.checkpoints = log.checkpoints()
        hashes: list[bytes] = []
        self.report = log.with_words_judged(
            verify(self._kept(log.rows(), hashes), self.checkpoints)
        )
        if log.damage or not self.report.intact:
            words = log.damage or self.report.findings[0].words
            raise LogBroken(
                f"The log does not verify: {words}.",
                "Run crisisdesk log verify on the desk itself, and keep it as it is.",
                "Nothing was written: it would prove nothing.",
            )
        self.tree = Tree(hashes)

    def _kept(self, rows: Iterator[Row], hashes: list[bytes]) -> Iterator[Row]:
        for row in rows:
            self.first = self.first or row[3]
            hashes.append(row[2])
            yield row

    @property
    def origin(self) -> str:
        """The desk that signed last."""
        return self.checkpoints[-1].origin if self.checkpoints else ""

    @property
    def exercise(self) -> bool:
        """A database is of one mode from its first entry to its last."""
        mode = orjson.loads(self.first).get("mode") if self.first else ""
        return bool(mode == Mode.EXERCISE.value)

    def covering(self, seq: int) -> Checkpoint:
        """The first checkpoint with a root that an entry stands under. Raises BadInput."""
        if not 0 < seq <= self.report.entries:
            words = f"The log has no entry {seq}."
            raise BadInput(words, f"Choose one from 1 to {self.report.entries}.")
        found = [each for each in self.checkpoints if each.root and each.seq >= seq]
        if not found:
            raise BadInput(
                f"Entry {seq} cannot be proven yet: no checkpoint covers it.",
                "Close and open the desk, which signs everything, or choose an entry before it.",
            )
        return found[0]

    def bodies(self) -> Iterator[Body]:
        """Every entry for reading, in order."""
        rows = self.log.rows()
        while batch := [(row[0], row[3]) for row in islice(rows, READ_AT_ONCE)]:
            yield from self.log.with_words(batch)

    def entries(self) -> Iterator[dict[str, Any]]:
        """The same as dicts with their number under "seq"."""
        return (readable(*each) for each in self.bodies())
