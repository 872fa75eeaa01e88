"""Reviewing: reading back what was heard, said and done. Nothing in here writes to the database."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from crisisdesk.model.audit import Checkpoint, VerifyReport
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention
from crisisdesk.rules.chain import verify, wanted
from crisisdesk.rules.terms import hits
from crisisdesk.rules.word_check import WordCheck, concerns_words, interleaved
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL

LOOKED_AT = 200_000
"""The most mentions that terms are tried on: a day of heavy traffic."""


class Reviewing:
    """Queries over one open desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, lane: str = ALL, before: int | None = None, limit: int = 200) -> list[Mention]:
        """The newest mentions of a lane, or the ones before an id."""
        with self._database.read() as unit:
            return unit.mentions.page(lane, before, limit)

    def newer(self, lane: str, after: int, limit: int = 200) -> list[Mention]:
        """The newest mentions of a lane after an id, newest first."""
        with self._database.read() as unit:
            return unit.mentions.newer(lane, after, limit)

    def search(self, words: str, before: int | None = None, limit: int = 50) -> list[Mention]:
        """Mentions with all the words, newest first."""
        with self._database.read() as unit:
            return unit.mentions.search(words, before, limit)

    def mention(self, mention_id: int) -> tuple[Mention, int] | None:
        """A mention, and how many later ones repeat its words."""
        with self._database.read() as unit:
            found = unit.mentions.get(mention_id)
            if found is None:
                return None
            return found, unit.mentions.repeats_of(found.repeats or found.id)

    def mentions(self, mention_ids: Sequence[int]) -> list[Mention]:
        """These mentions as they are now."""
        with self._database.read() as unit:
            return unit.mentions.several(mention_ids)

    def matching(self, terms: Sequence[str], since_ms: int) -> tuple[int, dict[str, int]]:
        """How many mentions since a moment have any of the terms, and how many have each."""
        with self._database.read() as unit:
            return hits(terms, unit.mentions.texts_since(since_ms, LOOKED_AT))

    def counts(self) -> dict[str, tuple[int, int]]:
        """For each lane how many mentions are stored, and how many are open."""
        with self._database.read() as unit:
            return unit.mentions.counts()

    def open_incidents(self) -> list[Incident]:
        """Every open incident, the newest first."""
        with self._database.read() as unit:
            return unit.incidents.still_open()

    def entries(self, limit: int = 200, before: int | None = None) -> list[dict[str, Any]]:
        """The last log entries as dicts with their number under "seq", newest first."""
        with self._database.read() as unit:
            return unit.log.read_newest(limit, before)

    def newest_checkpoint(self) -> Checkpoint | None:
        """The last signed head."""
        with self._database.read() as unit:
            return unit.log.newest_checkpoint()

    def verify(self) -> VerifyReport:
        """Verify the open desk's whole log against its own checkpoints.

        Their Merkle roots, on which others rely, are for `log verify` and for every export.
        """
        with self._database.read() as unit:
            kept = unit.log.checkpoints()
            walked = self._database.walked(wanted(kept, roots=False))
            report = verify(unit.log.rows(), kept, roots=False, walked=walked)
            words = WordCheck()
            with closing(unit.log.rows()) as rows:
                about = (row for row in rows if concerns_words(row[3]))
                for each in interleaved(about, unit.log.openings.rows()):
                    words.take(each)
            return words.judged(report, complete=True)
