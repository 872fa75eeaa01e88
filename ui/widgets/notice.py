"""What went wrong or well: what happened, what it means, what to do. It never goes by itself."""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from crisisdesk.system.program_log import explained
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, expanding, label, pane, restyle, row


class Notice(QWidget):
    """Hidden until there is something to say; only then is it made of its parts."""

    def __init__(self) -> None:
        super().__init__()
        self._offered: Callable[[], object] = self.hide
        self.hide()

    @cached_property
    def offer(self) -> QPushButton:
        """What can be done about it, where something can."""
        return button("", self._take_offer, "link", icon="undo")

    @cached_property
    def _lines(self) -> tuple[QLabel, ...]:
        """What happened, what it means, what to do, and the small print, laid out on a card."""
        roles = ("", "", "strong", "small")
        lines = tuple(label("", role, wrap=True) for role in roles)
        said = QWidget()
        said.setLayout(column(*lines, space=2))
        close = button("Dismiss", self.hide, "link")
        self.setLayout(column(pane(row(expanding(said), self.offer, close), "card", 6)))
        return lines

    @property
    def words(self) -> str:
        """All that it says now."""
        return " ".join(filter(None, (each.text() for each in self._lines)))

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

    def waiting(self, words: str) -> None:
        """Say what is not done yet and waits for somebody; it must not look like what is done."""
        self._show(f"‖ {words}", "warn")

    def _take_offer(self) -> None:
        self.hide()
        self._offered()

    def _show(
        self, words: str, role: str, to_do: str = "", meaning: str = "", detail: str = ""
    ) -> None:
        for line, text in zip(self._lines, (words, meaning, to_do, detail), strict=True):
            line.setText(text)
            line.setVisible(bool(text))
        restyle(self._lines[0], "role", role)
        self.offer.hide()
        self.show()
        announce(self, self.words[2:], urgent=role == "problem")
