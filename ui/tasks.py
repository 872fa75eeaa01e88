"""Work that waits is done elsewhere; its result comes back on the GUI thread."""

import itertools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.system import program_log
from crisisdesk.system.workers import Workers

log = logging.getLogger(__name__)

T = TypeVar("T")


_Then = Callable[[Any], None] | None
_Otherwise = Callable[[Exception], None] | None


class Tasks(QObject):
    """Runs things on the program's threads. Made on the GUI thread; used from there only.

    What is asked may hold widgets. It is kept here until its result is back, and a worker lets go
    of it before: a worker that was the last to hold a widget would end it in the wrong thread.
    """

    _finished = Signal(int, object, object)
    failed = Signal(object)
    """A CrisisDeskError, for every failure that nobody else took."""

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._closed = False
        self._numbers = itertools.count()
        self._asked: dict[int, tuple[object, _Then, _Otherwise]] = {}
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self,
        act: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run something that waits for the disk, then call `then` with its result here."""
        self._start(self._workers.read, act, then, otherwise)

    def network(
        self,
        act: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[Exception], None] | None = None,
    ) -> None:
        """The same for something that waits for a network."""
        self._start(self._workers.network, act, then, otherwise)

    def close(self) -> None:
        """Deliver nothing any more: the screen is going."""
        self._closed = True

    def _start(
        self,
        run: Callable[[Callable[[], None]], object],
        act: Callable[[], T],
        then: Callable[[T], None] | None,
        otherwise: _Otherwise,
    ) -> None:
        if self._closed:
            return
        number = next(self._numbers)
        self._asked[number] = act, then, otherwise
        lent: list[Callable[[], object]] = [act]
        run(lambda: self._finished.emit(number, *_done(lent)))

    @Slot(int, object, object)
    def _deliver(self, number: int, value: Any, error: Exception | None) -> None:
        _, then, otherwise = self._asked.pop(number)
        if self._closed:
            return
        if error is not None:
            if _still_there(otherwise or self.fail):
                (otherwise or self.fail)(error)
        elif then and _still_there(then):
            then(value)

    def fail(self, error: Exception) -> None:
        """Tell the officer of a failure, in words that say what to do."""
        self.failed.emit(program_log.explained(error))


def _still_there(then: Callable[..., object]) -> bool:
    """Whether what wanted the result is on screen yet: pages are left before they have read all."""
    owner = getattr(getattr(then, "func", then), "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _done(lent: list[Callable[[], object]]) -> tuple[object, Exception | None]:
    """A result or the error: errors are the screen's business, not the thread's."""
    act = lent.pop()
    try:
        return act(), None
    except Exception as error:
        if not isinstance(error, CrisisDeskError):
            log.exception("a task failed")
        return None, error.with_traceback(None)  # its frames hold what was asked
