"""Work in turn: what `Workers` do on many threads, done by one, in an order that never changes."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from crisisdesk.system.workers import Workers, watched

T = TypeVar("T")


class InTurn(Workers):
    """Whoever waits for network work does it, one after another in the order it was asked for.

    By this an exercise at full speed is the same every time. It is for one thread alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self._line: deque[_Turn[Any]] = deque()

    def network(self, act: Callable[[], T]) -> Future[T]:
        """Have something done when somebody waits."""
        turn = _Turn(act, self)
        self._line.append(turn)
        return watched(turn)

    def wait_until_quiet(self) -> None:
        """Do everything, such as is asked for on the way included."""
        while self._line:
            self._line.popleft().run()

    def go_on_until(self, wanted: Future[Any]) -> None:
        """Do what stands in line up to what is wanted."""
        while self._line and not wanted.done():
            self._line.popleft().run()

    def close(self) -> None:
        """Drop what has not begun."""
        self._line.clear()
        super().close()


class _Turn(Future[T]):
    """Work that is done at the latest when somebody wants its result."""

    def __init__(self, act: Callable[[], T], line: InTurn) -> None:
        super().__init__()
        self._act = act
        self._line = line

    def run(self) -> None:
        self.set_running_or_notify_cancel()
        try:
            self.set_result(self._act())
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asks for the result
            self.set_exception(error)

    def result(self, timeout: float | None = None) -> T:
        self._line.go_on_until(self)
        return super().result(timeout)
