"""Settings: sections on the left, one of them on the right, and a search over all of them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.config import SETTINGS
from crisisdesk.desk import Desk
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.model.setting import Reach, Section
from ui import actions
from ui.icons import icon
from ui.settings.accounts_page import AccountsPage
from ui.settings.found_settings import FoundSettings
from ui.settings.people_page import PeoplePage
from ui.settings.rows_page import RowsPage
from ui.settings.templates_page import TemplatesPage
from ui.tasks import Tasks
from ui.theme import SPACE_WIDE, Theme
from ui.widgets.parts import button, label, row
from ui.widgets.reading_order import bring_into_view, next_stop
from ui.widgets.state_view import PaneState, StateView

SECTIONS_WIDTH = 230
WIDEST_SECTIONS = 400
"""Pixels: with large text the names take two lines, and the settings keep their room."""
ICONS = {
    Section.CHANNELS: "channels",
    Section.PEOPLE: "people",
    Section.DESK: "settings",
    Section.WATCH: "mentions",
    Section.TEMPLATES: "template",
    Section.SAFETY: "approve",
    Section.RECORD: "log",
    Section.LOOKS: "theme",
    Section.CALLING: "bell",
}
NOT_NOW = "Not in an exercise"
WHY_NOT = (
    "Channels, people, safety and the record belong to the live desk. An exercise changes only how "
    "this computer shows and sounds, so that playing it can never weaken the real one."
)


class SettingsPage(QWidget):
    """Lies over the open desk. Sections are made when they are first looked at."""

    done = Signal()

    def __init__(
        self, desk: Desk, tasks: Tasks, operator: Operator, first: Section = Section.CHANNELS
    ) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self._pages: dict[Section, QWidget] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText(f"Search all settings ({actions.key_of('search')})")
        self.search.setAccessibleName("Search all settings")
        self.search.setAccessibleDescription("Arrow down goes to what was found")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._go_to_first)
        self.search.installEventFilter(self)
        self.found = FoundSettings()
        self.found.chosen.connect(self.open)
        self.sections = self._make_sections()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.found)
        self.back = button(
            f"Back to the console ({actions.key_of('back')})", self.done.emit, icon="back"
        )
        self._fit()
        self._lay_out()
        actions.bind(self, "back", self._leave_step)
        actions.bind(self, "search", self.search.setFocus)
        self.open(first)

    def _lay_out(self) -> None:
        top = row(label("Settings", "title"), self.search, self.back, space=SPACE_WIDE)
        top.setStretch(1, 1)
        top.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, 0)
        below = QHBoxLayout()
        below.setContentsMargins(SPACE_WIDE, 0, 0, 0)
        below.addWidget(self.sections)
        below.addWidget(self.stack, 1)
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(top)
        box.addLayout(below, 1)
        self.setLayout(box)

    def _make_sections(self) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName("Sections of the settings")
        made.setWordWrap(True)
        made.setResizeMode(QListWidget.ResizeMode.Adjust)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for section in Section:
            item = QListWidgetItem(icon(ICONS[section]), section.value)
            item.setData(Qt.ItemDataRole.UserRole, section)
            made.addItem(item)
        made.currentRowChanged.connect(lambda place: self._show(list(Section)[place]))
        return made

    def _fit(self) -> None:
        self.sections.setFixedWidth(min(Theme.scaled(SECTIONS_WIDTH), WIDEST_SECTIONS))
        self.sections.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Large text needs more room."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "stack"):
            self._fit()

    @property
    def section(self) -> QWidget:
        """The section that is shown."""
        return self._page_of(list(Section)[self.sections.currentRow()])

    def open(self, section: Section, key: str = "") -> None:
        """Show a section, with the keyboard in one of its settings if a key is given."""
        self.search.clear()
        self.sections.setCurrentRow(list(Section).index(section))
        self._show(section)
        page = self._page_of(section)
        if key and isinstance(page, RowsPage):
            page.rows[key].focus()
            bring_into_view(page.rows[key])
        elif key and (stop := next_stop(page, None, forward=True)):
            stop.setFocus()
        else:
            self.sections.setFocus()

    def refresh(self, key: str) -> None:
        """A setting was changed, on this page or elsewhere."""
        for page in self._pages.values():
            if isinstance(page, RowsPage):
                page.refresh(key)

    def _show(self, section: Section) -> None:
        self.stack.setCurrentWidget(self._page_of(section))

    def _page_of(self, section: Section) -> QWidget:
        if section not in self._pages:
            self._pages[section] = self._make(section)
            self.stack.addWidget(self._pages[section])
        return self._pages[section]

    def _make(self, section: Section) -> QWidget:
        desk, tasks, operator = self._desk, self._tasks, self._operator
        if desk.mode is Mode.EXERCISE and not _of_this_computer(section):
            closed = StateView()
            closed.say(PaneState.HELD, NOT_NOW, WHY_NOT)
            return closed
        makers: dict[Section, Callable[[], QWidget]] = {
            Section.CHANNELS: lambda: AccountsPage(desk, tasks, operator),
            Section.PEOPLE: lambda: PeoplePage(desk, tasks, operator),
            Section.TEMPLATES: lambda: TemplatesPage(desk, tasks),
        }
        make = makers.get(section, lambda: RowsPage(desk, tasks, operator, section))
        page = make()
        if isinstance(page, AccountsPage):
            page.done.connect(self.done)
        return page

    def _on_search(self, words: str) -> None:
        if not words.strip():
            self._show(list(Section)[self.sections.currentRow()])
            return
        kinds = [each.title for each in self._desk.administering.kinds()]
        self.found.search(words, kinds)
        self.stack.setCurrentWidget(self.found)

    def _go_to_first(self) -> None:
        if self.search.text().strip():
            self.found.choose_current()

    def _leave_step(self) -> None:
        """Esc empties the search first, then leads back to the console."""
        if self.search.text():
            self.search.clear()
            self.search.setFocus()
        else:
            self.done.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search move in what was found."""
        if watched is self.search and isinstance(event, QKeyEvent) and self.search.text().strip():
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key())) if event.type() is QEvent.Type.KeyPress else None
            if step:
                self.found.step(step)
                return True
        return super().eventFilter(watched, event)


def _of_this_computer(section: Section) -> bool:
    reaches = {each.reach for each in SETTINGS.values() if each.section is section}
    return reaches == {Reach.COMPUTER}
