"""The hot debrief: a few questions straight after ENDEX, while everything is fresh."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import SPACE, SPACE_WIDE, Theme
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 640
LINES_HIGH = 3


class Debrief(Sheet):
    """Asks; every answer is optional. However it is left, `answered` tells what was written."""

    answered = Signal(object)
    """The answers, a dict from question to words."""

    def __init__(self, parent: QWidget, questions: tuple[str, ...]) -> None:
        super().__init__(parent)
        self.setWindowTitle("EXERCISE – hot debrief")
        told = "Answer what you can, in a few words. They go into the report; none is required."
        inside = column(label("Hot debrief", "title"), label(told, "muted", wrap=True), space=SPACE)
        self.fields = {each: self._ask(inside, each) for each in questions}
        self.keep = button("Keep the answers", self.accept, "primary")
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(button("Skip", self._skip), None, self.keep))
        self.fill(inside, WIDTH)
        self.finished.connect(lambda _: self.answered.emit(self.written))
        next(iter(self.fields.values())).setFocus()

    @property
    def written(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {each: field.toPlainText() for each, field in self.fields.items()}

    def _ask(self, inside: QVBoxLayout, question: str) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setTabChangesFocus(True)
        field.setAccessibleName(question)
        field.setFixedHeight(LINES_HIGH * field.fontMetrics().lineSpacing() + Theme.scaled(18))
        asked = label(question, "strong", wrap=True)
        asked.setBuddy(field)
        inside.addWidget(asked)
        inside.addWidget(field)
        return field

    def _skip(self) -> None:
        for field in self.fields.values():
            field.clear()
        self.reject()
