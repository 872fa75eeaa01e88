"""The rows of the settings page as a test works them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from crisisdesk.config import SETTINGS
from tests.ui.seat import Seat
from ui.settings.rows_page import RowsPage
from ui.settings.setting_row import SettingRow
from ui.settings.settings_page import SettingsPage


def settings_of(seat: Seat) -> SettingsPage:
    """The settings on screen."""
    shown = seat.console.window.pages.currentWidget()
    assert isinstance(shown, SettingsPage)
    return shown


def row(page: SettingsPage, key: str) -> SettingRow:
    """The row of a setting, with its section shown."""
    page.open(SETTINGS[key].section)
    section = page.section
    assert isinstance(section, RowsPage)
    return section.rows[key]


def said(widget: QWidget) -> str:
    """All that its labels say."""
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisible())


def logged(seat: Seat) -> list[str]:
    """What the log says of settings that were changed."""
    entries = seat.desk.reviewing.entries()
    return [str(each["detail"]["words"]) for each in entries if each["action"] == "setting.changed"]


def question(page: SettingsPage) -> QMessageBox:
    """The question that is open."""
    (box,) = [each for each in page.findChildren(QMessageBox) if each.isVisible()]
    return box


def answer(seat: Seat, page: SettingsPage, button: QMessageBox.StandardButton) -> str:
    """Answer it; returns its words."""
    seat.until(lambda: [e for e in page.findChildren(QMessageBox) if e.isVisible()], "a question")
    box = question(page)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    assert box.textFormat() is Qt.TextFormat.PlainText
    words = box.text()
    seat.click(box.button(button))
    seat.until(lambda: not box.isVisible(), "the question to go")
    return words
