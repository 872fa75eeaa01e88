"""Broadcast: a click to twelve slow servers, against the slowest of them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import PUBLISHED
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.services.composing import Composing, Draft
from crisisdesk.services.dispatch import Dispatch
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers
from tests.benchmarks.measuring import Measure, Size, open_database

CHANNELS = 12
FASTEST, SLOWEST = 0.050, 0.300
"""Seconds each server takes to answer, spread evenly over the channels."""

BROADCASTS = 9
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
    """broadcast_vs_slowest: from the click until every answer is durable in the log."""
    delays = [FASTEST + (SLOWEST - FASTEST) * n / (CHANNELS - 1) for n in range(CHANNELS)]
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder, ExitStack() as stack:
        servers = [stack.enter_context(_serve(delay)) for delay in delays]
        desk = stack.enter_context(closing(_Desk(Path(folder), servers)))
        desk.broadcast()  # connections are warm from here on, as on a desk that listens
        walls = [desk.broadcast() for _ in range(max(size.runs, size.of(BROADCASTS)))]
    notes = {"channels": CHANNELS, "slowest_ms": round(SLOWEST * 1000)}
    yield Measure("broadcast_vs_slowest", [wall / SLOWEST for wall in walls], "<=", 1.05, notes)


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
            self.composing.templates,
            "desk@council.example.org",
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
def _serve(delay: float) -> Iterator[str]:
    """The address of a server that keeps connections and takes `delay` seconds over a post."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            due = time.perf_counter() + delay
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"id": "1", "url": "https://social.example/1"}).encode()
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            time.sleep(max(0.0, due - time.perf_counter()))
            self.wfile.write(head.encode() + body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
