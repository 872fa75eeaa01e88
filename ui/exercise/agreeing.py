"""Improvement actions: what was agreed so far, and a line to add another."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crisisdesk.rules.exercise.improving import Improvement
from ui.theme import SPACE_TIGHT
from ui.widgets.parts import button, clear, label, row

DATE_HINT = "By when, as in 2026-03-31"


class Agreeing(QWidget):
    """Who does what by when. What is missing is said by whoever keeps it."""

    added = Signal(str, str, str)
    """The action, who does it, and the date as typed."""

    def __init__(self, listed: Sequence[Improvement]) -> None:
        super().__init__()
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_TIGHT)
        box.addWidget(label("IMPROVEMENT ACTIONS", "heading"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE_TIGHT)
        box.addLayout(self._lines)
        self.action = _field("What is to be done")
        self.owner = _field("Who does it")
        self.due = _field(DATE_HINT)
        self.add = button("Add the action", self._add)
        box.addWidget(self.action)
        box.addLayout(row(self.owner, self.due))
        box.addLayout(row(None, self.add))
        for each in (self.action, self.owner, self.due):
            each.returnPressed.connect(self._add)
        self.show_all(listed)
        self.setLayout(box)

    def show_all(self, listed: Sequence[Improvement]) -> None:
        """What was agreed; the form is empty again once it was kept."""
        clear(self._lines)
        for each in listed:
            words = f"• {each.action} – {each.owner}, by {each.due}"
            self._lines.addWidget(label(words, wrap=True))

    def empty(self) -> None:
        """It was kept: ready for the next."""
        for each in (self.action, self.owner, self.due):
            each.clear()
        self.action.setFocus()

    def _add(self) -> None:
        self.added.emit(self.action.text(), self.owner.text(), self.due.text())


def _field(hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(hint)
    made.setAccessibleName(hint)
    return made
