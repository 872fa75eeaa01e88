"""A page is left by one key and one button, and the keyboard is where it was."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from tests.ui.seat import Seat

PAGES = ["board", "settings", "people", "review"]


def open_page(seat: Seat, name: str) -> QWidget:
    """One of the pages over the console, with the keyboard left in the note."""
    seat.press("F6")
    console = seat.console
    opening: dict[str, Callable[[], None]] = {
        "board": console.open_board,
        "settings": console.open_settings,
        "people": console.open_people,
        "review": lambda: console.open_review(seat.desk.paths.home),
    }
    opening[name]()
    page = seat.window.pages.currentWidget()
    assert page is not seat.page
    seat.until(page.isVisible, "the page")
    return page


def way_out(page: QWidget) -> QPushButton:
    found = [each for each in page.findChildren(QPushButton) if each.text().startswith("Back to")]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", PAGES)
def test_escape_leaves_and_the_keyboard_is_where_it_was(seat: Seat, name: str) -> None:
    page = open_page(seat, name)
    seat.press("Escape")
    assert seat.shown is seat.page
    assert not page.isVisible()
    assert QApplication.focusWidget() is seat.page.log.note


@pytest.mark.parametrize("name", PAGES)
def test_the_button_says_where_to_and_stands_at_the_top_right(seat: Seat, name: str) -> None:
    page = open_page(seat, name)
    button = way_out(page)
    assert button.text() == "Back to the console (Esc)"
    corner = button.mapTo(page, button.rect().topRight())
    others = [each for each in page.findChildren(QPushButton) if each.isVisible()]
    right = max(each.mapTo(page, each.rect().topRight()).x() for each in others)
    assert corner.x() >= right - 4
    assert corner.y() < 120
    seat.click(button)
    assert seat.shown is seat.page
    assert QApplication.focusWidget() is seat.page.log.note


def test_a_log_looked_at_from_the_start_leads_back_there(new_seat: Seat) -> None:
    new_seat.prepare(())
    new_seat.console.open_review(new_seat.console.paths.home)
    page = new_seat.shown
    assert isinstance(page, QWidget)
    assert way_out(page).text() == "Back to the start (Esc)"
    new_seat.press("Escape")
    assert new_seat.shown is new_seat.console.start_page


def test_the_question_before_the_desk_is_left_names_both_answers(seat: Seat) -> None:
    """“Close” alone would read as “close this question”."""
    seat.window.ask_before_closing = True
    seat.window.close()
    box = seat.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert {each.text() for each in box.buttons()} == {"Leave the desk", "Stay here"}
    default = box.defaultButton()
    assert default is not None
    assert default.text() == "Stay here"
    box.reject()
    assert seat.window.isVisible()
