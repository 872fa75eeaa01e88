"""Intake: what the sources bring is de-duplicated, judged and stored, with the source's cursor."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from crisisdesk.model.errors import NetworkError
from crisisdesk.model.events import MentionChanged, MentionsStored, SourceState
from crisisdesk.model.mention import LABELS, Item, Label, Triage
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.rules.normal import fingerprint, words_of
from crisisdesk.rules.triage import Rules
from crisisdesk.sources.base import Source, SourceGone
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL, NewRow
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

REMEMBERED_TEXTS = 200_000
"""Texts among which repeats are found; a day of heavy traffic."""

LONGEST_TEXT = 20_000
PAGES_A_VISIT = 50
MINUTE_MS = 60_000

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

        def store(unit: Unit) -> list[NewRow]:
            rows = self._rows(unit, judged, now_ms)
            unit.mentions.add(rows)
            unit.mentions.count_in(_by_lane(rows))
            if cursor:
                unit.accounts.move_cursor(*cursor, now_ms)
            return rows

        rows = self._database.write(store)
        if rows:
            self._remember(rows, judged, now_ms)
            labels = Label.NONE
            for row in rows:
                labels |= Label(row[9])
            self._bus.publish(MentionsStored(len(rows), rows[-1][0], labels))
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
        except SourceGone as error:
            self._bus.publish(SourceState(source.account.id, False, str(error)))
        except NetworkError as error:
            self._bus.publish(SourceState(source.account.id, False, str(error)))
        else:
            self._bus.publish(SourceState(source.account.id, True, "listening"))
        return stored

    def handle(self, mention_id: int, operator: Operator, words: str = "") -> bool:
        """A person has dealt with a mention; False if somebody was first."""

        def change(unit: Unit) -> bool:
            if not unit.mentions.handle(mention_id, operator.name):
                return False
            unit.log.append(
                "mention.handled",
                actor=operator.name,
                subject=f"mention {mention_id}",
                detail={"words": words},
            )
            return True

        changed = self._database.write(change)
        if changed:
            self._bus.publish(MentionChanged(mention_id))
        return changed

    def per_minute(self, minutes: int = 30) -> list[int]:
        """How many arrived in each of the last minutes, the oldest first."""
        now_ms = to_ms(self._now())
        counts = [0] * minutes
        with self._lock:
            for moment, number in self._arrivals:
                age = (now_ms - moment) // MINUTE_MS
                if 0 <= age < minutes:
                    counts[minutes - 1 - age] += number
        return counts

    def _judge(self, item: Item) -> _Judged:
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

    def _rows(self, unit: Unit, judged: Sequence[_Judged], now_ms: int) -> list[NewRow]:
        known = _known(unit, judged)
        next_id = unit.mentions.next_id()
        batch_texts: dict[bytes, int] = {}
        rows: list[NewRow] = []
        for item, triage, print_ in judged:
            name = (item.source, item.ext_id)
            if name in known:
                continue
            known.add(name)
            row_id = next_id + len(rows)
            first = (
                (self._texts.get(print_) or batch_texts.setdefault(print_, row_id)) if print_ else 0
            )
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
                    triage.labels.value,
                    triage.urgency,
                    orjson.dumps(triage.reasons).decode() if triage.reasons else "[]",
                    first if first != row_id else 0,
                )
            )
        return rows

    def _remember(self, rows: Sequence[NewRow], judged: Sequence[_Judged], now_ms: int) -> None:
        prints = {(item.source, item.ext_id): print_ for item, _, print_ in judged}
        with self._lock:
            for row in rows:
                print_ = prints[(row[1], row[2])]
                if print_ and not row[12]:
                    self._texts.setdefault(print_, row[0])
            while len(self._texts) > REMEMBERED_TEXTS:
                self._texts.popitem(last=False)
            self._arrivals.append((now_ms, len(rows)))
            while self._arrivals[0][0] < now_ms - 60 * MINUTE_MS:
                self._arrivals.popleft()


def _known(unit: Unit, judged: Sequence[_Judged]) -> set[tuple[str, str]]:
    by_source: dict[str, list[str]] = {}
    for item, _, _ in judged:
        by_source.setdefault(item.source, []).append(item.ext_id)
    return {
        (source, ext_id)
        for source, ext_ids in by_source.items()
        for ext_id in unit.mentions.known(source, ext_ids)
    }


def _by_lane(rows: Sequence[NewRow]) -> dict[str, int]:
    counts = {ALL: len(rows)}
    for label in LABELS:
        if label.name:
            counts[label.name.lower()] = sum(1 for row in rows if row[9] & label.value)
    return counts
