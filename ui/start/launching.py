"""Starting an exercise in a process of its own, and coming back when it is over."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

SHOWN = "shown"
"""What the new process says on standard output once its window is up."""

LIVE = "live"
"""What it says when a real event has come: it opens nothing itself, so we open the live desk."""


def exercise_command(scenario: str, home: Path, theme: str) -> list[str]:
    """How the program calls itself for an exercise."""
    words = ["-m", "ui", "--exercise", scenario, "--data", str(home), "--theme", theme]
    return [sys.executable, *words, "--say-shown"]


class Launch(QObject):
    """One process: `shown` once its window is up, then `over`; or `failed` with its last words."""

    shown = Signal()
    over = Signal(bool)
    """Whether it ended well."""
    failed = Signal(str)
    live_asked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_shown = False
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._heard)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._ended)

    def start(self, command: list[str]) -> None:
        """Begin."""
        self._process.start(command[0], command[1:])

    def stop(self) -> None:
        """Our own window closes: an exercise that is not on screen yet is not wanted any more."""
        self._process.blockSignals(True)
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished()

    def _heard(self) -> None:
        said = bytes(self._process.readAllStandardOutput().data()).decode(errors="replace")
        if SHOWN in said.split() and not self.is_shown:
            self.is_shown = True
            self.shown.emit()
        if LIVE in said.split():
            self.live_asked.emit()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.failed.emit(self._process.errorString())

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        self._heard()
        if self.is_shown:
            self.over.emit(code == 0 and status is QProcess.ExitStatus.NormalExit)
            return
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self.failed.emit(said.strip().splitlines()[-1] if said.strip() else "")
