"""Retaining: mentions that were kept long enough are removed, a few at a time."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import orjson

from crisisdesk.model.events import MentionsRemoved
from crisisdesk.model.moment import iso, to_ms
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

BATCH = 200
"""Mentions removed in one transaction: what comes in meanwhile waits for no more than that."""

PAUSE_SECONDS = 0.02
FIRST_SECONDS = 10 * 60
"""Not at once at start: a computer whose clock is wrong has put it right by then."""

_UNDER_WAY = "mentions being removed"


class Retaining:
    """What is stored for how long. `sweep` runs in a thread of its own and ends soon when told."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        now: Callable[[], datetime],
        days: Callable[[], int],
        in_doubt: Callable[[], bool] = lambda: False,
    ) -> None:
        """`days` is for how long mentions are kept now, 0 for ever; `in_doubt` whether the clock
        is."""
        self._database = database
        self._bus = bus
        self._now = now
        self._days = days
        self._in_doubt = in_doubt
        self._stopped = threading.Event()
        self._one_at_a_time = threading.Lock()

    def stop(self) -> None:
        """End a sweep after its present step; the next one goes on."""
        self._stopped.set()

    def would_go(self, days: int) -> int:
        """How many mentions would be removed if they were kept for so many days."""
        if days <= 0:
            return 0
        with self._database.read() as unit:
            end = unit.old_mentions.end(self._cutoff(days))
            return unit.old_mentions.count(end, unit.old_mentions.named_in_log())

    def sweep(self) -> int:
        """Remove what is older than the settings say; returns how many went in this run.

        The log says before the first step what is about to go, and after the last how many went,
        runs that were cut short included.
        """
        with self._one_at_a_time:
            days = self._days()
            if days <= 0 or self._in_doubt():
                return 0
            return self._sweep(days, self._cutoff(days))

    def _sweep(self, days: int, before_ms: int) -> int:
        with self._database.read() as unit:
            end = unit.old_mentions.end(before_ms)
            seq = unit.log.head()[0]
            kept = unit.old_mentions.named_in_log()
        gone = last = 0
        while last < end and not self._stopped.is_set() and self._days() == days:
            last, removed = self._step(last, end, before_ms, kept, seq, days)
            gone += removed
            self._stopped.wait(PAUSE_SECONDS if removed else 0)
        if last >= end:
            self._finish()
        if gone:
            self._bus.publish(MentionsRemoved(gone))
        return gone

    def _step(
        self, after: int, end: int, before_ms: int, kept: set[int], seq: int, days: int
    ) -> tuple[int, int]:
        """One transaction: a few mentions, and how many have gone so far."""

        def step(unit: Unit) -> tuple[int, int]:
            named_since = unit.old_mentions.named_in_log(seq)
            batch = unit.old_mentions.remove(after, end, before_ms, kept | named_since, BATCH)
            if batch.removed:
                self._tally(unit, batch.removed, before_ms, days)
            return batch.last_id, batch.removed

        return self._database.write(step)

    def _tally(self, unit: Unit, removed: int, before_ms: int, days: int) -> None:
        tally = _tally_of(unit)
        if not tally:
            before = iso(datetime.fromtimestamp(before_ms / 1000, self._now().tzinfo))
            detail = {"days": days, "before": before, "words": f"kept for {days} days"}
            unit.log.append("mentions.removing", actor="desk", detail=detail, weighty=True)
            tally = {"count": 0, "days": days}
        tally["count"] += removed
        unit.accounts.set_value(_UNDER_WAY, orjson.dumps(tally).decode())

    def _finish(self) -> None:
        def finish(unit: Unit) -> None:
            tally = _tally_of(unit)
            if tally:
                words = f"{tally['count']:,} mentions older than {tally['days']} days"
                detail = {**tally, "words": words}
                unit.log.append("mentions.removed", actor="desk", detail=detail, weighty=True)
                unit.accounts.set_value(_UNDER_WAY, "")

        self._database.write(finish)

    def _cutoff(self, days: int) -> int:
        return to_ms(self._now() - timedelta(days=days))


def _tally_of(unit: Unit) -> dict[str, int]:
    tally: dict[str, int] = orjson.loads(unit.accounts.value(_UNDER_WAY) or "{}")
    return tally
