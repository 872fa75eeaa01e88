"""What went wrong or well: what happened, what it means, what to do. It never goes by itself."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from crisisdesk.system.program_log import explained
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, expanding, label, pane, restyle, row


class Notice(QWidget):
    """Hidden until there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label(wrap=True)
        self._meaning = label(wrap=True)
        self._to_do = label("", "strong", wrap=True)
        self._detail = label("", "small", wrap=True)
        self._close = button("Dismiss", self.hide, "link")
        self._offered: Callable[[], object] = self.hide
        self.offer = button("", self._take_offer, "link", icon="undo")
        self.offer.hide()
        said = QWidget()
        said.setLayout(column(*self._lines(), space=2))
        inside = pane(row(expanding(said), self.offer, self._close), "card", 6)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(inside)
        self.hide()

    @property
    def words(self) -> str:
        """All that it says now."""
        return " ".join(filter(None, (each.text() for each in self._lines())))

    def error(self, error: Exception) -> None:
        """Say what went wrong, also where nobody thought of it."""
        told = explained(error)
        self.problem(told.problem, told.to_do, told.meaning, told.detail)

    def problem(self, problem: str, to_do: str, meaning: str = "", detail: str = "") -> None:
        """Say what went wrong, what to do, and what it means for the public or the record."""
        self._show(f"! {problem}", "problem", to_do, meaning, f"({detail})" if detail else "")

    def good(self, words: str, offer: tuple[str, Callable[[], object]] | None = None) -> None:
        """Say what went well; `offer` is a button with what it does, such as taking it back."""
        self._show(f"✓ {words}", "good")
        if offer:
            self._offered = offer[1]
            self.offer.setText(offer[0])
            self.offer.show()

    def _take_offer(self) -> None:
        self.hide()
        self._offered()

    def _lines(self) -> tuple[QLabel, ...]:
        return (self._words, self._meaning, self._to_do, self._detail)

    def _show(
        self, words: str, role: str, to_do: str = "", meaning: str = "", detail: str = ""
    ) -> None:
        for line, text in zip(self._lines(), (words, meaning, to_do, detail), strict=True):
            line.setText(text)
            line.setVisible(bool(text))
        restyle(self._words, "role", role)
        self.offer.hide()
        self.show()
        announce(self, self.words[2:], urgent=role == "problem")
