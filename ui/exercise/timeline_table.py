"""The timeline of an exercise: a table, what of it is shown, and which inject is chosen."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QLineEdit, QTableView

from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.story import OPEN, Line, State
from ui.exercise.timeline_model import COLUMNS, LINE, TimelineModel
from ui.theme import SPACE, SPACE_WIDE
from ui.widgets.pane import Pane
from ui.widgets.parts import column, label, row
from ui.widgets.state_view import PaneState, StateView

SAMPLES = ("✓ left out", "02:00 · T+00:00", "in 59 min ago", "nightowl_jo, Mastodon")
"""What fits into a line of the first columns; the words get what is left."""

FROM, WHEN = 3, 2
LEAST_SHARE = 0.3
"""Of the width: where the words would get less, the sender goes; the detail names it."""

ROW_SPACE = 12


class Shown(Enum):
    """Which injects the list shows."""

    ALL = ("Everything", frozenset(State))
    TO_COME = ("To come", OPEN)
    PLAYED = ("Played", frozenset({State.PLAYED}))
    OUT = ("Left out or skipped", frozenset({State.LEFT_OUT, State.SKIPPED}))


class Timeline(Pane):
    """Follows what comes next until somebody chooses another inject."""

    chosen = Signal(object)
    """A Line, or None."""

    def __init__(self, scenario: Scenario, begins: datetime) -> None:
        super().__init__("Timeline")
        self._lines: Sequence[Line] = ()
        self._now, self._next = 0, ""
        self._follows = True
        self.model = TimelineModel(scenario, begins, self)
        self.table = _Table(self.model)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.headline = label("", "strong", wrap=True)
        self.shown = QComboBox()
        self.shown.setAccessibleName("Which injects are shown")
        for each in Shown:
            self.shown.addItem(each.value[0], each)
        self.shown.currentIndexChanged.connect(lambda _: self._show())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in the timeline")
        self.search.setAccessibleName("Find in the timeline")
        self.search.textChanged.connect(lambda _: self._show())
        self.nothing = StateView()
        head = row(label("TIMELINE", "heading"), self.shown, self.search)
        head.setStretch(2, 1)
        inside = column(self.headline, space=SPACE)
        inside.addLayout(head)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.nothing, 1)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(inside)
        self._show()

    @property
    def line(self) -> Line | None:
        """The inject that is chosen."""
        found = self.table.currentIndex().data(LINE)
        return found if isinstance(found, Line) else None

    def show_lines(self, lines: Sequence[Line], now: int) -> None:
        """The timeline stands like this, `now` seconds after STARTEX."""
        self._lines, self._now = lines, now
        coming = (each for each in lines if each.state is State.DUE and each.due is not None)
        self._next = next((each.inject.id for each in coming), "")
        self._show()

    @property
    def next(self) -> Line | None:
        """What comes next by the clock."""
        return next((each for each in self._lines if each.inject.id == self._next), None)

    def _show(self) -> None:
        states = self.shown.currentData().value[1]
        words = self.search.text().casefold().split()
        wanted = [e for e in self._lines if e.state in states and _has(e, words)]
        before = self.line.inject.id if self.line else ""
        follows = self._follows or not before
        self.model.replace(wanted, self._now, self._next)
        place = self.model.row_of(self._next if follows else before)
        if wanted and self.table.currentIndex().row() != place:
            self.table.selectRow(max(place, 0))
            middle = QAbstractItemView.ScrollHint.PositionAtCenter
            self.table.scrollTo(self.table.currentIndex(), middle)
        self._follows = follows
        self.table.setVisible(bool(wanted))
        self.nothing.setVisible(not wanted)
        self._say_nothing()
        self.chosen.emit(self.line)

    def _say_nothing(self) -> None:
        if self._lines:
            self.nothing.say(PaneState.EMPTY, "No inject fits.", "Show everything, or find less.")
        else:
            self.nothing.say(PaneState.LOADING, "Reading the story…")

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        line = index.data(LINE)
        if isinstance(line, Line):
            self._follows = line.inject.id == self._next
            self.chosen.emit(line)


def _has(line: Line, words: list[str]) -> bool:
    inject = line.inject
    said = f"{inject.id} {inject.sender} {inject.text} {inject.method}".casefold()
    return all(word in said for word in words)


class _Table(QTableView):
    """One line a row; the words share what the other columns leave."""

    def __init__(self, model: TimelineModel) -> None:
        super().__init__()
        self.setModel(model)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(f"Timeline: {', '.join(COLUMNS)}")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self.model():
            self._fit()

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + ROW_SPACE)
        widths = [self.fontMetrics().horizontalAdvance(f"{each}MM") for each in SAMPLES]
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        room = self.viewport().width()
        self.setColumnHidden(FROM, room - sum(widths) < room * LEAST_SHARE)
