"""Work that waits is done elsewhere; its result comes back on the GUI thread."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.system.workers import Workers

T = TypeVar("T")


class Tasks(QObject):
    """Runs things on the program's threads. Made on the GUI thread; used from there only."""

    _finished = Signal(object)
    failed = Signal(str, str)
    """(problem, what to do), for every failure that nobody else took."""

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._closed = False
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
        run: Callable[[Callable[[], Any]], "Future[Any]"],
        act: Callable[[], T],
        then: Callable[[T], None] | None,
        otherwise: Callable[[Exception], None] | None,
    ) -> None:
        if self._closed:
            return
        future = run(lambda: _caught(act))
        future.add_done_callback(lambda done: self._finished.emit((done, then, otherwise)))

    @Slot(object)
    def _deliver(self, result: tuple[Any, Any, Any]) -> None:
        future, then, otherwise = result
        if self._closed:
            return
        try:
            value, error = future.result()
        except CancelledError:
            return
        if error is None:
            if then:
                then(value)
        elif otherwise:
            otherwise(error)
        elif isinstance(error, CrisisDeskError):
            self.failed.emit(error.problem, error.to_do)
        else:
            self.failed.emit(
                f"Something unexpected went wrong: {error}", "It is in the program's log."
            )


def _caught(act: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """A result or the error: errors are the screen's business, not the thread's."""
    try:
        return act(), None
    except Exception as error:  # noqa: BLE001 - shown to the officer by whoever asked
        return None, error
