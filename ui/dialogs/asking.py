"""Asking for one line of words, without stopping anything else."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from ui.dialogs.once import open_once
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 480


class AskLine(Sheet):
    """A question, a line to answer it, and a way out. An empty answer is none."""

    def __init__(
        self, parent: QWidget, title: str, question: str, then: Callable[[str], None]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._then = then
        self.line = QLineEdit()
        self.line.setMaxLength(500)
        self.line.setAccessibleName(question)
        self.go = button(title, self._finish, "primary")
        self.go.setEnabled(False)
        self.go.setDefault(True)
        self.line.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        box = column(label(question, wrap=True), self.line)
        box.addLayout(row(None, button("Cancel", self.reject), self.go))
        self.fill(box, WIDTH)
        self.line.setFocus()

    def _finish(self) -> None:
        if words := self.line.text().strip():
            self.accept()
            self._then(words)


def ask_line(parent: QWidget, title: str, question: str, then: Callable[[str], None]) -> AskLine:
    """Open the question; `then` gets the answer."""
    dialog = AskLine(parent, title, question, then)
    open_once(dialog)
    return dialog


def ask_secret(parent: QWidget, title: str, question: str, then: Callable[[str], None]) -> AskLine:
    """The same for something nobody may read over a shoulder."""
    dialog = ask_line(parent, title, question, then)
    dialog.line.setEchoMode(QLineEdit.EchoMode.Password)
    return dialog
