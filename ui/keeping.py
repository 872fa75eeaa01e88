"""Keeps the newest state of something on disk: one write at a time, and always the newest next."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from ui.tasks import Tasks

State = TypeVar("State")

TRY_AGAIN_MS = 2000
"""How long after a failed write the next is tried, if nothing is typed before."""


class Keeping(QObject, Generic[State]):
    """Used on the GUI thread only; nothing here waits.

    `save` runs elsewhere and returns when it was; `told` is called with every change of what is
    kept, with the error of a write that failed, or None.
    """

    def __init__(
        self,
        tasks: Tasks,
        save: Callable[[State], datetime],
        told: Callable[[Exception | None], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._save = save
        self._told = told
        self._newest: State | None = None
        self._under_way = False
        self.kept: State | None = None
        self.kept_at: datetime | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(TRY_AGAIN_MS)
        self._again.timeout.connect(self._go_on)

    @property
    def safe(self) -> bool:
        """Whether the newest state is on disk."""
        return self._newest is self.kept

    def put(self, state: State) -> None:
        """This is how things are now."""
        if state != self._newest:
            self._newest = state
            self._go_on()

    def flush(self) -> None:
        """Write what is not kept yet, and wait for it: only for the end, when no thread runs."""
        if self._newest is not None and not self.safe:
            self._save(self._newest)
            self.kept = self._newest

    def _go_on(self) -> None:
        state = self._newest
        if state is None or self._under_way or self.safe:
            return
        self._again.stop()
        self._under_way = True
        self._tasks.read(lambda: self._save(state), lambda at: self._done(state, at), self._failed)

    def _done(self, state: State, at: datetime) -> None:
        self._under_way = False
        self.kept, self.kept_at = state, at
        self._told(None)
        self._go_on()

    def _failed(self, error: Exception) -> None:
        self._under_way = False
        self._told(error)
        self._again.start()
