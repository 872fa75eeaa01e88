"""A choice of the start page: what it is, what it means, and the buttons that begin it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.theme import SPACE, SPACE_WIDE
from ui.widgets.choice import Sign, small_choice
from ui.widgets.parts import clear, column, label, pane, row

Entry = tuple[str, str, str, Callable[[], object]]
"""Its key, what it opens, what is known of it, what it does."""


class Card(QWidget):
    """A heading with its icon, a sentence, perhaps a button, a list that fills later, links.

    `nothing` stands where the list would, until there is something to list.
    """

    def __init__(
        self,
        mark: str,
        title: str,
        words: str,
        first: QPushButton | None,
        last: Sequence[QPushButton] = (),
        nothing: str = "",
    ) -> None:
        super().__init__()
        self._list = QVBoxLayout()
        self._list.setSpacing(SPACE)
        self.listed: dict[str, QPushButton] = {}
        self._nothing = label(nothing, "small", wrap=True) if nothing else None
        inside = column(space=SPACE_WIDE)
        inside.addLayout(row(Sign(mark), label(title, "lead"), None))
        inside.addWidget(label(words, "muted", wrap=True))
        if first:
            first.setAccessibleDescription(words)
            inside.addWidget(first)
        if self._nothing:
            inside.addWidget(self._nothing)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(0)
        inside.addLayout(self._notes)
        inside.addLayout(self._list)
        links = column(space=0)
        for each in last:
            links.addLayout(row(each, None))
        inside.addLayout(links)
        inside.addStretch(1)
        self.setLayout(column(pane(inside, "card", 2 * SPACE)))

    def note(self, lines: Sequence[str]) -> None:
        """What is to be known before one chooses, in a few quiet lines."""
        clear(self._notes)
        for each in lines:
            self._notes.addWidget(label(each, "small", wrap=True))

    def fill(self, entries: list[Entry]) -> None:
        """Show one button for each entry."""
        kept = next((key for key, each in self.listed.items() if each.hasFocus()), "")
        clear(self._list)
        self.listed = {key: small_choice(text, small, act) for key, text, small, act in entries}
        for each in self.listed.values():
            self._list.addWidget(each)
        if self._nothing:
            self._nothing.setVisible(not entries)
        if kept in self.listed:
            self.listed[kept].setFocus()
