"""Run as a program: one sitting at the console in a process of its own; figures as JSON.

`python -m tests.benchmarks.console_run walk FOLDER`: the whole walk in a surge.
`… idle FOLDER SECONDS`: nobody touches anything.
`… day FOLDER`: the memory after a live day.
"""

import gc
import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crisisdesk.model.mention import Item
from tests.benchmarks.sitting import Sitting
from tests.live_desk import ROAD

PER_SECOND, BATCHES_PER_SECOND = 2000, 20
LONGEST_WALK = 150
"""Seconds for which there are posts; a slower walk fails."""

BEFORE_IDLE = 15.0
ALERTS, HEARD, BATCH = 40, 20_000, 500
"""Of the day's mentions so many are heard here, so that every cache is as full as it gets."""
MIB = 1 << 20


def walk(folder: Path) -> dict[str, Any]:
    """Stalls and paint times while an officer works and 2,000 mentions a second arrive."""
    from tests.benchmarks.stalls import Paints, Ticks
    from tests.benchmarks.stored import items
    from tests.benchmarks.walk import Walk

    posts = items(PER_SECOND * LONGEST_WALK, f"new-{time.time_ns()}")
    with closing(Sitting(folder)) as sitting:
        ticks, seen, pauses = Ticks(), Walk(sitting), _Pauses()
        paints = {
            "mentions": Paints(sitting.page.mentions.table.viewport()),
            "previews": Paints(*_preview_texts(sitting)),
            "log": Paints(sitting.page.log.table.viewport()),
        }
        sitting.live_for(2.0)
        gc.freeze()  # the posts that wait here are not the program's to walk
        with _surge(sitting, posts) as fed:
            sitting.live_for(1.0)
            ticks.start()
            seen.start()
            sitting.until(seen, lambda: seen.over)
            ticks.stop()
    return {
        "all": _stalls(ticks),
        "steps": {name: _stalls(ticks, *span) for name, span in seen.spans.items()},
        "paints": {name: _told(each.took_ms) for name, each in paints.items()},
        "collector_longest_ms": round(max(pauses.took_ms, default=0.0), 2),
        "opened_ms": sitting.opened_ms,
        "entered_ms": sitting.entered_ms,
        "fed": fed(),
        "load": os.getloadavg()[0],
    }


def _preview_texts(sitting: Sitting) -> list[QWidget]:
    """Where the previews paint their text; they are made with the first message and kept."""
    message = sitting.page.message
    message.start("road-closure", dict(ROAD))
    sitting.until("the previews", message.previews.count)
    texts = message.previews.findChildren(QPlainTextEdit)
    message.choose_template()
    return [each.viewport() for each in texts]


def idle(folder: Path, length: float) -> dict[str, Any]:
    """What the process takes of one processor when nothing happens."""
    with closing(Sitting(folder)) as sitting:
        sitting.live_for(BEFORE_IDLE)
        before, began = sum(psutil.Process().cpu_times()[:2]), time.perf_counter()
        sitting.live_for(length)
        used, took = sum(psutil.Process().cpu_times()[:2]) - before, time.perf_counter() - began
    return {"percent": used / took * 100, "load": os.getloadavg()[0]}


def day(folder: Path) -> dict[str, Any]:
    """Memory with a day behind it: its mentions stored, its alerts sent, the board opened."""
    with closing(Sitting(folder)) as sitting:
        for start in range(0, HEARD, BATCH):
            sitting.page.desk.intake.accept([_heard(start + each) for each in range(BATCH)])
            sitting.live_for(0.05)
        for number in range(ALERTS):
            _broadcast(sitting, number)
        for button in sitting.page.mentions.lanes.values():
            button.click()
            sitting.live_for(0.3)
        sitting.console.open_board()
        sitting.live_for(2.0)
        memory = psutil.Process().memory_full_info()
        stored = sitting.page.desk.reviewing.counts()["all"][0]
    return {
        "pss": memory.pss / MIB,
        "rss": memory.rss / MIB,
        "uss": memory.uss / MIB,
        "mentions": stored,
        "alerts": ALERTS,
    }


def _heard(number: int) -> Item:
    text = f"Water in the street, is the bridge open? {number}"
    return Item("mastodon", f"heard-{number}", text, int(time.time() * 1000), "ann", "Ann")


def _broadcast(sitting: Sitting, number: int) -> None:
    """One alert to four channels, by the services, as the console asks them."""
    page = sitting.page
    if page.incident is None:
        page.choose_incident(page.desk.composing.open_incident("Flood", page.operator))
    page.message.start("road-closure", ROAD | {"road_name": f"Weir Bridge {number}"})
    sitting.until("the button", page.broadcast.hold.isEnabled)
    page.broadcast.hold.held.emit()
    sitting.until("the next message", lambda: page.message.template is None)


class _Pauses:
    """How long the collector ran at a time."""

    def __init__(self) -> None:
        self.took_ms: list[float] = []
        self._began = 0.0
        gc.callbacks.append(self._on)

    def _on(self, phase: str, _info: object) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.took_ms.append((time.perf_counter() - self._began) * 1000)


@contextmanager
def _surge(sitting: Sitting, posts: list[Item]) -> Iterator[Any]:
    """Another thread takes posts in, as the threads of real sources do. They were made before."""
    over, fed = threading.Event(), itertools.count()
    number = PER_SECOND // BATCHES_PER_SECOND

    def run() -> None:
        began = time.perf_counter()
        for place, start in enumerate(range(0, len(posts), number)):
            if over.wait(max(0.0, began + place / BATCHES_PER_SECOND - time.perf_counter())):
                return
            sitting.page.desk.intake.accept(posts[start : start + number])
            next(fed)

    thread = threading.Thread(target=run, name="surge")
    began = time.perf_counter()
    thread.start()
    rate: list[float] = []
    try:
        yield lambda: rate[0]
    finally:
        took = time.perf_counter() - began
        over.set()
        thread.join()
        rate.append(round(next(fed) * number / took))


def _stalls(ticks: Any, *span: float) -> dict[str, float]:
    from tests.benchmarks.stalls import share

    worked = ticks.worked_ms(*span)
    return _told(ticks.gaps_ms(*span)) | {
        "worked_p99": round(share(worked, 0.99), 2),
        "worked_longest": round(share(worked, 1.0), 2),
    }


def _told(figures: list[float]) -> dict[str, float]:
    from tests.benchmarks.stalls import share

    return {
        "p50": round(share(figures, 0.5), 2),
        "p99": round(share(figures, 0.99), 2),
        "longest": round(share(figures, 1.0), 2),
        "number": len(figures),
    }


def main() -> int:
    """Do what is asked and print it."""
    what, folder, *more = sys.argv[1:]
    if what == "walk":
        told = walk(Path(folder))
    elif what == "day":
        told = day(Path(folder))
    else:
        told = idle(Path(folder), float(more[0]))
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
