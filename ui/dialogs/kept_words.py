"""Words that came back and fit into no form any more: shown, to be copied."""

from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from ui.widgets.parts import button, column, label, row


class KeptWords(QDialog):
    """Says why, and shows the words. They are kept until this is closed."""

    def __init__(self, parent: QWidget, why: str, words: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("What you were writing")
        self.setMinimumSize(520, 320)
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
        box.setContentsMargins(20, 20, 20, 20)
        self.setLayout(box)
        self.words.setFocus()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.words.toPlainText())
        self.copy.setText("✓ Copied")
