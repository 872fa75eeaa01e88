"""All threads of the program are made here (and by APScheduler): a pool for the network, one for
reading, an alarm that wakes for the next due thing, and a steady beat."""

import heapq
import itertools
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger(__name__)

T = TypeVar("T")

NETWORK_THREADS = 64
"""At least as many as there are channels: a broadcast must not wait for a thread."""

READ_THREADS = 3
SWITCH_SECONDS = 0.0005
"""How long a busy thread keeps the interpreter; the default 5 ms delays broadcasts by a fifth."""


class Workers:
    """The program's threads. `close` lets running work finish and starts nothing new."""

    def __init__(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._busy = 0
        self._quiet = threading.Condition()

    @cached_property
    def _network(self) -> "ThreadPoolExecutor":
        return _pool(NETWORK_THREADS, "network")

    @cached_property
    def _reads(self) -> "ThreadPoolExecutor":
        return _pool(READ_THREADS, "read")

    def network(self, act: Callable[[], T]) -> "Future[T]":
        """Run something that waits for a network, as of the moment its caller lives in."""
        with self._quiet:
            future = watched(self._network.submit(copy_context().run, act))
            self._busy += 1
        future.add_done_callback(self._ended)
        return future

    def wait_until_quiet(self) -> None:
        """Return when no network work runs or waits, such as it started itself included."""
        with self._quiet:
            self._quiet.wait_for(lambda: not self._busy)

    def _ended(self, _future: "Future[Any]") -> None:
        with self._quiet:
            self._busy -= 1
            self._quiet.notify_all()

    def read(self, act: Callable[[], T]) -> "Future[T]":
        """Run something that waits for the disk."""
        return watched(self._reads.submit(act))

    def close(self) -> None:
        """Wait for what runs; drop what has not begun."""
        self._network.shutdown(wait=True, cancel_futures=True)
        self._reads.shutdown(wait=True, cancel_futures=True)


def _pool(threads: int, name: str) -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # the first picture does not wait for it

    return ThreadPoolExecutor(threads, thread_name_prefix=name)


def watched(future: "Future[T]") -> "Future[T]":
    """A failure nobody collects still reaches the program's log."""
    future.add_done_callback(_report)
    return future


def _report(future: "Future[Any]") -> None:
    if not future.cancelled() and (error := future.exception()):
        log.error("background work failed", exc_info=error)


class Agenda:
    """Things due at moments of the story, run in order. Thread-safe.

    `due` is in seconds of story time. Nothing runs by itself: `run_due` does it, in the caller's
    thread; things run may add further things. `at` makes a thing live in the moment it is due,
    however late the thread is.
    """

    def __init__(
        self, at: Callable[[float], AbstractContextManager[object]] = lambda _: nullcontext()
    ) -> None:
        self._at = at
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()
        self.changed = threading.Event()

    def add(self, due: float, act: Callable[[], None]) -> None:
        """Have `act` run when story time reaches `due`."""
        with self._lock:
            heapq.heappush(self._heap, (due, next(self._order), act))
        self.changed.set()

    def next_due(self) -> float | None:
        """When the next thing is due; None when nothing is left."""
        with self._lock:
            return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> Callable[[], None] | None:
        """The next thing that is due by `now`, removed; None when there is none."""
        with self._lock:
            if not self._heap or self._heap[0][0] > now:
                return None
            due, _order, act = heapq.heappop(self._heap)
        return partial(self._run, due, act)

    def _run(self, due: float, act: Callable[[], None]) -> None:
        with self._at(due):
            act()


class Alarm:
    """One thread that runs an agenda as a clock goes on, asleep until the next thing is due.

    After each thing it waits until that is `settled`, so that the next finds the same world at any
    speed.
    """

    def __init__(
        self,
        agenda: Agenda,
        elapsed: Callable[[], float],
        speed: Callable[[], float],
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._agenda = agenda
        self._elapsed = elapsed
        self._speed = speed
        self._settled = settled
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="story", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look again: the clock's speed or the agenda changed."""
        self._agenda.changed.set()

    def stop(self) -> None:
        """End, after what is running now."""
        self._stop.set()
        self._agenda.changed.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._agenda.changed.clear()
            act = self._agenda.take_due(self._elapsed())
            if act is None:
                self._agenda.changed.wait(self._until_next())
                continue
            try:
                act()
                self._settled()
            except Exception:
                log.exception("a planned step failed")

    def _until_next(self) -> float | None:
        due, speed = self._agenda.next_due(), self._speed()
        if due is None or speed <= 0:
            return None
        return max(0.0, (due - self._elapsed()) / speed)


class Beat:
    """One thread that does the same every so many seconds, whatever happens to the wall clock.

    APScheduler waits for the wall clock: one set back by a day would keep it waiting for a day.
    """

    def __init__(self, seconds: float, act: Callable[[], object], name: str) -> None:
        self._seconds = seconds
        self._act = act
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with a pause."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is running now."""
        self._stop.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._act()
            except Exception:
                log.exception("%s failed", self._thread.name)
