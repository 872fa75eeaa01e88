"""The entries of a log, newest first: by kind, by words, and more of them on the way down."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.services.replaying import FIRST, PAGE, Replaying
from ui.models.log_model import LogModel
from ui.tasks import Tasks
from ui.theme import SPACE
from ui.widgets.log_table import make_log_table
from ui.widgets.parts import label, row

SHORTEST_KIND = 12
PAUSE_MS = 200
"""After the last key, before a search begins."""

KINDS: dict[str, tuple[str, ...]] = {
    "Everything": (),
    "Messages and channels": ("alert.", "broadcast.", "delivery.", "plan.", "promise."),
    "Decisions and notes": ("decision.", "information.", "action.", "methane.", "handover."),
    "Second person": ("approval.", "notice.", "codes."),
    "Mentions": ("mention.", "mentions."),
    "People and settings": ("operator.", "setting.", "account.", "organisation."),
    "The desk and its log": ("desk.", "clock.", "log.", "gate.", "exercise."),
}


class EntryList(QWidget):
    """Reads a page at a time, never on the GUI thread."""

    chosen = Signal(int)
    """An entry was stepped onto."""
    opened = Signal(int)
    """Somebody wants to read it whole."""

    def __init__(self, replaying: Callable[[], Replaying | None], tasks: Tasks) -> None:
        super().__init__()
        self._replaying, self._tasks = replaying, tasks
        self._asked = 0
        self._more = False
        self.model = LogModel(self, dates=True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in every entry (Ctrl+F)")
        self.search.setAccessibleName("Find in every entry")
        self.search.setClearButtonEnabled(True)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of entries")
        self.kind.addItems(list(KINDS))
        self.told = label("", "small")
        self.table = make_log_table(self.model, "0000-00-00 00:00:00")
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE)
        self.kind.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kind.setMinimumContentsLength(SHORTEST_KIND)
        self.kind.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.addWidget(self.search)
        box.addLayout(row(self.told, self.kind))
        box.addWidget(self.table, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.look)
        self.search.textChanged.connect(self._pause.start)
        self.kind.currentIndexChanged.connect(self.look)
        self.table.selectionModel().currentRowChanged.connect(self._stepped)
        self.table.activated.connect(lambda index: self.opened.emit(self.model.seq_at(index)))
        self.table.verticalScrollBar().valueChanged.connect(self._near_the_end)
        self.setLayout(box)

    def without_dates(self) -> None:
        """Every entry of the log is of one day."""
        self.model.without_dates()
        self.table.show_times_as("00:00:00")

    def look(self) -> None:
        """Read the newest entries that are wanted."""
        self._read(FIRST)

    def _read(self, before: int) -> None:
        replaying = self._replaying()
        if replaying is None:
            return
        self._asked += 1
        self._more = False
        words, actions = self.search.text(), KINDS[self.kind.currentText()]
        read = partial(replaying.entries, words, actions, before)
        self._tasks.read(read, partial(self._show, self._asked, before))

    def _show(self, asked: int, before: int, entries: list[dict[str, Any]]) -> None:
        if asked != self._asked:
            return  # something else is wanted by now
        if before == FIRST:
            self.model.replace(entries)
            self.table.scrollToTop()
        else:
            self.model.append(entries)
        self._more = len(entries) == PAGE
        shown = self.model.rowCount()
        more = "newest " if self._more else ""
        self.told.setText(f"{more}{shown:,} entries" if shown else "No entry says that.")

    def _near_the_end(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        if self._more and value >= bar.maximum() - bar.pageStep():
            self._read(self.model.seq_at(self.model.index(self.model.rowCount() - 1, 0)))

    def _stepped(self) -> None:
        index = self.table.currentIndex()
        if index.isValid() and self.table.hasFocus():
            self.chosen.emit(self.model.seq_at(index))
