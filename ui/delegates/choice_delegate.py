"""Paints a choice: its name in bold on the first line, what it is for below."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui.theme import Theme
from ui.widgets.tips import TipDelegate

_Index = QModelIndex | QPersistentModelIndex
MARGIN = 9


class ChoiceDelegate(TipDelegate):
    """The item's text is the name, a line break, and the description."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(100, QFontMetrics(option.font).height() * 2 + 2 * MARGIN + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = Theme.tokens
        name, _, words = str(index.data()).partition("\n")
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(option.rect, QColor(tokens.select if chosen else tokens.surface))
        painter.setPen(QColor(tokens.line))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        inner = option.rect.adjusted(MARGIN + 2, MARGIN, -MARGIN, -MARGIN)
        line = QFontMetrics(option.font).height()
        bold = QFont(option.font)
        bold.setBold(True)
        self._line(
            painter, bold, tokens.text, QRect(inner.x(), inner.y(), inner.width(), line), name
        )
        below = QRect(inner.x(), inner.y() + line + 2, inner.width(), line)
        self._line(painter, option.font, tokens.muted, below, words)
        painter.restore()

    def _line(self, painter: QPainter, font: QFont, colour: str, rect: QRect, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
