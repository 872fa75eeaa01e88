"""Fields of a form, each said by its name to those who do not see it."""

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from ui.theme import SPACE_TIGHT, Theme
from ui.widgets.parts import column, label

LINES = 3
SHORTEST_CHOICE = 12
"""Letters that a choice has room for at least: at large text no more may fit."""


def text_box(name: str) -> QPlainTextEdit:
    """A field of a few lines; Tab leads on."""
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * LINES + Theme.scaled(14))
    return made


def choice_of(name: str, items: Iterable[tuple[str, str]]) -> QComboBox:
    """One of several, as (words, value)."""
    made = QComboBox()
    for words, value in items:
        made.addItem(words, value)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(SHORTEST_CHOICE)
    made.setAccessibleName(name)
    return made


def named(words: str, field: QWidget) -> QWidget:
    """A field with its name above it."""
    made = QWidget()
    made.setLayout(column(label(words, "small", wrap=True), field, space=SPACE_TIGHT))
    return made
