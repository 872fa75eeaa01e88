"""Being woken at the earliest of several moments, by something that only knows pauses."""

import threading
from collections.abc import Callable
from datetime import datetime

Later = Callable[[float, Callable[[], None]], None]
"""Run something so many seconds from now: on the scheduler live, on the story in an exercise."""


class Wake:
    """Calls `act` when a moment has come. Being woken for nothing must do no harm: it happens."""

    def __init__(self, later: Later, act: Callable[[], object]) -> None:
        self._later = later
        self._act = act
        self._armed: datetime | None = None
        self._lock = threading.Lock()

    def at(self, moment: datetime, now: datetime) -> None:
        """See that `act` is called at `moment`; nothing is added where it is called before."""
        with self._lock:
            if self._armed is not None and self._armed <= moment:
                return
            self._armed = moment
        self._later(max(0.0, (moment - now).total_seconds()), lambda: self._go(moment))

    def forget(self) -> None:
        """What was asked for counts no more: the clock that it was measured by has jumped."""
        with self._lock:
            self._armed = None

    def _go(self, moment: datetime) -> None:
        with self._lock:
            if self._armed == moment:
                self._armed = None
        self._act()
