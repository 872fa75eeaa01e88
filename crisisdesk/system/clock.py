"""The one clock. Live it is the computer's; in an exercise it tells the story's time.

The computer's clock can be wrong, be set, and stand still asleep: it is never believed alone.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""Linux counts sleep only here, macOS in CLOCK_MONOTONIC; Windows always (time.monotonic)."""

BACK = timedelta(seconds=2)
FORWARD = timedelta(seconds=60)
"""From such steps on, the log tells of them."""


def _wall() -> datetime:
    return datetime.now(UTC)


def _uptime() -> float:
    return time.monotonic() if _WITH_SLEEP is None else time.clock_gettime(_WITH_SLEEP)


class Clock:
    """The computer's time."""

    def __init__(
        self,
        wall: Callable[[], datetime] = _wall,
        uptime: Callable[[], float] = _uptime,
    ) -> None:
        self._wall = wall
        self._uptime = uptime
        self.trust()

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._wall()

    def latest(self) -> datetime:
        """The latest moment it can be: by the clock, or by the time passed since it was trusted.

        By this one alerts expire: a clock set back must not bring an old one back to life.
        """
        trusted_at, uptime_then = self._trusted
        return max(self.now(), trusted_at + timedelta(seconds=self.uptime() - uptime_then))

    def trust(self) -> None:
        """Somebody says that the clock is right now, whatever it said before."""
        self._trusted = (self.now(), self.uptime())

    def uptime(self) -> float:
        """Seconds since an arbitrary moment, sleep included; nobody can set them."""
        return self._uptime()

    def monotonic_ms(self) -> int:
        """Milliseconds that never step back, from an arbitrary start."""
        return time.monotonic_ns() // 1_000_000


class StepKind(StrEnum):
    """What most likely happened to a clock."""

    SET_BACK = "set back"
    SET_FORWARD = "set forward"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Step:
    """A jump: what the clock said last and says now. `length` is negative when it was set back.

    The length of a sleep is how long nothing ran.
    """

    kind: StepKind
    before: datetime
    after: datetime
    length: timedelta


class ClockWatch:
    """Compares two looks at a clock with the time that really passed between them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = (clock.now(), clock.uptime())

    def look(self) -> Step | None:
        """Whether the clock jumped since the last look, or nothing ran for over a minute."""
        before, uptime_before = self._last
        self._last = after, uptime_after = self._clock.now(), self._clock.uptime()
        passed = timedelta(seconds=uptime_after - uptime_before)
        step = (after - before) - passed
        if step < -BACK:
            return Step(StepKind.SET_BACK, before, after, step)
        if step > FORWARD:
            return Step(StepKind.SET_FORWARD, before, after, step)
        return Step(StepKind.ASLEEP, before, after, passed) if passed > FORWARD else None


_AS_OF: ContextVar[timedelta | None] = ContextVar("as_of", default=None)
"""The moment of the story that the running step lives in; work it sets off inherits it."""


FASTEST = 10_000
"""Story seconds a second, as somebody may ask for them: a day of story in some nine seconds."""


class StoryClock(Clock):
    """Time in an exercise: `speed` story seconds for each real one, or moved only by hand.

    `speed` 0 means by hand, as a run at full speed needs it.
    """

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._lock = threading.Lock()
        self._base = timedelta()
        self._since: float | None = None
        self._shown_ms = 0

    @contextmanager
    def as_of(self, seconds: float) -> Iterator[None]:
        """Within this, it is so many seconds after STARTEX, however long the step takes.

        What is due at a moment happens in it: else the story would depend on how busy the computer
        is.
        """
        before = _AS_OF.set(timedelta(seconds=seconds))
        try:
            yield
        finally:
            _AS_OF.reset(before)

    def run(self) -> None:
        """Let the story's time pass from now on."""
        with self._lock:
            if self._speed and self._since is None:
                self._since = time.monotonic()

    def pause(self) -> None:
        """Stop the story's time."""
        with self._lock:
            self._base = self._elapsed()
            self._since = None

    @property
    def running(self) -> bool:
        """Whether story time passes by itself now."""
        return self._since is not None

    @property
    def speed(self) -> float:
        """Story seconds for each real second; 0 when moved by hand."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """So many story seconds for each real one from now on."""
        with self._lock:
            self._base = self._elapsed()
            self._speed = speed
            if self._since is not None:
                self._since = time.monotonic()

    def move_to(self, elapsed: timedelta) -> None:
        """Set the story's time by hand; it never goes back."""
        with self._lock:
            self._base = max(elapsed, self._elapsed())
            if self._since is not None:
                self._since = time.monotonic()

    def elapsed(self) -> timedelta:
        """Story time since STARTEX, or the moment that the running step lives in."""
        as_of = _AS_OF.get()
        if as_of is not None:
            return as_of
        return self.passed()

    def passed(self) -> timedelta:
        """Story time since STARTEX by the clock itself."""
        with self._lock:
            return self._elapsed()

    def now(self) -> datetime:
        """The story's moment, aware, in UTC."""
        return self._start + self.elapsed()

    def uptime(self) -> float:
        """Story seconds since STARTEX."""
        return self.elapsed().total_seconds()

    def latest(self) -> datetime:
        """The same: nobody sets the story's clock."""
        return self.now()

    def trust(self) -> None:
        """There is nothing to doubt in a story's clock."""

    def monotonic_ms(self) -> int:
        """Story milliseconds since STARTEX. A late step does not take the log back behind what was
        written meanwhile."""
        shown = self.elapsed() // timedelta(milliseconds=1)
        with self._lock:
            self._shown_ms = max(self._shown_ms, shown)
            return self._shown_ms

    def _elapsed(self) -> timedelta:
        if self._since is None:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
