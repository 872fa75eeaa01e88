"""The line on top of a pane: what it is, the key that leads here, and what belongs beside it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.drawing import draw_icon
from ui.theme import SPACE, Theme
from ui.widgets.parts import key_cap, label

SIGN_PIXELS = 18


def pane_head(icon_name: str, title: str, key: str, *beside: QWidget | None) -> QHBoxLayout:
    """An icon, a heading and its key; None among what stands beside them is a stretch."""
    box = QHBoxLayout()
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(SPACE)
    for part in (Sign(icon_name, "muted"), label(title, "heading"), key_cap(key), *beside):
        if part is None:
            box.addStretch(1)
        else:
            box.addWidget(part)
    return box


class Sign(QWidget):
    """An icon that stands beside words and says nothing they do not."""

    def __init__(self, name: str, role: str = "text", pixels: int = SIGN_PIXELS) -> None:
        super().__init__()
        self._name, self._role, self._pixels = name, role, pixels
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = Theme.scaled(self._pixels)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        draw_icon(painter, self._name, self.rect(), getattr(Theme.tokens, self._role))
        painter.end()
