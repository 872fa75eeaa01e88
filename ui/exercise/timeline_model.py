"""The injects of an exercise as table rows: where each stands, when, who says what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import QFont, Qt

from crisisdesk.model.exercise import Method, Scenario
from crisisdesk.rules.exercise.standing import depends_on, waits_for
from crisisdesk.rules.exercise.story import Line, State
from crisisdesk.rules.showing import one_line
from ui.theme import Theme
from ui.widgets.clocks import MINUTE, clock_time, length, since
from ui.widgets.parts import as_tip

COLUMNS = ("State", "Story time", "When", "From", "Words")
LINE = Qt.ItemDataRole.UserRole + 1
LONGEST = 200
SIGNS = {
    State.DUE: ("○", "to come", "text"),
    State.WAITING: ("…", "waits", "warn"),
    State.PLAYED: ("✓", "played", "good"),
    State.LEFT_OUT: ("–", "left out", "muted"),
    State.SKIPPED: ("✕", "skipped", "muted"),
}
"""For each state its sign, its word and its tone."""

WAYS = {
    Method.MASTODON: "Mastodon",
    Method.BLUESKY: "Bluesky",
    Method.FEED: "feed",
    Method.TELEPHONE: "telephone",
    Method.EMAIL: "e-mail",
    Method.IN_PERSON: "in person",
    Method.FAULT: "fault",
}
_Index = QModelIndex | QPersistentModelIndex
_SAID = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class TimelineModel(QAbstractTableModel):
    """Rows in the order of the story. Shown again, they keep their places where they can."""

    def __init__(self, scenario: Scenario, begins: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scenario, self._begins = scenario, begins
        self._rows: list[Line] = []
        self._now = 0
        self._next = ""

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._rows[index.row()]
        if role in _SAID:
            return self._cell(line, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self._cell(line, index.column()))
        if role == LINE:
            return line
        return self._look(line, index.column(), role)

    def _look(self, line: Line, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = SIGNS[line.state][2]
            return Theme.colour(tone if column == 0 or tone == "muted" else "text")
        if role == Qt.ItemDataRole.FontRole and line.inject.id == self._next:
            bold = QFont()
            bold.setBold(True)
            return bold
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def replace(self, rows: Sequence[Line], now: int, following: str) -> None:
        """Show these, `now` seconds after STARTEX; `following` is the id of what comes next."""
        ids = [each.inject.id for each in rows]
        same = ids == [each.inject.id for each in self._rows]
        if not same:
            self.beginResetModel()
        self._rows, self._now, self._next = list(rows), now, following
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def row_of(self, inject_id: str) -> int:
        """Where an inject stands; -1 if nowhere."""
        found = (n for n, each in enumerate(self._rows) if each.inject.id == inject_id)
        return next(found, -1)

    def _cell(self, line: Line, column: int) -> str:
        if column == 0:
            sign, word, _ = SIGNS[line.state]
            return "▶ next" if line.inject.id == self._next else f"{sign} {word}"
        if column == 1:
            return story_time(self._begins, line)
        if column == 2:
            return when(self._scenario, line, self._now)
        if column == 3:
            return said_by(line)
        return one_line(line.inject.text, LONGEST)


def story_time(begins: datetime, line: Line) -> str:
    """As in "02:40 · T+00:40"; "" while it waits."""
    at = line.due if line.played_at is None else line.played_at
    if at is None:
        return ""
    return f"{clock_time(begins + timedelta(seconds=at))} · {since(at)}"


def when(scenario: Scenario, line: Line, now: int) -> str:
    """How far off it is, or what it waits for."""
    if line.played_at is not None:
        ago = now - line.played_at
        return "just now" if ago < MINUTE else f"{length(ago)} ago"
    if line.state is State.WAITING:
        return waits_for(scenario, line.inject)
    if line.state is State.LEFT_OUT:
        return depends_on(scenario, line.inject)
    return "" if line.due is None or line.state is not State.DUE else in_words(line.due - now)


def in_words(seconds: int) -> str:
    """As in "in 3 min", "in 40 s", "now"."""
    if seconds <= 0:
        return "now"
    return f"in {seconds} s" if seconds < MINUTE else f"in {length(seconds)}"


def said_by(line: Line) -> str:
    """Who, and on which way."""
    way = WAYS[line.inject.method]
    return f"{one_line(line.inject.sender, 60)}, {way}" if line.inject.sender else way
