"""What stands in public as table rows: two lines a cell, the second of less weight."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import Qt

from crisisdesk.model.standing import Standing
from crisisdesk.rules.showing import one_line
from ui.widgets.clocks import MINUTE, age, clock_or_day
from ui.widgets.parts import as_tip
from ui.widgets.signs import delivery_words, finding_words

COLUMNS = ("State", "Channel", "Message", "What is wrong", "Said")
STANDING = Qt.ItemDataRole.UserRole + 1
REPEATED = Qt.ItemDataRole.UserRole + 2
"""Whether the row above is of the same alert."""

LONGEST = 200
NO_CHANNEL = "a removed channel"
_Index = QModelIndex | QPersistentModelIndex
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class BoardModel(QAbstractTableModel):
    """Rows in the order of the board. Shown again, they keep their places where they can."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Standing] = []
        self._now: datetime | None = None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role in _ROLES:
            return self._cell(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self._cell(row, index.column()))
        if role == STANDING:
            return row
        if role == REPEATED:
            above = self._rows[index.row() - 1] if index.row() else None
            return above is not None and above.alert.id == row.alert.id
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def replace(self, rows: list[Standing], now: datetime) -> None:
        """Show these. The same messages in the same order disturb neither choice nor scrolling."""
        same = [each.delivery.id for each in rows] == [each.delivery.id for each in self._rows]
        if not same:
            self.beginResetModel()
        self._rows, self._now = rows, now
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def row_of(self, delivery_id: str) -> int:
        """Where a delivery stands; -1 if nowhere."""
        found = (n for n, each in enumerate(self._rows) if each.delivery.id == delivery_id)
        return next(found, -1)

    def _cell(self, row: Standing, column: int) -> str:
        assert self._now is not None  # noqa: S101 - rows come with it
        if column == 0:
            return f"{delivery_words(row.delivery)}\n{seen_words(row, self._now)}"
        if column == 1:
            return one_line(row.channel or NO_CHANNEL, LONGEST)
        if column == 2:
            return f"{row.alert.step.words}: {one_line(row.alert.headline, LONGEST)}"
        if column == 3:
            return wrong_words(row, self._now)
        until = "expired" if row.expired else "until"
        return f"{said_words(row)}\n{until} {clock_or_day(row.alert.expires_at, self._now)}"


def said_words(row: Standing) -> str:
    """How long ago, as in "12 min ago"."""
    seconds = row.age.total_seconds()
    return "just now" if seconds < MINUTE else f"{age(seconds)} ago"


def seen_words(row: Standing, now: datetime) -> str:
    """When it was last seen as we sent it."""
    if row.delivery.seen_at:
        return f"seen {clock_or_day(row.delivery.seen_at, now)}"
    return "not seen yet" if row.readable else "no read-back"


def wrong_words(row: Standing, now: datetime) -> str:
    """Everything that is wrong; else why the message is no longer the last word."""
    if row.findings:
        return " ".join(finding_words(each) for each in row.findings)
    if row.answered_by:
        newer = row.answered_by
        step = newer.step.words.lower()
        return f"Answered here by {newer.marker} ({step}, {clock_or_day(newer.created_at, now)})"
    return "It has run out; nothing to do" if row.quiet else ""
