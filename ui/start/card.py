"""A choice of the start page: what it is, what it means, and the buttons that begin it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import SPACE, SPACE_WIDE, Theme
from ui.widgets.parts import button, clear, column, key_cap, label, pane, row

SIGN_PIXELS = 24

Entry = tuple[str, str, str, Callable[[], object]]
"""Its key, what it opens, what is known of it, what it does."""


class Card(QWidget):
    """A heading with its icon, a sentence, perhaps a button, a list that fills later, a last one.

    `nothing` stands where the list would, until there is something to list.
    """

    def __init__(
        self,
        sign: str,
        title: str,
        words: str,
        first: QPushButton | None,
        last: QPushButton | None = None,
        nothing: str = "",
    ) -> None:
        super().__init__()
        self._list = QVBoxLayout()
        self._list.setSpacing(SPACE)
        self.listed: dict[str, QPushButton] = {}
        self._nothing = label(nothing, "small", wrap=True)
        self._nothing.setVisible(bool(nothing))
        inside = column(space=SPACE_WIDE)
        inside.addLayout(row(_sign(sign), label(title, "lead"), None))
        inside.addWidget(label(words, "muted", wrap=True))
        if first:
            first.setAccessibleDescription(words)
            inside.addWidget(first)
        inside.addWidget(self._nothing)
        inside.addLayout(self._list)
        if last:
            inside.addLayout(row(last, None))
        inside.addStretch(1)
        self.setLayout(column(pane(inside, "card", 2 * SPACE)))

    def fill(self, entries: list[Entry]) -> None:
        """Show one button for each entry."""
        kept = next((key for key, each in self.listed.items() if each.hasFocus()), "")
        clear(self._list)
        self.listed = {key: entry_button(text, small, act) for key, text, small, act in entries}
        for each in self.listed.values():
            self._list.addWidget(each)
        self._nothing.setVisible(bool(self._nothing.text()) and not entries)
        if kept in self.listed:
            self.listed[kept].setFocus()


def entry_button(text: str, small: str, act: Callable[[], object]) -> QPushButton:
    """A button of two lines: what it opens, and in small letters what is known of it."""
    made = button("", act, "choice", name=f"{text}, {small}" if small else text)
    inside = column(label(text, "strong", wrap=True), space=2)
    if small:
        inside.addWidget(label(small, "small", wrap=True))
    inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
    return _filled(made, inside)


def hero(sign: str, title: str, words: str, key: str, act: Callable[[], object]) -> QPushButton:
    """The obvious first thing: one wide button, with the key that begins it."""
    made = button("", act, "choice", name=f"{title}. {words}")
    text = column(label(title, "choice", wrap=True), label(words, "muted", wrap=True), space=2)
    inside = row(_sign(sign, "accent"), space=SPACE_WIDE)
    inside.addLayout(text, 1)
    inside.addWidget(key_cap(key))
    inside.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
    return _filled(made, inside)


def _filled(made: QPushButton, inside: QBoxLayout) -> QPushButton:
    """A layout on a button: its words take no clicks, and it is as high as they are."""
    made.setLayout(inside)
    for part in made.findChildren(QWidget):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    policy = QSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def _sign(name: str, role: str = "text") -> QLabel:
    made = QLabel()
    pixels = Theme.scaled(SIGN_PIXELS)
    made.setPixmap(icon(name, role).pixmap(pixels, pixels))
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made
