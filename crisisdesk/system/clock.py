"""The one clock. Live it is the computer's; in an exercise it tells the story's time."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The computer's time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        """Milliseconds that never step back, from an arbitrary start."""
        return time.monotonic_ns() // 1_000_000


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
        """Story time since STARTEX."""
        with self._lock:
            return self._elapsed()

    def now(self) -> datetime:
        """The story's moment, aware, in UTC."""
        return self._start + self.elapsed()

    def monotonic_ms(self) -> int:
        """Story milliseconds since STARTEX."""
        return int(self.elapsed().total_seconds() * 1000)

    def _elapsed(self) -> timedelta:
        if self._since is None:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
