"""One section of settings, generated from their declarations. A change is saved at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from crisisdesk.config import SETTINGS
from crisisdesk.desk import Desk
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.setting import Kind, Section, Setting
from ui.settings.editors import Terms
from ui.settings.setting_row import SettingRow
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE, Theme
from ui.widgets.parts import column, label, pane, row, scrolling

NONE_YET = "None yet. Type the first one, or paste your list."
WIDEST = 900
LOOK_MS = 400
"""After the last keystroke, before the database is asked what a change would mean."""


class RowsPage(QWidget):
    """The rows of one section."""

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator, section: Section) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self.rows: dict[str, SettingRow] = {}
        self._asking: set[str] = set()
        inside = column(label(section.value, "title"))
        words = "A change counts as soon as you choose it, press Enter or leave the field."
        inside.addWidget(label(words, "muted", wrap=True))
        for setting in SETTINGS.values():
            if setting.section is section:
                inside.addWidget(pane(column(self._make(setting)), "card", 12))
        inside.addStretch(1)
        middle = QWidget()
        middle.setLayout(inside)
        middle.setMaximumWidth(Theme.scaled(WIDEST))
        whole = row(middle, None)
        whole.setStretch(0, 100)
        whole.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_PAGE, SPACE_PAGE)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(whole))
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_at_retention)
        self._prepare()

    def _make(self, setting: Setting) -> SettingRow:
        made = SettingRow(setting, self._desk.configuring.refusal(setting.key, self._operator))
        made.change_asked.connect(self._ask_change)
        made.reset_asked.connect(lambda key: self._ask_change(key, SETTINGS[key].default))
        self.rows[setting.key] = made
        return made

    def _prepare(self) -> None:
        for key in self.rows:
            self.refresh(key)
        for problem in self._desk.configuring.problems:
            if problem.key in self.rows:
                self.rows[problem.key].show_trouble(str(problem))
        if "retention_days" in self.rows:
            self.rows["retention_days"].editor.typed.connect(lambda _: self._look.start())
            self._look_at_retention()

    def refresh(self, key: str) -> None:
        """Somebody changed this setting, here or elsewhere."""
        if key not in self.rows:
            return
        configuring = self._desk.configuring
        self.rows[key].show_value(configuring.value(key), waits=configuring.waits(key))
        if isinstance(self.rows[key].editor, Terms):
            self._count(key)

    def _ask_change(self, key: str, value: Any) -> None:
        setting = SETTINGS[key]
        if key in self._asking:
            return  # the question that is open took the keyboard from the editor
        if key == "retention_days" and self._shortens(value):
            self._asking.add(key)
            self._read(
                lambda: self._desk.retaining.would_go(value),
                lambda number: self._ask_retention(value, number),
                lambda error: self._failed(key, error),
            )
        elif setting.warning and value != setting.default:
            self._ask(
                setting, value, f"{setting.words}: {setting.words_of(value)}?\n\n{setting.warning}"
            )
        else:
            self._change(key, value)

    def _shortens(self, days: int) -> bool:
        now = self._desk.configuring.value("retention_days")
        return days > 0 and (now == 0 or days < now)

    def _ask_retention(self, days: int, number: int) -> None:
        words = f"Keep mentions for {days:,} days?\n\n{_would_go(number)} This cannot be undone."
        self._ask(SETTINGS["retention_days"], days, words)

    def _ask(self, setting: Setting, value: Any, words: str) -> None:
        self._asking.add(setting.key)
        box = QMessageBox(QMessageBox.Icon.Question, setting.words, words, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: self._change(setting.key, value))
        box.rejected.connect(lambda: self.refresh(setting.key))
        box.finished.connect(lambda _: self._asking.discard(setting.key))
        box.open()

    def _change(self, key: str, value: Any) -> None:
        configuring, operator = self._desk.configuring, self._operator
        self._read(
            lambda: configuring.change(key, value, operator),
            lambda _: self._changed(key),
            lambda error: self._failed(key, error),
        )

    def _changed(self, key: str) -> None:
        self.refresh(key)
        self.rows[key].say_saved()

    def _failed(self, key: str, error: Exception) -> None:
        self._asking.discard(key)
        if SETTINGS[key].kind in (Kind.BOOL, Kind.CHOICE, Kind.LIST):
            self.refresh(key)
        self.rows[key].failed(error)

    def _look_at_retention(self) -> None:
        """What the number that is typed would mean, before it counts."""
        editor = self.rows["retention_days"].editor
        days = editor.box.value()  # type: ignore[attr-defined]
        self._read(
            lambda: (self._desk.retaining.would_go(days), self._desk.reviewing.counts()["all"][0]),
            self._show_retention,
            self.rows["retention_days"].failed,
        )

    def _show_retention(self, found: tuple[int, int]) -> None:
        number, stored = found
        words = _would_go(number) if number else "With this number none would go now."
        self.rows["retention_days"].say(f"{stored:,} mentions are stored. {words}")

    def _count(self, key: str) -> None:
        """How many mentions of the last day have one of the terms."""
        terms = self._desk.configuring.value(key)
        since = to_ms(self._desk.clock.now() - timedelta(hours=24))
        self._read(
            lambda: self._desk.reviewing.matching(terms, since),
            lambda found: self._show_count(key, terms, found),
            self.rows[key].failed,
        )

    def _show_count(self, key: str, terms: Any, found: tuple[int, dict[str, int]]) -> None:
        number, each = found
        editor = self.rows[key].editor
        if terms == self._desk.configuring.value(key) and isinstance(editor, Terms):
            editor.terms.show_counts(each)
            self.rows[key].say(_heard(number) if terms else NONE_YET)

    def _read(
        self,
        act: Callable[[], Any],
        then: Callable[[Any], None],
        otherwise: Callable[[Exception], None],
    ) -> None:
        """The answer may come when the page is gone; a failure is then told at the console."""
        tasks = self._tasks

        def failed(error: Exception) -> None:
            if shiboken6.isValid(self):
                otherwise(error)
            else:
                tasks.fail(error)

        tasks.read(act, lambda value: then(value) if shiboken6.isValid(self) else None, failed)


def _heard(number: int) -> str:
    if number == 1:
        return "One mention of the last 24 hours has one of these."
    return f"{number:,} mentions of the last 24 hours have one of these."


def _would_go(number: int) -> str:
    if number == 1:
        return "One mention is older and would go for good, soon after the change."
    return f"{number:,} mentions are older and would go for good, soon after the change."
