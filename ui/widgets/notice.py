"""One line that tells what went wrong or well, and what to do. It never goes by itself."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.announcing import announce
from ui.widgets.parts import button, expanding, label, pane, restyle, row


class Notice(QWidget):
    """Hidden until there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label(wrap=True)
        self._close = button("Dismiss", self.hide, "link")
        inside = pane(row(expanding(self._words), self._close), "card", 6)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(inside)
        self.hide()

    @property
    def words(self) -> str:
        """What it says now."""
        return self._words.text()

    def problem(self, problem: str, to_do: str = "") -> None:
        """Say what went wrong."""
        self._show(f"! {problem} {to_do}".strip(), "problem")

    def good(self, words: str) -> None:
        """Say what went well."""
        self._show(f"✓ {words}", "good")

    def _show(self, words: str, role: str) -> None:
        self._words.setText(words)
        restyle(self._words, "role", role)
        self.show()
        announce(self, words[2:], urgent=role == "problem")
