"""The start screen: live, exercise or review. Nothing heavy is loaded to show it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row

WIDTH = 620


class StartPage(QWidget):
    """Three choices, each with what it means."""

    live_chosen = Signal()
    exercise_chosen = Signal(str)
    review_chosen = Signal(str)

    def __init__(self, scenarios: Sequence[str] = ("night-flood",)) -> None:
        super().__init__()
        self._scenarios = scenarios
        self.notice = Notice()
        self.live = _choice(
            "■  Live\nReal mentions, real channels. What you send reaches the public.",
            self.live_chosen.emit,
        )
        self.exercise = _choice(
            "◆  Exercise: night flood\nThe same console against a simulated public. "
            "Nothing leaves this computer.",
            lambda: self.exercise_chosen.emit(self._scenarios[0]),
        )
        self.review = _choice(
            "▤  Review a log\nVerify, read and export what was done.", self._choose_log
        )
        inside = column(
            None,
            label("CrisisDesk", "title"),
            label(
                "Hear what the public says. Say it everywhere at once. Keep the record.", "muted"
            ),
            16,
            self.live,
            self.exercise,
            self.review,
            self.notice,
            None,
            label("Tab moves between the choices, Space or Enter chooses.", "small"),
            12,
        )
        middle = QWidget()
        middle.setFixedWidth(WIDTH)
        middle.setLayout(inside)
        self.setLayout(row(None, middle, None))

    def busy(self, busy: bool) -> None:
        """While a choice is being opened, no other can be made."""
        for choice in (self.live, self.exercise, self.review):
            choice.setEnabled(not busy)

    def _choose_log(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a log", "", "Logs (*.db *.jsonl);;All files (*)"
        )
        if path:
            self.review_chosen.emit(path)


def _choice(text: str, act: Callable[[], object]) -> QPushButton:
    made = button(text, act, "choice")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setMinimumHeight(84)
    return made
