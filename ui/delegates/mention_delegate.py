"""Paints one mention: who and when, what they said on two lines, and why it is here.

All text is drawn as plain text. The height is fixed: with it a table stays quick at any size.
"""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crisisdesk.model.mention import LABELS, Label, Mention
from crisisdesk.rules.showing import one_line
from ui.delegates.two_lines import draw_two_lines
from ui.drawing import draw_icon
from ui.models.mentions_model import MENTION
from ui.theme import Theme
from ui.widgets.clocks import age
from ui.widgets.signs import LABEL_ICONS, LABEL_WORDS, label_tone

_Index = QModelIndex | QPersistentModelIndex
MARGIN, EDGE = 9, 4
CHIP_SIZE = 0.8
"""A chip's word against the body text."""


class MentionDelegate(QStyledItemDelegate):
    """`now_ms` tells the time, so that ages are right in an exercise too."""

    now_ms = staticmethod(lambda: int(time.time() * 1000))

    @staticmethod
    def row_height(font: QFont) -> int:
        """Four lines of this font and the margins, in pixels."""
        return QFontMetrics(font).height() * 4 + 2 * MARGIN

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(200, self.row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        mention = index.data(MENTION)
        if not isinstance(mention, Mention):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(option.rect, Qt.ClipOperation.IntersectClip)
        self._ground(painter, option, mention)
        inner = option.rect.adjusted(MARGIN + EDGE, MARGIN, -MARGIN, -MARGIN)
        line = QFontMetrics(option.font).height()
        self._head(painter, option.font, QRect(inner.x(), inner.y(), inner.width(), line), mention)
        self._text(painter, option.font, inner.adjusted(0, line, 0, -line), mention)
        self._why(painter, option.font, inner.adjusted(0, inner.height() - line, 0, 0), mention)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, mention: Mention) -> None:
        tokens = Theme.tokens
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, QColor(tokens.select if selected else tokens.surface))
        strongest = next((label for label in LABELS if label in mention.labels), None)
        if strongest and not mention.handled_by:
            edge = QRect(option.rect.x(), option.rect.y(), EDGE, option.rect.height() - 1)
            edge = QStyle.visualRect(option.direction, option.rect, edge)
            painter.fillRect(edge, Theme.colour(label_tone(strongest)))
        bottom = QRect(option.rect.x(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(bottom, QColor(tokens.line))

    def _head(self, painter: QPainter, base: QFont, rect: QRect, mention: Mention) -> None:
        tokens = Theme.tokens
        painter.setFont(base)
        when = age((self.now_ms() - mention.posted_at) / 1000)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight, when)
        left = rect.x()
        for label in LABELS:
            if label in mention.labels:
                left = self._chip(painter, base, left, rect, label)
        who = one_line(mention.author_name or mention.author or mention.source, 60)
        if mention.handled_by:
            who = f"✓ handled by {mention.handled_by} · {who}"
        room = rect.right() - left - painter.fontMetrics().horizontalAdvance(when) - 12
        painter.setFont(base)
        painter.setPen(QColor(tokens.muted))
        name = painter.fontMetrics().elidedText(who, Qt.TextElideMode.ElideRight, max(0, room))
        place = QRect(left, rect.y(), max(0, room), rect.height())
        place = QStyle.visualRect(painter.layoutDirection(), rect, place)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, name)

    def _chip(self, painter: QPainter, base: QFont, left: int, rect: QRect, label: Label) -> int:
        """A label's own icon and word in a frame; returns where the next thing begins."""
        word, colour = LABEL_WORDS[label], Theme.colour(label_tone(label))
        font = QFont(base)
        font.setPointSizeF(base.pointSizeF() * CHIP_SIZE)
        font.setBold(True)
        painter.setFont(font)
        high = rect.height() - 2
        width = high + painter.fontMetrics().horizontalAdvance(word) + 8
        chip = QRect(left, rect.y() + 1, width, high)
        chip = QStyle.visualRect(painter.layoutDirection(), rect, chip)
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(chip, 4, 4)
        direction = painter.layoutDirection()
        sign = QRect(chip.x() + 3, chip.y() + 3, high - 6, high - 6)
        sign = QStyle.visualRect(direction, chip, sign)
        draw_icon(painter, LABEL_ICONS[label], sign, colour.name())
        words = QStyle.visualRect(direction, chip, chip.adjusted(high, 0, -4, 0))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, word)
        return left + width + 6

    def _text(self, painter: QPainter, base: QFont, rect: QRect, mention: Mention) -> None:
        font = QFont(base)
        font.setBold("need" in mention.labels.words and not mention.handled_by)
        painter.setFont(font)
        painter.setPen(QColor(Theme.tokens.muted if mention.handled_by else Theme.tokens.text))
        draw_two_lines(painter, font, rect, one_line(mention.text))

    def _why(self, painter: QPainter, base: QFont, rect: QRect, mention: Mention) -> None:
        font = QFont(base)
        font.setPointSizeF(base.pointSizeF() * 0.9)
        painter.setFont(font)
        painter.setPen(QColor(Theme.tokens.muted))
        why = " · ".join(mention.reasons) if mention.reasons else mention.source.split(":")[0]
        words = f"why: {why}" if mention.reasons else f"from {why}"
        if mention.repeats:
            words = f"said before · {words}"
        text = painter.fontMetrics().elidedText(
            one_line(words), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
