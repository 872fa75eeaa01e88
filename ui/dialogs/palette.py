"""The command palette: type a few letters of what you want, Enter does it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from ui.actions import Bound
from ui.models.choices_model import CHOICE, Choice, ChoicesModel
from ui.theme import Theme
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, label, row

SIZE = (660, 480)
PAGE_ROWS = 8
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -PAGE_ROWS,
    Qt.Key.Key_PageDown: PAGE_ROWS,
}


class Palette(QDialog):
    """The keyboard stays in the line; the arrows move in the list below it."""

    def __init__(self, parent: QWidget, choices: Sequence[Choice]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find")
        self.resize(Theme.scaled(SIZE[0]), Theme.scaled(SIZE[1]))
        self._typed = ""
        self.model = ChoicesModel(self)
        self.line = QLineEdit()
        self.line.setPlaceholderText("What do you want to do? An action, a template, an incident")
        self.line.setAccessibleName("Find an action, a template or an incident")
        self.line.setAccessibleDescription("Arrows choose in the list, Enter does it, Esc leaves")
        self.line.textChanged.connect(self._narrow)
        self.line.returnPressed.connect(self.choose)
        self.line.installEventFilter(self)
        self.table = self._make_table()
        self.note = label("", "muted", wrap=True)
        close = button("Close (Esc)", self.reject)
        close.setAutoDefault(False)
        box = column(self.line, self.table)
        foot = row(self.note, close)
        foot.setStretch(0, 1)
        box.addLayout(foot)
        box.setContentsMargins(16, 16, 16, 12)
        self.setLayout(box)
        self.add(choices)
        self.line.setFocus()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setIconSize(QSize(Theme.scaled(18), Theme.scaled(18)))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAccessibleName("What was found")
        table.horizontalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 16)
        table.selectionModel().currentRowChanged.connect(self._on_current)
        table.activated.connect(lambda _: self.choose())
        table.clicked.connect(lambda _: self.choose())
        return table

    def add(self, choices: Sequence[Choice]) -> None:
        """Offer these as well: what has to be read first comes later."""
        if choices:
            self.model.add(choices)
            self._narrow(self.line.text())

    def _narrow(self, typed: str) -> None:
        chosen = self.current() if typed == self._typed else None
        self._typed = typed
        self.model.narrow(typed)
        self.table.selectRow(self.model.row_of(chosen))
        if not self.model.rowCount():
            self.note.setText("Nothing has all these words.")
            announce(self.line, self.note.text())

    def current(self) -> Choice | None:
        """What Enter would do; None when nothing was found."""
        choice = self.table.currentIndex().siblingAtColumn(0).data(CHOICE)
        return choice if isinstance(choice, Choice) else None

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        choice = current.siblingAtColumn(0).data(CHOICE)
        if not isinstance(choice, Choice):
            return
        more = self.model.found - self.model.rowCount()
        rest = f"{more:,} more: type on to find them." if more > 0 else ""
        self.note.setText(f"Not now: {choice.why_not}" if choice.why_not else rest)
        announce(self.line, choice.spoken)

    def choose(self) -> None:
        """Do what is chosen; what cannot be done now says why and does nothing."""
        choice = self.current()
        if choice is None:
            return
        if choice.why_not:
            announce(self.line, self.note.text(), urgent=True)
            return
        self.accept()
        choice.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key())) if event.type() is QEvent.Type.KeyPress else None
            if step and self.model.rowCount():
                wanted = self.table.currentIndex().row() + step
                self.table.selectRow(min(max(wanted, 0), self.model.rowCount() - 1))
                return True
        return super().eventFilter(watched, event)


def action_choices(bound: Sequence[Bound]) -> list[Choice]:
    """Every action that can be asked for, those that cannot be done now with the reason."""
    return [
        Choice(each.action.words, each.action.key, each.go, each.action.icon, each.why_not())
        for each in bound
        if each.action.id != "palette"
    ]
