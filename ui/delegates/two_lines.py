"""A text on two lines, for rows of a fixed height."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption


def draw_two_lines(painter: QPainter, font: QFont, rect: QRect, text: str) -> None:
    """Plain text, wrapped at words or anywhere in a word too long; cut with an ellipsis."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    first = layout.createLine()
    if first.isValid():
        first.setLineWidth(rect.width())
    layout.endLayout()
    height = QFontMetrics(font).lineSpacing()
    rest = text[first.textLength() :].strip() if first.isValid() else ""
    cut = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, rect.width())
    top = QRect(rect.x(), rect.y(), rect.width(), height)
    painter.setFont(font)
    painter.drawText(top, Qt.AlignmentFlag.AlignLeft, text[: first.textLength()].rstrip())
    painter.drawText(top.translated(0, height), Qt.AlignmentFlag.AlignLeft, cut)
