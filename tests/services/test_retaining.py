"""Old mentions go in small steps; what the log names stays, and no crash leaves a contradiction."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.events import Event, MentionsRemoved
from crisisdesk.model.mention import Item, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules.triage import Rules
from crisisdesk.services import retaining
from crisisdesk.services.intake import Intake
from crisisdesk.services.retaining import Retaining
from crisisdesk.services.reviewing import Reviewing
from crisisdesk.services.triaging import Triaging
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import LANES
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from tests.laid import empty_database
from tests.services.test_triaging import recount
from tests.town import HandClock

SAM = Operator("s", "Sam", Role.SENDER)
TEXTS = ("We are trapped in flat 12", "Is it true?", "The weir is high", "Sunny here")


class Past:
    """A desk that listened for a while. Steps are small, so that there are many."""

    def __init__(self, database: Database, clock: HandClock, days: int = 30) -> None:
        self.database = database
        self.clock = clock
        self.days = days
        self.doubt = False
        self.events: list[Event] = []
        bus = Bus()
        bus.subscribe(MentionsRemoved, self.events.append)
        self.intake = Intake(database, Rules(["weir"]), bus, clock.now)
        self.triaging = Triaging(database, bus)
        self.retaining = Retaining(database, bus, clock.now, lambda: self.days, lambda: self.doubt)
        self.number = 0

    def hear(self, how_many: int) -> None:
        """So many new mentions, now."""
        items = []
        for _ in range(how_many):
            self.number += 1
            text = f"{TEXTS[self.number % len(TEXTS)]} no {self.number}"
            items.append(Item("s", str(self.number), text, 1, "@a", f"Ann {self.number}", ""))
        self.intake.accept(items)

    def ids(self) -> list[int]:
        with self.database.read() as unit:
            return sorted(each.id for each in unit.mentions.page(limit=100_000))

    def actions(self) -> list[str]:
        return [each["action"] for each in logged(self.database)]


def logged(database: Database) -> list[dict[str, object]]:
    with database.read() as unit:
        return unit.log.read_newest(200)[::-1]


def check(database: Database) -> None:
    """Counts, rows and search index say the same."""

    def look(unit: Unit) -> None:
        counts = {lane: both for lane, both in unit.mentions.counts().items() if lane in LANES}
        assert counts == recount(unit)
        if database.is_sqlite:
            fts = "INSERT INTO mention_fts(mention_fts, rank) VALUES ('integrity-check', 1)"
            unit.connection.exec_driver_sql(fts)
        for each in unit.mentions.page(limit=50):
            assert each.id in {one.id for one in unit.mentions.search(f"no {each.ext_id}")}

    database.write(look)


@pytest.fixture
def past(database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Past:
    monkeypatch.setattr(retaining, "BATCH", 7)
    monkeypatch.setattr(retaining, "PAUSE_SECONDS", 0)
    return Past(database, clock)


def test_what_is_old_goes_and_what_is_new_stays(past: Past) -> None:
    past.hear(40)
    past.clock.go_on(days=20)
    past.hear(10)
    past.clock.go_on(days=11)
    assert past.retaining.would_go(30) == 40
    assert past.retaining.sweep() == 40
    assert past.ids() == list(range(41, 51))
    assert past.events == [MentionsRemoved(40)]
    removing, removed = logged(past.database)[-2:]
    assert removing["action"] == "mentions.removing"
    assert removed["detail"] == {
        "count": 40,
        "days": 30,
        "words": "40 mentions older than 30 days",
    }
    with past.database.read() as unit:
        assert unit.mentions.search("trapped flat 12 no 4") == []
    check(past.database)


def test_nothing_to_do_is_no_entry(past: Past) -> None:
    past.hear(5)
    before = past.actions()
    assert past.retaining.sweep() == 0
    past.days = 0
    past.clock.go_on(days=5000)
    assert past.retaining.sweep() == 0
    assert past.retaining.would_go(0) == 0
    past.days, past.doubt = 30, True
    assert past.retaining.sweep() == 0
    assert past.actions() == before
    assert past.events == []


def test_what_the_log_names_stays(past: Past) -> None:
    past.hear(30)
    past.triaging.judge([3], Verdict.HANDLED, SAM)
    past.triaging.judge([4, 5], Verdict.RUMOUR, SAM)
    past.triaging.take_back(past.triaging.judge([8], Verdict.NOISE, SAM), SAM)
    past.clock.go_on(days=31)
    past.hear(1)
    assert past.retaining.would_go(30) == 26
    assert past.retaining.sweep() == 26
    assert past.ids() == [3, 4, 5, 8, 31]
    assert past.retaining.would_go(30) == 0
    assert past.retaining.sweep() == 0
    check(past.database)


def test_what_is_judged_while_others_go_stays(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    past.hear(30)
    past.clock.go_on(days=31)
    past.hear(1)
    steps = past.retaining._step

    def judge_between(*args: int) -> tuple[int, int]:
        if args[0] == 7:
            past.triaging.judge([20], Verdict.HANDLED, SAM)
            past.triaging.take_back(past.triaging.judge([21], Verdict.NEED, SAM), SAM)
        return steps(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(past.retaining, "_step", judge_between)
    assert past.retaining.sweep() == 28
    assert past.ids() == [20, 21, 31]
    check(past.database)


def test_the_newest_stays_so_that_no_number_is_given_twice(past: Past) -> None:
    past.hear(20)
    past.clock.go_on(days=400)
    assert past.retaining.sweep() == 19
    past.hear(1)
    assert past.ids() == [20, 21]
    check(past.database)


def test_a_sweep_that_is_stopped_goes_on_and_tells_the_whole_number(past: Past) -> None:
    past.hear(30)
    past.clock.go_on(days=31)
    past.hear(1)
    past.retaining._bus.subscribe(MentionsRemoved, past.events.append)
    past.retaining.stop()
    assert past.retaining.sweep() == 0
    again = Past(past.database, past.clock)
    step = again.retaining._step

    def stop_after_one(*args: int) -> tuple[int, int]:
        again.retaining.stop()
        return step(*args)  # type: ignore[arg-type]

    again.retaining._step = stop_after_one  # type: ignore[method-assign, assignment]
    assert again.retaining.sweep() == 7
    assert past.actions()[-1] == "mentions.removing"
    check(past.database)
    assert Past(past.database, past.clock).retaining.sweep() == 23
    assert logged(past.database)[-1]["detail"]["count"] == 30  # type: ignore[index]
    assert past.actions().count("mentions.removing") == 1


def test_a_shorter_time_set_meanwhile_ends_the_sweep(past: Past) -> None:
    past.hear(30)
    past.clock.go_on(days=31)
    past.hear(1)
    step = past.retaining._step

    def change(*args: int) -> tuple[int, int]:
        past.days = 0
        return step(*args)  # type: ignore[arg-type]

    past.retaining._step = change  # type: ignore[method-assign, assignment]
    assert past.retaining.sweep() == 7


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(-40, 40)), min_size=1, max_size=12),
    st.lists(st.integers(1, 60), max_size=8),
    st.integers(1, 60),
)
def test_whatever_the_clock_did_nothing_young_or_named_goes(
    tmp_path_factory: pytest.TempPathFactory,
    heard: list[tuple[int, int]],
    named: list[int],
    days: int,
) -> None:
    clock = HandClock()
    stamp = Stamp("d", "b", Mode.LIVE, clock.now, clock.monotonic_ms)
    file = tmp_path_factory.mktemp("past") / "desk.db"
    file.write_bytes(empty_database())
    database = Database(f"sqlite:///{file}", stamp)
    past = Past(database, clock, days)
    for number, jump in heard:
        past.hear(number)
        clock.go_on(days=jump)
    there = set(past.ids())
    past.triaging.judge([each for each in named if each in there], Verdict.HANDLED, SAM)
    cutoff = int((clock.time - timedelta(days=days)).timestamp() * 1000)
    with database.read() as unit:
        young = {each.id for each in unit.mentions.page(limit=999) if each.received_at >= cutoff}
    past.retaining.sweep()
    left = set(past.ids())
    assert young <= left
    assert {each for each in named if each in there} <= left
    check(database)
    database.close()


def killed(file: Path, step: int) -> int:
    """Sweep in a process that is killed in the middle of a step's transaction."""
    code = f"""
import os, signal, sys
from pathlib import Path
from tests.services.test_retaining import opened, Past, moved
from crisisdesk.services import retaining
from crisisdesk.store.mentions import Mentions
retaining.BATCH, retaining.PAUSE_SECONDS = 5, 0
whole, steps = Mentions.count_out, []
def count_out(self, removed):
    steps.append(1)
    if len(steps) == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(self, removed)
Mentions.count_out = count_out
Past(opened(Path(sys.argv[1])), moved()).retaining.sweep()
"""
    root = Path(__file__).resolve().parents[2]
    return subprocess.run([sys.executable, "-c", code, str(file)], cwd=root, check=False).returncode


