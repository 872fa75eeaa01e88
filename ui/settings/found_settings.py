"""What a search over the settings found: rows of all sections, and the sections without rows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from crisisdesk.config import found_by
from crisisdesk.model.setting import Section
from ui.theme import SPACE_PAGE
from ui.widgets.announcing import announce
from ui.widgets.parts import column, label

PLACE = Qt.ItemDataRole.UserRole
SECTION = "-"
"""In place of a setting's key: the section as a whole."""
ABOUT = {
    Section.CHANNELS: "accounts check add networks password server mailing list organisation name",
    Section.PEOPLE: "operators roles passphrase codes printed approver administrator sign in",
    Section.TEMPLATES: "own folder wording languages fields check problems",
}
"""What else is meant by sections that are no rows."""


class FoundSettings(QWidget):
    """The list; Enter, a click or `choose_current` goes to what is chosen."""

    chosen = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "muted", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName("Settings found")
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.list.currentItemChanged.connect(self._say)
        box = column(self.words, self.list)
        box.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_PAGE, SPACE_PAGE)
        self.setLayout(box)

    def search(self, query: str, kinds: Sequence[str]) -> None:
        """Show what has all the words; `kinds` are the accounts that can be added."""
        self.list.clear()
        for section in _sections(query, kinds):
            self._add(f"{section.value}\nA section of its own", section, SECTION)
        for each in found_by(query):
            self._add(f"{each.words}  ·  {each.section}\n{each.help}", each.section, each.key)
        number = self.list.count()
        if not number:
            words = "Nothing has all these words. Try fewer, or other ones."
        else:
            words = "One setting found" if number == 1 else f"{number} settings found"
            words += ": arrows choose, Enter goes there."
        self.words.setText(words)
        self.list.setVisible(bool(number))
        self.list.setCurrentRow(0)
        if not number:
            announce(self.list, words)

    def _add(self, words: str, section: Section, key: str) -> None:
        item = QListWidgetItem(words)
        item.setData(PLACE, (section, key))
        self.list.addItem(item)

    def step(self, by: int) -> None:
        """Choose the next or the one before."""
        wanted = self.list.currentRow() + by
        self.list.setCurrentRow(min(max(wanted, 0), self.list.count() - 1))

    def choose_current(self) -> None:
        """Go to what is chosen."""
        if item := self.list.currentItem():
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        section, key = item.data(PLACE)
        self.chosen.emit(Section(section), key)

    def _say(self, item: QListWidgetItem | None) -> None:
        """The keyboard is in the search: a screen reader has to be told."""
        if item and not self.list.hasFocus():
            announce(self.list, item.text())


def _sections(query: str, kinds: Sequence[str]) -> list[Section]:
    words = query.lower().split()
    said = dict(ABOUT)
    said[Section.CHANNELS] += " " + " ".join(kinds)
    return [
        section
        for section, more in said.items()
        if all(word in f"{section.value} {more}".lower() for word in words)
    ]
