"""Run as a program: opens a window and ends the process once it can be used.

`python -m tests.benchmarks.first_paint bare` opens an empty window of Qt, and ends with its first
picture. `desk FOLDER` opens the program's own start screen, and ends when it has painted itself and
a key has moved the keyboard's place on it.
"""

import os
import sys

if sys.argv[1] == "desk":
    from ui.importing import import_plainly

    import_plainly()  # as `ui.__main__` does before it loads anything

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Usable(QObject):
    """Ends the process. It sees the events of the window alone: more would slow what it times."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look for the first paint; what belongs to it is painted before the timer fires."""
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, self._press)
        return False

    def _press(self) -> None:
        before = QApplication.focusWidget()
        if before is not None:
            from PySide6.QtCore import Qt
            from PySide6.QtGui import QKeyEvent

            tab = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(before, tab)
            if QApplication.focusWidget() is before:
                return
        elif sys.argv[1] == "desk":
            QTimer.singleShot(1, self._press)
            return
        os._exit(0)


class WatchedApplication(QApplication):
    """An application that ends once its window can be used."""

    def exec(self) -> int:
        """The window is shown, and not painted yet."""
        self._usable = Usable()
        for each in self.topLevelWidgets():
            if each.isVisible():
                each.installEventFilter(self._usable)
        return super().exec()


def show_bare() -> int:
    """An empty window as large as ours."""
    app = WatchedApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1366, 768)
    window.show()
    return app.exec()


def show_desk(folder: str) -> int:
    """The start screen, by the way that the program itself takes from an icon: no arguments."""
    from ui import running

    vars(running)["QApplication"] = WatchedApplication
    os.environ["CRISISDESK_HOME"] = folder
    return running.run([])


if __name__ == "__main__":
    sys.exit(show_bare() if sys.argv[1] == "bare" else show_desk(sys.argv[2]))
