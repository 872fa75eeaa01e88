"""The list of mentions: quick at any length, and worked through with one key for each verdict."""

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from crisisdesk.model.mention import Mention, Verdict
from ui.actions import key_of
from ui.delegates.mention_delegate import MentionDelegate
from ui.models.mentions_model import MENTION

NAMES = {each: "done" if each is Verdict.HANDLED else each.value for each in Verdict}
"""The action of the table that gives each verdict."""

_VERDICTS = {key_of(name): verdict for verdict, name in NAMES.items()}
_TAKE_BACK = key_of("unjudge")


class MentionsTable(QTableView):
    """Letters are verdicts while the keyboard is in here, and only then (WCAG 2.1.4)."""

    verdict_asked = Signal(object)
    take_back_asked = Signal()
    number_chosen = Signal(int)

    def __init__(self, model: QAbstractItemModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(MentionDelegate(self))
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(MentionDelegate.row_height(self.font()))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Mentions, newest first")
        self.setAccessibleDescription(
            "One letter gives a verdict: "
            + ", ".join(f"{key_of(name)} {verdict.value}" for verdict, name in NAMES.items())
            + f"; {key_of('unjudge')} takes it back. Shift and arrows choose several."
        )
        self.selectionModel().selectionChanged.connect(self._count)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(MentionDelegate.row_height(self.font()))

    def chosen(self) -> list[Mention]:
        """The mentions a verdict goes to, from the top."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(MENTION) for index in rows]

    def choose(self, mention_ids: set[int]) -> None:
        """Choose these as far as they are shown, the keyboard at the first of them."""
        model = self.model()
        rows = [
            row
            for row in range(model.rowCount())
            if model.index(row, 0).data(MENTION).id in mention_ids
        ]
        if not rows:
            return
        self.selectRow(rows[0])
        how = self.selectionModel().SelectionFlag
        for row in rows[1:]:
            self.selectionModel().select(model.index(row, 0), how.Select | how.Rows)

    def go_on(self) -> None:
        """Choose the next mention below that nobody has handled; at the end stay."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        below = range(max(rows, default=-1) + 1, self.model().rowCount())
        if not below:
            return
        still_open = (r for r in below if not self.model().index(r, 0).data(MENTION).handled_by)
        self.selectRow(next(still_open, below[0]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt gives the keyboard to a row without choosing it: what a verdict goes to must show."""
        super().focusInEvent(event)
        if self.model().rowCount() and not self.selectionModel().hasSelection():
            self.selectRow(max(self.currentIndex().row(), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and not event.isAutoRepeat()
        letter = QKeySequence(event.key()).toString() if plain else ""
        if verdict := _VERDICTS.get(letter):
            self.verdict_asked.emit(verdict)
        elif letter == _TAKE_BACK:
            self.take_back_asked.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters never jump about in the list: a slip must not move the next verdict."""

    def _count(self) -> None:
        self.number_chosen.emit(len(self.selectionModel().selectedRows()))
