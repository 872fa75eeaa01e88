"""The board's table: two lines of plain text a cell, a coloured edge where something is wrong.

The height is fixed: with it a table stays quick at any size.
"""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
)

from crisisdesk.model.standing import Standing
from ui.console.board_model import COLUMNS, REPEATED, STANDING, BoardModel
from ui.delegates.two_lines import draw_two_lines
from ui.theme import Theme
from ui.widgets.signs import delivery_tone, finding_tone
from ui.widgets.tips import TipDelegate

_Index = QModelIndex | QPersistentModelIndex
MARGIN, EDGE = 7, 4
STATE, MESSAGE, WRONG, SAID = 0, 2, 3, 4
LEAST_SHARE = 0.45
"""Of the table's width: less for message and findings together, and they say nothing."""
SAMPLES = {0: "seen 30 Nov 00:00.", 1: "Our Mastodon", 4: "expired 30 Nov 00:00"}
"""What fits into a line of these columns."""
MESSAGE_SHARE = 0.42
"""The message's share of the other width; what is wrong gets the rest."""


class BoardDelegate(TipDelegate):
    """What nobody needs to look at any more is muted, and so is a headline said just above."""

    @staticmethod
    def row_height(font: QFont) -> int:
        """Two lines of this font and the margins, in pixels."""
        return QFontMetrics(font).lineSpacing() * 2 + 2 * MARGIN

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(80, self.row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(STANDING)
        if not isinstance(row, Standing):
            return
        painter.save()
        painter.setClipRect(option.rect, Qt.ClipOperation.IntersectClip)
        self._ground(painter, option, index, row)
        inner = option.rect.adjusted(MARGIN + EDGE, MARGIN, -MARGIN, -MARGIN)
        painter.setPen(Theme.colour(_tone(row, index)))
        self._text(painter, inner, option.font, str(index.data()), bold=_bold(row, index))
        painter.restore()

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, row: Standing
    ) -> None:
        tokens, rect = Theme.tokens, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, QColor(tokens.select if chosen else tokens.surface))
        if index.column() == STATE and row.findings:
            edge = QRect(rect.x(), rect.y(), EDGE, rect.height() - 1)
            painter.fillRect(edge, Theme.colour(finding_tone(row.findings[0])))
        bottom = QRect(rect.x(), rect.bottom(), rect.width(), 1)
        painter.fillRect(bottom, QColor(tokens.line))

    def _text(self, painter: QPainter, rect: QRect, base: QFont, text: str, *, bold: bool) -> None:
        font = QFont(base)
        font.setBold(bold)
        first, broken, second = text.partition("\n")
        if not broken:
            draw_two_lines(painter, font, rect, text)
            return
        _line(painter, font, rect, first)
        painter.setPen(QColor(Theme.tokens.muted))
        _line(painter, base, rect.adjusted(0, QFontMetrics(base).lineSpacing(), 0, 0), second)


def _line(painter: QPainter, font: QFont, rect: QRect, text: str) -> None:
    cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, cut)


def _bold(row: Standing, index: _Index) -> bool:
    if index.column() == MESSAGE:
        return not row.quiet and not index.data(REPEATED)
    return index.column() == STATE and not row.quiet


def _tone(row: Standing, index: _Index) -> str:
    if row.quiet or (index.column() == MESSAGE and index.data(REPEATED)):
        return "muted"
    if index.column() == STATE:
        return delivery_tone(row.delivery)
    if index.column() == WRONG and row.findings:
        return finding_tone(row.findings[0])
    return "text"


class BoardTable(QTableView):
    """Message and findings share the width that the other columns leave. Where large text leaves
    them too little, the times go: the chosen message's stand beside it."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self.model():
            self.verticalHeader().setDefaultSectionSize(BoardDelegate.row_height(self.font()))
            self._fit()

    def _fit(self) -> None:
        advance = self.fontMetrics().horizontalAdvance
        widths = {each: advance(sample) + 2 * MARGIN + EDGE for each, sample in SAMPLES.items()}
        room = self.horizontalHeader().width()  # as wide as what it heads
        self.setColumnHidden(SAID, room - sum(widths.values()) < room * LEAST_SHARE)
        for section, width in widths.items():
            self.setColumnWidth(section, width)
        rest = room - sum(map(self.columnWidth, SAMPLES))
        self.setColumnWidth(MESSAGE, int(rest * MESSAGE_SHARE))


def make_board_table(model: BoardModel) -> BoardTable:
    """A table of what stands: one row is chosen, and none is changed here."""
    table = BoardTable()
    table.setModel(model)
    table.setItemDelegate(BoardDelegate(table))
    rows, header = table.verticalHeader(), table.horizontalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(BoardDelegate.row_height(table.font()))
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setHighlightSections(False)
    header.setSectionResizeMode(WRONG, QHeaderView.ResizeMode.Stretch)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setAccessibleName(f"What the public can see now: {', '.join(COLUMNS)}")
    return table
