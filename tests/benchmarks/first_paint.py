"""Run as a program: opens a window and ends the process when it has painted itself once.

`python -m tests.benchmarks.first_paint bare` opens an empty window of Qt; `desk FOLDER` opens the
program's own start screen.
"""

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class FirstPaint(QObject):
    """Ends the process once everything that was to be painted at first has been."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look for the first paint; what belongs to it is painted before the timer fires."""
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: os._exit(0))
        return False


class WatchedApplication(QApplication):
    """An application that ends with its first paint."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._first = FirstPaint()
        self.installEventFilter(self._first)


def show_bare() -> int:
    """An empty window as large as ours."""
    app = WatchedApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1366, 768)
    window.show()
    return app.exec()


def show_desk(folder: str) -> int:
    """The start screen, by the way that the program itself takes."""
    from ui import app

    vars(app)["QApplication"] = WatchedApplication
    return app.run(["--data", folder])


if __name__ == "__main__":
    sys.exit(show_bare() if sys.argv[1] == "bare" else show_desk(sys.argv[2]))
