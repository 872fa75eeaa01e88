"""The screen: how soon it is there, and how long it ever stands still while mentions pour in."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from crisisdesk.config import Paths
from crisisdesk.desk import Desk, open_live
from crisisdesk.model.mention import Item
from crisisdesk.model.operator import Operator, Role
from crisisdesk.sources.replay import replay
from crisisdesk.system.secrets import MemorySecrets
from tests.benchmarks.ingest import BATCH
from tests.benchmarks.measuring import Measure, Size, ratios, seconds, settled_memory
from tests.benchmarks.posts import posts
from tests.benchmarks.stored import store
from ui.console.console_page import ConsolePage
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import Theme

STARTS = 9
STORED, LONG_STORED = 100_000, 1_000_000
PER_SECOND = 2000
BATCHES_PER_SECOND = 20
SECONDS = 5
TICK_MS = 5
OPERATOR = Operator("op-1", "Sam", Role.SENDER)


def measure_screen(size: Size) -> Iterator[Measure]:
    """start_vs_bare_window and gui_stall_p99_ms."""
    yield _starting(size)
    yield from _standing_still(size)


def _starting(size: Size) -> Measure:
    stored = size.of(LONG_STORED)
    with TemporaryDirectory(prefix="crisisdesk-bench-") as home:
        store(Path(home), stored)
        pairs = ratios(
            max(size.runs, size.of(STARTS)),
            lambda: seconds(lambda: _show(home, "bare")),
            lambda: seconds(lambda: _show(home, "desk", home)),
        )
    notes = {
        "bare_ms": round(min(bare for bare, _ in pairs) * 1000),
        "desk_ms": round(min(ours for _, ours in pairs) * 1000),
        "stored": stored,
    }
    return Measure("start_vs_bare_window", [ours / bare for bare, ours in pairs], "<=", 1.5, notes)


def _show(home: str, *what: str) -> None:
    """From nothing until it can be used, in a process whose modules are compiled already."""
    environment = {
        **os.environ,
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "QT_QPA_PLATFORM": "offscreen",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "tests.benchmarks.first_paint", *what]
    subprocess.run(command, env=environment, check=True, timeout=60)


def _standing_still(size: Size) -> Iterator[Measure]:
    length = size.of(SECONDS)
    stored, fresh = size.of(STORED), PER_SECOND * length
    with TemporaryDirectory(prefix="crisisdesk-bench-") as name:
        file = Path(name) / "posts.jsonl"
        file.write_bytes(b"\n".join(posts(stored + fresh * (size.runs + 1))))
        lines = replay(file, lambda: datetime.now(UTC))
        items = (line.item for line in lines if line.item)
        with settled_memory(), _console(Path(name) / "desk") as desk:
            for _ in range(stored // BATCH):
                desk.intake.accept(list(islice(items, BATCH)))
            runs = [_gaps(desk, list(islice(items, fresh)), length) for _ in range(size.runs + 1)][
                1:
            ]
    notes = {"stored": stored, "mentions_per_second": PER_SECOND, "tick_ms": TICK_MS}
    p99 = [gaps[int(len(gaps) * 0.99)] for gaps in runs]
    yield Measure("gui_stall_p99_ms", p99, "<=", 16.0, notes)
    yield Measure("gui_stall_longest_ms", [gaps[-1] for gaps in runs])


@contextmanager
def _console(folder: Path) -> Iterator[Desk]:
    """The live console, open on screen over a desk of its own."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    Theme.apply(app, "light")
    with closing(open_live(Paths(folder), MemorySecrets())) as desk:
        window = MainWindow()
        tasks = Tasks(desk.workers, window)
        page = ConsolePage(desk, tasks, OPERATOR)
        window.show_page(page)
        window.show()
        yield desk
        tasks.close()
        window.close()


def _gaps(desk: Desk, items: list[Item], length: int) -> list[float]:
    """Milliseconds between the ticks of a short timer while the items come in, in order."""
    ticks: list[float] = []
    loop = QEventLoop()
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    over = QTimer(interval=length * 1000, singleShot=True)
    over.timeout.connect(loop.quit)
    feeder = threading.Thread(target=_feed, args=(desk, items))
    feeder.start()
    timer.start()
    over.start()
    loop.exec()
    timer.stop()
    feeder.join()
    return sorted((b - a) * 1000 for a, b in pairwise(ticks))


def _feed(desk: Desk, items: list[Item]) -> None:
    """Bring the items evenly, each batch when its moment comes."""
    number = PER_SECOND // BATCHES_PER_SECOND
    began = time.perf_counter()
    for place, start in enumerate(range(0, len(items), number)):
        time.sleep(max(0.0, began + place / BATCHES_PER_SECOND - time.perf_counter()))
        desk.intake.accept(items[start : start + number])
