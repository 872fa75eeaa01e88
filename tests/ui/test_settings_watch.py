"""What is watched for and how long it is kept, on the settings page."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QMessageBox

from crisisdesk.model.mention import Item
from tests.ui.seat import Seat
from tests.ui.settings_rows import answer, logged, row, said, settings_of
from ui.settings.editors import Number, Terms
from ui.settings.settings_page import SettingsPage


@pytest.fixture
def page(seat: Seat) -> SettingsPage:
    """The page over the console."""
    seat.console.open_options()
    return settings_of(seat)


def hear(seat: Seat, texts: list[str], days_ago: int, first: int) -> None:
    """Mentions that came in some days ago."""
    desk = seat.desk
    now = desk.intake._now
    desk.intake._now = lambda: now() - timedelta(days=days_ago)
    items = [Item("s", str(first + at), text, 1, "@a", "Ann", "") for at, text in enumerate(texts)]
    desk.intake.accept(items)
    desk.intake._now = now


def test_retention_says_what_would_go_and_asks(seat: Seat, page: SettingsPage) -> None:
    hear(seat, ["old words of somebody"] * 3, 50, 1)
    hear(seat, ["fresh words of somebody"], 0, 10)
    made = row(page, "retention_days")
    assert isinstance(made.editor, Number)
    seat.until(lambda: "4 mentions are stored" in said(made), "the numbers")
    made.focus()
    made.editor.box.selectAll()
    seat.write("30")
    seat.until(lambda: "3 mentions are older and would go" in said(made), "what would go")
    assert seat.desk.settings.retention_days == 0
    seat.press("Return")
    assert "3 mentions are older" in answer(seat, page, QMessageBox.StandardButton.Cancel)
    assert seat.desk.settings.retention_days == 0
    assert made.editor.box.value() == 0
    made.editor.committed.emit(30)
    answer(seat, page, QMessageBox.StandardButton.Yes)
    seat.until(lambda: seat.desk.settings.retention_days == 30, "the change")
    seat.until(lambda: len(seat.desk.reviewing.page()) == 1, "the old ones to go")
    made.editor.committed.emit(60)
    seat.until(lambda: seat.desk.settings.retention_days == 60, "longer needs no question")


def test_watch_terms_are_added_pasted_counted_and_removed(seat: Seat, page: SettingsPage) -> None:
    hear(seat, ["The weir is high", "Flood at the weir", "Nothing"], 0, 1)
    hear(seat, ["The weir was high"], 3, 20)
    made = row(page, "watch_terms")
    assert isinstance(made.editor, Terms)
    terms = made.editor.terms
    seat.until(lambda: "None yet" in said(made), "the words for an empty list")
    seat.type(terms.line, "weir")
    seat.press("Return")
    seat.until(lambda: "2 mentions of the last 24 hours" in said(made), "the count")
    assert terms.list.item(0).text() == "weir  ·  2"
    seat.type(terms.line, "Weir")
    seat.press("Return")
    assert "already as “weir”" in said(made)
    seat.type(terms.line, "xy")
    seat.press("Return")
    assert "too short" in said(made)
    seat.click(terms.paste)
    assert terms.dialog is not None
    terms.dialog.text.setPlainText("Mill Lane\n\nweir\nRiver Wend\n")
    seat.click(terms.dialog.add)
    seat.until(lambda: len(seat.desk.settings.watch_terms) == 3, "the pasted ones")
    hear(seat, ["See Mill Lane now"], 0, 30)
    assert "watch term: Mill Lane" in seat.desk.reviewing.page()[0].reasons
    seat.until(lambda: terms.list.count() == 3, "the list")
    seat.window.activateWindow()
    seat.until(seat.window.isActiveWindow, "the window, as a desktop would give it back")
    terms.list.setCurrentRow(0)
    terms.list.setFocus()
    seat.press("Delete")
    seat.until(lambda: seat.desk.settings.watch_terms == ("weir", "River Wend"), "one less")
    assert logged(seat)[0] == "Watch terms: 0 added, 1 removed, 2 now"
