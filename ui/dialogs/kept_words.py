"""Words that came back and fit into no form any more: shown, to be copied."""

from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

SIZE = (520, 320)


class KeptWords(Sheet):
    """Says why, and shows the words. They are kept until this is closed."""

    def __init__(self, parent: QWidget, why: str, words: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("What you were writing")
        self.why = label(why, wrap=True)
        self.words = QPlainTextEdit(words)
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName("What you were writing")
        self.words.setAccessibleDescription(why)
        self.copy = button("Copy all of it", self._copy, "primary")
        self.leave = button("Close and forget it", self.accept)
        box = column(self.why, self.words)
        box.addLayout(row(None, self.leave, self.copy))
        self.fill(box, *SIZE)
        self.words.setFocus()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.words.toPlainText())
        self.copy.setText("✓ Copied")
