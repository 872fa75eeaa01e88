"""Notices when nobody has used the console for a while."""

from PySide6.QtCore import QEvent, QObject, QTimer
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


class IdleTimer(QTimer):
    """Once started, fires when keyboard and mouse rest for so many milliseconds.

    It looks at windows, where all use comes in. A filter on the whole program would run Python for
    every event of every widget: thousands whenever a page is built.
    """

    def __init__(self, after_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(after_ms)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - no console without one
        app.focusWindowChanged.connect(self._watch)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or mouse use begins the wait anew."""
        if event.type() in _USE and self.isActive():
            self.start()
        return super().eventFilter(watched, event)
