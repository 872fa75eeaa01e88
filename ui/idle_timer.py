"""Notices when nobody has used the console for a while."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_USE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,  # all that a window hears of a key that is a shortcut
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


SOON_MS = 30_000
"""WCAG 2.2, criterion 2.2.1, asks for a warning of 20 seconds at least."""

LOCKS_SOON = (
    f"The desk locks in {SOON_MS // 1000} seconds. "
    "Press any key to go on; nothing is lost either way."
)


class IdleTimer(QTimer):
    """Once started, fires when keyboard and mouse rest for so many milliseconds.

    `soon` comes half a minute before, and `used` if somebody stirs after it.

    It looks at windows, where all use comes in. A filter on the whole program would run Python for
    every event of every widget: thousands whenever a page is built.
    """

    soon = Signal()
    used = Signal()

    def __init__(self, after_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.soon)
        self.setSingleShot(True)
        self.setInterval(after_ms)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - no console without one
        app.focusWindowChanged.connect(self._watch)
        self._watch(app.focusWindow())

    def start(self, ms: int | None = None) -> None:
        """Begin to wait, for the usual time if none is given."""
        super().start(self.interval() if ms is None else ms)
        if self.interval() > SOON_MS:
            self._soon.start(self.interval() - SOON_MS)

    def stop(self) -> None:
        """Wait no more."""
        super().stop()
        self._soon.stop()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or mouse use begins the wait anew."""
        if event.type() in _USE and self.isActive():
            warned = not self._soon.isActive()
            self.start()
            if warned:
                self.used.emit()
        return super().eventFilter(watched, event)


def locking(
    parent: QObject, after_ms: int, lock: Callable[[], object], warn: Callable[[str], object]
) -> IdleTimer:
    """A timer that locks the desk, and has words said before it does."""
    made = IdleTimer(after_ms, parent)
    made.timeout.connect(lock)
    made.soon.connect(lambda: warn(LOCKS_SOON))
    made.used.connect(lambda: warn(""))
    return made
