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
            "■",
            "Live",
            "Real mentions, real channels. What you send reaches the public.",
            self.live_chosen.emit,
        )
        self.exercise = _choice(
            "◆",
            "Exercise: night flood",
            "The same console with a simulated public. Nothing leaves this computer.",
            lambda: self.exercise_chosen.emit(self._scenarios[0]),
        )
        self.review = _choice(
            "▤",
            "Review a log",
            "Verify, read and export what was said and done.",
            self._choose_log,
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


def _choice(sign: str, title: str, words: str, act: Callable[[], object]) -> QPushButton:
    """A large button: a sign, what it is, and what that means."""
    made = button("", act, "choice", name=f"{title}. {words}")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setMinimumHeight(92)
    mark = label(sign, "sign")
    mark.setFixedWidth(44)
    inside = row(mark)
    inside.addLayout(
        column(None, label(title, "choice"), label(words, "muted", wrap=True), None, space=2), 1
    )
    inside.setContentsMargins(20, 10, 20, 10)
    for part in made.findChildren(QWidget):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    made.setLayout(inside)
    return made
