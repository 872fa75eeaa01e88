"""A night is long: what is opened and closed a hundred times leaves nothing behind."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog

from tests.ui.hands import sweep
from tests.ui.seat import PASSPHRASE, ROAD, Seat
from ui.theme import Theme

TIMES = 12


def objects(seat: Seat) -> int:
    """Every Qt object below the window, timers and shortcuts included."""
    sweep()
    return len(seat.window.findChildren(QObject))


def grown(seat: Seat, act: Callable[[], object]) -> int:
    """By how many objects the window grows when something is done many times: a leak is one a time.

    Twice beforehand: what is made once and kept may be made.
    """
    for _ in range(2):
        act()
    before = objects(seat)
    for _ in range(TIMES):
        act()
    return objects(seat) - before


def test_messages_leave_nothing(seat: Seat) -> None:
    def write() -> None:
        seat.page.message.start("road-closure", dict(ROAD))
        seat.page.message.choose_template()

    assert grown(seat, write) < TIMES


def test_incidents_leave_no_menus(seat: Seat) -> None:
    incidents = seat.desk.composing.incidents()
    assert grown(seat, lambda: seat.page.header.show_incidents(incidents, None)) < TIMES


def test_dialogs_leave_nothing(seat: Seat) -> None:
    page = seat.page
    for ask in (page.ask_incident, page.open_pack, page.sending.ask_go_on):
        assert grown(seat, lambda ask=ask: opened_and_closed(seat, ask)) < TIMES, ask


def opened_and_closed(seat: Seat, ask: Callable[[], object]) -> None:
    """A dialog comes and goes."""
    ask()
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QDialog) and each.isVisible():
            each.reject()
    seat.until(seat.console.workers.read(lambda: None).done, "what it asked for")


@pytest.mark.parametrize("name", ["open_settings", "open_people", "open_board"])
def test_pages_leave_nothing(seat: Seat, name: str) -> None:
    def look() -> None:
        getattr(seat.console, name)()
        seat.until(lambda: seat.shown is not seat.page, "the page")
        seat.press("Esc")
        seat.until(lambda: seat.shown is seat.page, "the console")

    assert grown(seat, look) < TIMES


def test_themes_leave_nothing(seat: Seat) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = Theme.tokens.name
    assert grown(seat, seat.console.switch_theme) < TIMES
    Theme.apply(app, before)
    assert Theme.tokens.name == before


def test_locks_leave_nothing(seat: Seat) -> None:
    def lock() -> None:
        seat.console.lock()
        seat.type(seat.shown.passphrase, PASSPHRASE)  # type: ignore[attr-defined]
        seat.press("Return")
        seat.until(lambda: seat.shown is seat.page, "the console")

    assert grown(seat, lock) < TIMES
