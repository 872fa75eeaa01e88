"""A label on as many lines as it needs, in any width: a word too long for a line is broken."""

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel

LINE_BREAK = "\u2028"
REMEMBERED = 16
LEAST_LETTERS = 8
"""Narrower than this many letters nobody can read it."""


class WrappingLabel(QLabel):
    """Plain text. Qt's own label would be as wide as its longest word and push others aside.

    Lines end between words; only a word that is longer than a line is broken, which the flags of
    `QPainter.drawText` cannot say.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self._heights: dict[tuple[str, int], int] = {}

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """Layouts ask for the same width many times over."""
        asked = self.text(), width
        if asked not in self._heights:
            if len(self._heights) >= REMEMBERED:
                self._heights.clear()
            self._heights[asked] = self._height(width)
        return self._heights[asked]

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:
            self._heights.clear()
        super().changeEvent(event)

    def _height(self, width: int) -> int:
        margins = self.contentsMargins()
        laid_out = self._laid_out(width - margins.left() - margins.right())
        return round(laid_out.boundingRect().height()) + margins.top() + margins.bottom()

    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().averageCharWidth() * LEAST_LETTERS
        longest = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(min(least, longest), self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        place = self.contentsRect()
        laid_out = self._laid_out(place.width())
        spare = place.height() - laid_out.boundingRect().height()
        middle = bool(self.alignment() & Qt.AlignmentFlag.AlignVCenter)
        top = place.top() + (max(0, ceil(spare / 2)) if middle else 0)
        painter = QPainter(self)
        if self.hasFocus():
            # The first picture shows none, and is spared the hundreds of names that PySide makes.
            from PySide6.QtWidgets import QStyle, QStyleOption

            option = QStyleOption()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        laid_out.draw(painter, QPointF(place.left(), top))
        painter.end()

    def lines(self) -> list[str]:
        """The words of each line as they stand there now."""
        laid_out = self._laid_out(self.contentsRect().width())
        lines = [laid_out.lineAt(number) for number in range(laid_out.lineCount())]
        return [self.text()[each.textStart() :][: each.textLength()] for each in lines]

    def _laid_out(self, width: int) -> QTextLayout:
        laid_out = QTextLayout(self.text().replace("\n", LINE_BREAK), self.font())
        option = QTextOption(self.alignment())
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        laid_out.setTextOption(option)
        laid_out.beginLayout()
        top = 0.0
        while (line := laid_out.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, top))
            top += line.height()
        laid_out.endLayout()
        return laid_out
