"""Broadcast: a click to twelve slow servers, against the slowest of them."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import PUBLISHED
from crisisdesk.model.draft import Draft
from crisisdesk.model.mention import Item
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.rules.triage import Rules
from crisisdesk.services.composing import Composing
from crisisdesk.services.dispatch import Dispatch
from crisisdesk.services.intake import Intake
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers
from tests.benchmarks.measuring import Measure, Size, open_database
from tests.benchmarks.posts import watch_terms

CHANNELS = 12
FASTEST, SLOWEST = 0.050, 0.300
"""Seconds each server takes to answer, spread evenly over the channels."""

BROADCASTS = 9
SURGE, BATCHES, TERMS = 2000, 20, 500
"""Posts a second, in how many transactions, against how many watch terms."""
SENDER = Operator("op-1", "Sam", Role.SENDER)
VALUES = {
    "road_name": "Weir Bridge",
    "area_name": "Lower Town",
    "reason": "deep flood water",
    "since_time": "03:40",
    "action_now": "Use another route",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/roads",
}


def measure_broadcast(size: Size) -> Iterator[Measure]:
    """broadcast_vs_slowest, alone and in a surge: from the click until all answers are durable."""
    delays = [FASTEST + (SLOWEST - FASTEST) * n / (CHANNELS - 1) for n in range(CHANNELS)]
    runs = max(size.runs, size.of(BROADCASTS))
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder, ExitStack() as stack:
        servers = stack.enter_context(_serve(delays))
        desk = stack.enter_context(closing(_Desk(Path(folder), servers)))
        desk.broadcast()  # connections are warm from here on, as on a desk that listens
        alone = [desk.broadcast() / SLOWEST for _ in range(runs)]
        with _surge(desk):
            busy = [desk.broadcast() / SLOWEST for _ in range(runs)]
    notes = {"channels": CHANNELS, "slowest_ms": round(SLOWEST * 1000)}
    yield Measure("broadcast_vs_slowest", alone, "<=", 1.05, notes)
    yield Measure("broadcast_in_surge", busy, "<=", 1.10, notes | {"posts_per_second": SURGE})


class _Desk:
    """The real services and adapters, and twelve accounts."""

    def __init__(self, folder: Path, servers: list[str]) -> None:
        self.database = open_database(folder)
        self.workers = Workers()
        bus = Bus()
        self.channels = ChannelSet(Net(Mode.LIVE), lambda _: {"token": "token-1"}, _now)
        self.channels.use(
            Account(f"masto-{place}", "mastodon", f"Server {place}", {"server": server})
            for place, server in enumerate(servers)
        )
        self.composing = Composing(
            self.database, self.channels, bus, Mode.LIVE, _now, "Riverside Council"
        )
        self.dispatch = Dispatch(
            self.database,
            self.channels,
            bus,
            self.workers,
            _never_later,
            Mode.LIVE,
            _now,
            "desk@council.example.org",
            posts_per_hour=10_000,
        )
        self.incident = self.composing.open_incident("Flood at the weir", SENDER)

    def broadcast(self) -> float:
        """Seconds from the click to the last durable result."""
        chosen = tuple(account.id for account in self.channels.accounts())
        draft = Draft(self.incident.id, "road-closure", Step.ALERT, dict(VALUES), chosen)
        alert = self.composing.compose(draft, SENDER)
        started = time.perf_counter()
        for future in self.dispatch.broadcast(alert.id, SENDER):
            future.result()
        wall = time.perf_counter() - started
        states = {each.state for each in self.dispatch.deliveries(alert.id)}
        if not states <= PUBLISHED:
            raise AssertionError(f"not everything was published: {states}")
        return wall

    def close(self) -> None:
        """Let everything go."""
        self.workers.close()
        self.channels.close()
        self.database.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _never_later(_seconds: float, _act: object) -> None:
    raise AssertionError("nothing has to be retried here")


@contextmanager
def _serve(delays: list[float]) -> Iterator[list[str]]:
    """The addresses of servers that keep connections and take so many seconds over a post."""
    command = [sys.executable, "-m", "tests.benchmarks.slow_servers", *map(str, delays)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield [f"http://127.0.0.1:{int(process.stdout.readline())}" for _ in delays]
        process.stdin.close()


@contextmanager
def _surge(desk: _Desk) -> Iterator[None]:
    """The public posts 2,000 times a second meanwhile, all of it taken in by the same desk."""
    over = threading.Event()
    intake = Intake(desk.database, Rules(watch_terms(TERMS)), Bus(), _now)
    numbers = itertools.count()

    def run() -> None:
        due = time.perf_counter()
        while not over.is_set():
            intake.accept([_post(next(numbers)) for _ in range(SURGE // BATCHES)])
            due += 1 / BATCHES
            over.wait(max(0.0, due - time.perf_counter()))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _post(number: int) -> Item:
    text = f"Water in the street, is the bridge open? {number}"
    return Item("mastodon", f"post-{number}", text, int(time.time() * 1000), "ann", "Ann", "")
