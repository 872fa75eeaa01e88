"""Intake: what the sources bring is de-duplicated, judged and stored, with the source's cursor."""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from operator import or_

import orjson

from crisisdesk.model.errors import CrisisDeskError, NetworkError
from crisisdesk.model.events import MentionsStored, SourceState
from crisisdesk.model.mention import LABELS, Item, Label, Triage
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.normal import fingerprint, is_storable, storable, words_of
from crisisdesk.rules.triage import Rules
from crisisdesk.sources.base import Source
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL, NewRow
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

REMEMBERED_TEXTS = 200_000
"""Texts among which repeats are found; a day of heavy traffic."""

LONGEST_TEXT = 20_000
PAGES_A_VISIT = 50
SECOND_MS, MINUTE_MS = 1_000, 60_000
LATEST_MS = to_ms(datetime(9000, 1, 1, tzinfo=UTC))

_Judged = tuple[Item, Triage, bytes]


class Intake:
    """Takes in items. Thread-safe: several sources bring theirs at the same time."""

    def __init__(
        self, database: Database, rules: Rules, bus: Bus, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self.rules = rules
        self._bus = bus
        self._now = now
        self._texts: OrderedDict[bytes, int] = OrderedDict()
        self._arrivals: deque[tuple[int, int]] = deque()
        self._lock = threading.Lock()

    def accept(self, items: Sequence[Item], cursor: tuple[str, str] | None = None) -> int:
        """Store what is new among the items and return how many that were.

        `cursor` is (source id, position) and moves in the same transaction, so that nothing is
        skipped or doubled when the program dies in between.
        """
        judged = [self._judge(item) for item in items]
        now_ms = to_ms(self._now())

        def store(unit: Unit) -> tuple[list[NewRow], dict[bytes, int], Counter[int]]:
            rows, texts = self._rows(unit, judged, now_ms)
            labels = Counter([row[9] for row in rows])
            unit.mentions.add(rows)
            unit.mentions.count_in(_by_lane(labels))
            if cursor:
                unit.accounts.move_cursor(*cursor, now_ms)
            return rows, texts, labels

        rows, texts, labels = self._database.write(store)
        if rows:
            self._remember(len(rows), texts, now_ms)
            last_id, together = rows[-1][0], Label(reduce(or_, labels))
            self._bus.publish(MentionsStored(len(rows), last_id, together))
        return len(rows)

    def visit(self, source: Source) -> int:
        """Fetch everything new from a source. Never raises for the network: it is reported."""
        stored = 0
        try:
            with self._database.read() as unit:
                cursor = unit.accounts.cursor(source.id)
            for _ in range(PAGES_A_VISIT):
                batch = source.fetch(cursor)
                moved = (source.id, batch.cursor) if batch.cursor != cursor else None
                if batch.items or moved:
                    stored += self.accept(batch.items, moved)
                cursor = batch.cursor
                if not batch.more:
                    break
        except NetworkError as error:
            self._bus.publish(SourceState(source.account.id, False, str(error), source.id))
        except Exception as error:
            # Nobody may go on believing that we listen there.
            self._bus.publish(SourceState(source.account.id, False, _told(error), source.id))
            raise
        else:
            self._bus.publish(SourceState(source.account.id, True, "listening", source.id))
        return stored

    def per_minute(self, minutes: int = 30) -> list[int]:
        """How many arrived in each of the last minutes, the oldest first."""
        now_ms = to_ms(self._now())
        counts = [0] * minutes
        with self._lock:
            for moment, number in reversed(self._arrivals):
                age = (now_ms - moment) // MINUTE_MS
                if age >= minutes:
                    break
                if age >= 0:
                    counts[minutes - 1 - age] += number
        return counts

    def _judge(self, item: Item) -> _Judged:
        if not 0 <= item.posted_at < LATEST_MS:  # whoever posts may write it, and it is shown
            item = replace(item, posted_at=to_ms(self._now()))
        if not is_storable(f"{item.ext_id}{item.author}{item.author_name}{item.text}{item.url}"):
            item = _storable(item)
        if len(item.text) > LONGEST_TEXT:
            cut = item.text[:LONGEST_TEXT] + " …"
            item = Item(
                item.source,
                item.ext_id,
                cut,
                item.posted_at,
                item.author,
                item.author_name,
                item.url,
            )
        words = words_of(item.text)
        return item, self.rules.judge(item.text, words), fingerprint(item.text, words)

    def _rows(
        self, unit: Unit, judged: Sequence[_Judged], now_ms: int
    ) -> tuple[list[NewRow], dict[bytes, int]]:
        """The rows of what is new, and the ids of texts that nobody said before."""
        known = _known(unit, judged)
        row_id = unit.mentions.next_id()
        texts: dict[bytes, int] = {}
        rows: list[NewRow] = []
        for item, triage, print_ in judged:
            name = (item.source, item.ext_id)
            if name in known:
                continue
            known.add(name)
            first = 0
            if print_:
                first = self._texts.get(print_) or texts.setdefault(print_, row_id)
            rows.append(
                (
                    row_id,
                    item.source,
                    item.ext_id,
                    item.author,
                    item.author_name,
                    item.text,
                    item.url,
                    item.posted_at,
                    now_ms,
                    int(triage.labels),
                    triage.urgency,
                    orjson.dumps(triage.reasons).decode() if triage.reasons else "[]",
                    first if first != row_id else 0,
                )
            )
            row_id += 1
        return rows, texts

    def _remember(self, stored: int, texts: dict[bytes, int], now_ms: int) -> None:
        with self._lock:
            for print_, row_id in texts.items():
                self._texts.setdefault(print_, row_id)
            while len(self._texts) > REMEMBERED_TEXTS:
                self._texts.popitem(last=False)
            self._count_arrivals(now_ms // SECOND_MS * SECOND_MS, stored)

    def _count_arrivals(self, second: int, number: int) -> None:
        """Each second once: whoever counts them may not hold up the batches of a surge."""
        if self._arrivals and self._arrivals[-1][0] == second:
            number += self._arrivals.pop()[1]
        self._arrivals.append((second, number))
        while self._arrivals[0][0] < second - 60 * MINUTE_MS:
            self._arrivals.popleft()


def _told(error: Exception) -> str:
    if isinstance(error, CrisisDeskError):
        return str(error)
    words = f"The program failed while reading it ({type(error).__name__}: {error})."
    return f"{words} Nothing new comes in from it: read it yourself meanwhile."


def _storable(item: Item) -> Item:
    return replace(
        item,
        ext_id=storable(item.ext_id),
        text=storable(item.text),
        author=storable(item.author),
        author_name=storable(item.author_name),
        url=storable(item.url),
    )


def _known(unit: Unit, judged: Sequence[_Judged]) -> set[tuple[str, str]]:
    by_source: dict[str, list[str]] = {}
    for item, _, _ in judged:
        by_source.setdefault(item.source, []).append(item.ext_id)
    return {
        (source, ext_id)
        for source, ext_ids in by_source.items()
        for ext_id in unit.mentions.known(source, ext_ids)
    }


def _by_lane(labels: Counter[int]) -> dict[str, int]:
    """How many go into each lane, from how often each combination of labels came."""
    counts = {ALL: labels.total()}
    for label in LABELS:
        if label.name:
            bit = label.value
            counts[label.name.lower()] = sum(n for value, n in labels.items() if value & bit)
    return counts
