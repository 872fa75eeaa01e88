"""Editing a list of terms: add one, paste many, remove; each with how often it was heard."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QWidget,
)

from crisisdesk.rules.terms import joined
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, label, row

FEWEST_LINES, MOST_LINES = 2, 9
LINE_SPACE = 16
TERM = Qt.ItemDataRole.UserRole


class _Removable(QListWidget):
    remove_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    def fit(self) -> None:
        """As high as its terms need, within bounds."""
        lines = min(max(self.count(), FEWEST_LINES), MOST_LINES)
        self.setFixedHeight(lines * (self.fontMetrics().height() + LINE_SPACE) + 6)

    def changeEvent(self, event: QEvent) -> None:
        """Large text needs higher lines."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.fit()


class TermList(QWidget):
    """Shows the terms that are set; `changed` asks for others."""

    changed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._terms: tuple[str, ...] = ()
        self._counts: Mapping[str, int] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText("A word or phrase, then Enter")
        self.line.returnPressed.connect(self._add)
        self.add = button("Add", self._add, name=f"Add to {name}", icon="add")
        self.paste = button("Paste many…", self._open_paste, name=f"Paste many: {name}")
        self.list = _Removable()
        self.list.setAccessibleName(name)
        self.list.setAccessibleDescription("Delete removes what is chosen")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.remove_asked.connect(self._remove)
        self.list.itemSelectionChanged.connect(self._on_selection)
        self.remove = button("Remove", self._remove, name=f"Remove from {name}", icon="remove")
        self.trouble = label("", "problem", wrap=True)
        self.trouble.hide()
        self.dialog: PasteDialog | None = None
        box = column(space=6)
        box.addLayout(row(self.line, self.add, self.paste))
        box.addWidget(self.trouble)
        box.addWidget(self.list)
        box.addLayout(row(self.remove, None))
        self.setLayout(box)

    def show_terms(self, terms: tuple[str, ...]) -> None:
        """Show these, in order of the alphabet."""
        self._terms = terms
        self._fill()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many mentions of the last day have each."""
        self._counts = counts
        self._fill()

    def _fill(self) -> None:
        chosen = {each.data(TERM) for each in self.list.selectedItems()}
        self.list.clear()
        for term in sorted(self._terms, key=str.lower):
            count = self._counts.get(term)
            item = QListWidgetItem(term if count is None else f"{term}  ·  {count:,}")
            item.setData(TERM, term)
            self.list.addItem(item)
            item.setSelected(term in chosen)
        self.list.fit()
        self._on_selection()

    def _on_selection(self) -> None:
        self.remove.setEnabled(self.isEnabled() and bool(self.list.selectedItems()))

    def _add(self) -> None:
        if self._join([self.line.text()]):
            self.line.clear()

    def _join(self, lines: list[str]) -> bool:
        """Ask for the terms that can join; say why the others cannot."""
        together, troubles = joined(self._terms, lines)
        self._say("; ".join(troubles))
        if len(together) > len(self._terms):
            self.changed.emit(tuple(together))
        return not troubles

    def _say(self, words: str) -> None:
        self.trouble.setText(f"! Not added: {words}." if words else "")
        self.trouble.setVisible(bool(words))
        announce(self.line, self.trouble.text(), urgent=True)

    def _remove(self) -> None:
        chosen = {each.data(TERM) for each in self.list.selectedItems()}
        if chosen:
            self._say("")
            self.changed.emit(tuple(each for each in self._terms if each not in chosen))

    def _open_paste(self) -> None:
        self.dialog = PasteDialog(self)
        self.dialog.accepted.connect(self._pasted)
        self.dialog.open()

    def _pasted(self) -> None:
        if self.dialog:
            self._join(self.dialog.text.toPlainText().splitlines())


class PasteDialog(QDialog):
    """Room for many terms at once, one on each line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Paste many")
        self.setMinimumSize(480, 380)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Words and phrases, one on each line")
        self.text.setTabChangesFocus(True)
        self.add = button("Add these", self.accept, "primary")
        box = column(
            label("One word or phrase on each line. What is in the list already is left out."),
            self.text,
        )
        box.addLayout(row(None, button("Cancel", self.reject), self.add))
        box.setContentsMargins(20, 20, 20, 20)
        self.setLayout(box)
        self.text.setFocus()
