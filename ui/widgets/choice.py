"""Buttons that are a choice: what it is in large letters, and in small ones what that means."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.drawing import draw_icon
from ui.theme import SPACE, SPACE_WIDE, Theme
from ui.widgets.parts import button, column, key_cap, label, row

SIGN_PIXELS = 24


class Sign(QWidget):
    """An icon that stands by itself and follows the theme."""

    def __init__(self, name: str, role: str = "text") -> None:
        super().__init__()
        self._name, self._role = name, role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(Theme.scaled(SIGN_PIXELS), Theme.scaled(SIGN_PIXELS))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        draw_icon(painter, self._name, self.rect(), getattr(Theme.tokens, self._role))
        painter.end()


def small_choice(text: str, small: str, act: Callable[[], object]) -> QPushButton:
    """A button of two lines: what it opens, and in small letters what is known of it."""
    made = button("", act, "choice", name=f"{text}, {small}" if small else text)
    inside = column(label(text, "strong", wrap=True), space=2)
    if small:
        inside.addWidget(label(small, "small", wrap=True))
    inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
    return _filled(made, inside)


def choice(
    sign: str, title: str, words: str, act: Callable[[], object], *, small: str = "", key: str = ""
) -> QPushButton:
    """A wide button with an icon, what it means, what it needs, and the key that presses it."""
    made = button("", act, "choice", name=" ".join(filter(None, (f"{title}.", words, small))))
    text = column(label(title, "choice", wrap=True), label(words, "muted", wrap=True), space=2)
    if small:
        text.addWidget(label(small, "small", wrap=True))
    inside = row(Sign(sign, "accent"), space=SPACE_WIDE)
    inside.addLayout(text, 1)
    if key:
        inside.addWidget(key_cap(key))
    inside.setContentsMargins(2 * SPACE, SPACE_WIDE, 2 * SPACE, SPACE_WIDE)
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
