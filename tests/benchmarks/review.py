"""The review: a long log opened, searched and scrubbed through."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from crisisdesk.model.heard import HeardThen
from crisisdesk.rules.replay import Replay
from crisisdesk.rules.replay_words import moment_in_words
from crisisdesk.services.replaying import Replaying
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from tests.benchmarks.measuring import Measure, Size, open_database, seconds

ENTRIES = 1_000_000
A_JOB = 2_000
MOMENTS = 200
UNHEARD = HeardThen(0, {}, ())
ALERTS, CHANNELS = 40, 12
"""A long incident: each alert on a dozen channels, a note every hundred entries, else verdicts."""


def measure_review(size: Size) -> Iterator[Measure]:
    """review_open_ms, review_search_ms, review_scrub_p95_ms, review_load_s."""
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder:
        database = open_database(Path(folder))
        number = size.of(ENTRIES)
        _fill(database, number)
        database.close()
        file = next(Path(folder).rglob("*.db"))
        notes = {"entries": number}
        opened = [seconds(lambda: _open(file)) * 1000 for _ in range(size.runs)]
        yield Measure("review_open_ms", opened, "<=", 1000, notes)
        found = [seconds(lambda: _search(file)) * 1000 for _ in range(size.runs)]
        yield Measure("review_search_ms", found, notes=notes)
        replays: list[Replay] = []
        loaded = [seconds(lambda: replays.append(Replaying(file).load()))]
        yield Measure("review_load_s", loaded, notes=notes)
        scrubbed = [_scrub_p95(replays[0], seed) for seed in range(size.runs)]
        yield Measure("review_scrub_p95_ms", scrubbed, "<=", 50, notes)


def _fill(database: Database, number: int) -> None:
    for first in range(0, number, A_JOB):
        database.write(lambda unit, first=first: _append(unit, first))  # type: ignore[misc]


def _append(unit: Unit, first: int) -> None:
    for number in range(first, first + A_JOB):
        place = number % (ALERTS * CHANNELS)
        said = {"alert": f"a{place % ALERTS}", "channel_name": f"Channel {place // ALERTS}"}
        if number % 500 < ALERTS * CHANNELS // 40:
            unit.log.append(
                "delivery.confirmed", actor="desk", subject=f"delivery {place}", detail=said
            )
        elif number % 100 == 0:
            words = {"words": f"Decision number {number}, because of what was known."}
            unit.log.append("decision.noted", actor="Jo Officer", detail=words)
        elif number < ALERTS * 200 and number % 200 == 1:
            alert = {"headline": "Severe flood warning", "marker": "Ref K7Q3-1", "step": "alert"}
            subject = f"alert a{number // 200}"
            unit.log.append("broadcast.started", actor="Jo Officer", subject=subject, detail=alert)
        else:
            unit.log.append("mention.handled", actor="Jo Officer", subject=f"mention {number}")


def _open(file: Path) -> None:
    """What has to be there before somebody can read: the newest page."""
    assert Replaying(file).entries()


def _search(file: Path) -> None:
    """Words that stand in one entry at the very beginning: the whole log is looked through."""
    assert Replaying(file).entries("decision number 100,")


def _scrub_p95(replay: Replay, seed: int) -> float:
    chance = Random(seed)
    took = sorted(
        seconds(lambda: moment_in_words(replay.moment(chance.randint(1, replay.last)), UNHEARD))
        for _ in range(MOMENTS)
    )
    return took[int(MOMENTS * 0.95)] * 1000
