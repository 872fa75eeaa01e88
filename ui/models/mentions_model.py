"""The mentions on screen: a window of rows, newest first, that grows at both ends.

It never asks the database itself, and never holds more than a few thousand rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from crisisdesk.model.mention import Mention
from crisisdesk.rules.showing import one_line

MENTION = Qt.ItemDataRole.UserRole + 1
MOST_ROWS = 5000

_Index = QModelIndex | QPersistentModelIndex


class MentionsModel(QAbstractTableModel):
    """One column; the delegate paints what `MENTION` holds, a screen reader says it."""

    def __init__(
        self,
        parent: QObject | None = None,
        say: Callable[[Mention], str] = lambda mention: one_line(mention.text),
    ) -> None:
        super().__init__(parent)
        self._say = say
        self._rows: list[Mention] = []

    @property
    def newest_id(self) -> int:
        """The id of the first row; 0 when empty."""
        return self._rows[0].id if self._rows else 0

    @property
    def oldest_id(self) -> int:
        """The id of the last row; 0 when empty."""
        return self._rows[-1].id if self._rows else 0

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        mention = self._rows[index.row()]
        if role == MENTION:
            return mention
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(mention.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._say(mention)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"row {index.row() + 1:,} of {len(self._rows):,}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Not shown, but read out with each row."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return "Mention"
        return super().headerData(section, orientation, role)

    def replace(self, rows: Sequence[Mention]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def prepend(self, rows: Sequence[Mention]) -> None:
        """Put newer rows on top; the oldest beyond the most that is kept are let go."""
        if not rows:
            return
        self.beginInsertRows(QModelIndex(), 0, len(rows) - 1)
        self._rows[:0] = rows
        self.endInsertRows()
        if len(self._rows) > MOST_ROWS:
            self.beginRemoveRows(QModelIndex(), MOST_ROWS, len(self._rows) - 1)
            del self._rows[MOST_ROWS:]
            self.endRemoveRows()

    def append(self, rows: Sequence[Mention]) -> None:
        """Put older rows at the end."""
        if not rows:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()

    def update(self, changed: Sequence[Mention]) -> None:
        """Show the new state of mentions, as far as they are among the rows."""
        states = {each.id: each for each in changed}
        rows = [row for row, each in enumerate(self._rows) if each.id in states]
        for row in rows:
            self._rows[row] = states[self._rows[row].id]
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], 0))

    def row_of(self, mention_id: int) -> int:
        """The row a mention stands in; -1 if it is not shown."""
        return next((row for row, each in enumerate(self._rows) if each.id == mention_id), -1)
