"""A label on as many lines as it needs, in any width: a word too long for a line is broken."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

_FLAGS = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
_ENDLESS = 1 << 20
LEAST_LETTERS = 8
"""Narrower than this many letters nobody can read it."""


class WrappingLabel(QLabel):
    """Plain text. Qt's own label would be as wide as its longest word and push others aside."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        needed = self.fontMetrics().boundingRect(
            QRect(0, 0, max(1, room), _ENDLESS), int(_FLAGS), self.text()
        )
        return needed.height() + margins.top() + margins.bottom()

    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().averageCharWidth() * LEAST_LETTERS
        longest = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(min(least, longest), self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()) | int(_FLAGS), self.text())
        painter.end()
