"""Adding an inject while the story runs, or giving one to come other words or another time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.exercise import CALLS, Method
from crisisdesk.rules.exercise.story import Line
from crisisdesk.system.program_log import explained
from ui.exercise.timeline_model import WAYS
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 560
LINES_HIGH = 4
OFFERED = tuple(each for each in Method if each is not Method.FAULT)
"""Networks are broken under Channels."""

BAD = -1
NOW_WORDS = "Minutes from STARTEX; empty is at once"
KEPT_WORDS = "Minutes from STARTEX; another time than this one waits for nothing else"
NO_TIME = "Write the time in minutes from STARTEX, such as 41 or 41.5."


class InjectForm(Sheet):
    """Asks; it plays nothing itself. It stays open until what it asked for was done."""

    add_asked = Signal(object, str, str, object)
    """(method, who, words, seconds or None for at once)"""
    change_asked = Signal(object, str, object)
    """(the line, words, seconds or None for as it was)"""

    def __init__(self, parent: QWidget, line: Line | None = None, method: Method | None = None):
        super().__init__(parent)
        self._line = line
        self.setWindowTitle("EXERCISE – change an inject" if line else "EXERCISE – add an inject")
        self.method = QComboBox()
        for each in OFFERED:
            self.method.addItem(WAYS[each].capitalize(), each)
        self.method.setCurrentIndex(OFFERED.index(method or Method.MASTODON))
        self.who = QLineEdit()
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(
            LINES_HIGH * self.text.fontMetrics().lineSpacing() + Theme.scaled(20)
        )
        self.at = QLineEdit()
        self.trouble = label("", "problem", wrap=True)
        self.trouble.hide()
        words = "Change it" if line else "Add it"
        self.go = button(words, self._ask, "primary")
        self.fill(self._lay_out(), WIDTH)
        if line:
            self.text.setPlainText(line.inject.text)
            self.at.setText("" if line.due is None else f"{line.due / 60:g}")
        (self.text if line else self.who).setFocus()

    def _lay_out(self) -> QVBoxLayout:
        inside = column(space=SPACE_TIGHT)
        if self._line is None:
            _asked(inside, "How does it reach the player?", self.method)
            _asked(inside, "Who says it?", self.who)
        _asked(inside, "Words", self.text)
        _asked(inside, KEPT_WORDS if self._line else NOW_WORDS, self.at)
        inside.addWidget(self.trouble)
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(button("Cancel", self.reject), None, self.go, space=SPACE))
        return inside

    def fail(self, error: Exception) -> None:
        """It was refused: say why, and let the words be mended."""
        self._say(str(explained(error)))
        self.go.setEnabled(True)

    def _say(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.show()

    def _ask(self) -> None:
        at = _seconds(self.at.text())
        if at == BAD:
            self._say(NO_TIME)
            self.at.setFocus()
            return
        self.go.setEnabled(False)
        words = self.text.toPlainText()
        if self._line:
            self.change_asked.emit(self._line, words, at)
        else:
            self.add_asked.emit(Method(self.method.currentData()), self.who.text(), words, at)


def _seconds(minutes: str) -> int | None:
    """None where nothing is written, BAD where it is no time."""
    if not minutes.strip():
        return None
    try:
        return max(0, round(float(minutes) * 60))
    except (ValueError, OverflowError):
        return BAD


def ring_form(parent: QWidget) -> InjectForm:
    """The same for a call that comes at once."""
    form = InjectForm(parent, method=Method.TELEPHONE)
    form.setWindowTitle("EXERCISE – ring the phone")
    form.go.setText("Ring now")
    for place in reversed(range(form.method.count())):
        if Method(form.method.itemData(place)) not in CALLS:
            form.method.removeItem(place)
    return form


def _asked(inside: QVBoxLayout, words: str, field: QWidget) -> None:
    caption = label(words, "strong", wrap=True)
    caption.setBuddy(field)
    field.setAccessibleName(words)
    inside.addWidget(caption)
    inside.addWidget(field)
    inside.addSpacing(SPACE)