def moved() -> HandClock:
    """A clock 31 days on."""
    clock = HandClock()
    clock.go_on(days=31)
    return clock


def opened(file: Path) -> Database:
    clock = HandClock()
    return Database(
        f"sqlite:///{file}", Stamp("desk-1", "b", Mode.LIVE, clock.now, clock.monotonic_ms)
    )


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
@pytest.mark.parametrize("step", [1, 3])
def test_a_kill_in_the_middle_loses_nothing_and_the_next_run_goes_on(
    step: int, tmp_path: Path
) -> None:
    file = tmp_path / "desk.db"
    file.write_bytes(empty_database())
    database = opened(file)
    first = Past(database, HandClock())
    first.hear(30)
    first.triaging.judge([2], Verdict.HANDLED, SAM)
    database.close()
    assert killed(file, step) == -signal.SIGKILL
    database = opened(file)
    after = Past(database, moved())
    assert len(after.ids()) == 30 - 5 * (step - 1) + (step > 1)
    check(database)
    after.number = 30
    after.hear(1)
    after.retaining.sweep()
    assert after.ids() == [2, 31]
    assert logged(database)[-1]["detail"]["count"] == 29  # type: ignore[index]
    check(database)
    database.close()


@pytest.mark.server
def test_the_same_on_a_server(
    postgres: str, clock: HandClock, stamp: Stamp, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retaining, "BATCH", 7)
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    database = Database(postgres, stamp, signer)
    past = Past(database, clock)
    past.hear(30)
    past.triaging.judge([3, 9], Verdict.HANDLED, SAM)
    clock.go_on(days=31)
    past.hear(2)
    assert past.retaining.would_go(30) == 28
    assert past.retaining.sweep() == 28
    assert past.ids() == [3, 9, 31, 32]
    check(database)
    assert logged(database)[-1]["detail"]["count"] == 28  # type: ignore[index]
    database.close()


def test_terms_are_tried_on_the_last_day(database: Database, clock: HandClock) -> None:
    past = Past(database, clock)
    past.hear(40)
    clock.go_on(hours=30)
    past.hear(2500)
    since = int((clock.time - timedelta(hours=24)).timestamp() * 1000)
    found, each = Reviewing(database).matching(["weir", "flat 12", "nowhere"], since)
    assert (found, each) == (1250, {"weir": 625, "flat 12": 625, "nowhere": 0})
