"""A desk left alone locks itself; what runs goes on, and only its passphrase opens it again."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from crisisdesk.model.mode import Mode
from tests.ui.hands import open_question
from tests.ui.mentions import item
from tests.ui.seat import NAME, PASSPHRASE, Seat
from ui import app, idle_timer
from ui.dialogs.sign_in import SignIn


def locked(seat: Seat) -> SignIn:
    """The card that is shown while the desk is locked."""
    seat.until(lambda: isinstance(seat.shown, SignIn), "the lock")
    card = seat.shown
    assert isinstance(card, SignIn)
    return card


def unlock(seat: Seat) -> None:
    """Type the passphrase."""
    card = locked(seat)
    seat.type(card.passphrase, PASSPHRASE)
    seat.press("Return")
    seat.until(lambda: seat.shown is seat.page, "the console")


def test_it_waits_five_minutes() -> None:
    assert app.LOCK_AFTER_MS == 5 * 60 * 1000


def test_left_alone_it_locks_and_opens_again(seat: Seat) -> None:
    assert seat.console._idle.isActive()
    assert seat.console._idle.interval() == app.LOCK_AFTER_MS
    seat.page.message.start("road-closure", {"road_name": "Weir Bridge"})
    seat.console._idle.start(1)
    card = locked(seat)
    seat.console._idle.setInterval(app.LOCK_AFTER_MS)
    assert card.name.currentText() == NAME
    assert any("goes on" in each.text() for each in card.findChildren(QLabel))
    unlock(seat)
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"
    assert seat.console._idle.isActive()
    actions = [each["action"] for each in seat.desk.reviewing.entries()]
    people = [each for each in actions if each.startswith("operator.")]
    assert people[:2] == ["operator.signed_in", "operator.signed_out"]


def test_using_it_puts_the_lock_off(seat: Seat) -> None:
    """As the system delivers it: to the window, not to a widget."""
    window = seat.window.windowHandle()
    used_now(seat, lambda: QTest.keyClick(window, Qt.Key.Key_F2))
    used_now(seat, lambda: QTest.keyClick(window, Qt.Key.Key_Down))
    used_now(seat, lambda: QTest.mouseMove(window, QPoint(60, 60)))


def test_using_a_dialog_puts_it_off_too(seat: Seat) -> None:
    seat.press("Ctrl+I")
    seat.until(lambda: open_question(seat.page), "the question")
    question = open_question(seat.page)
    assert question is not None
    seat.until(lambda: QApplication.focusWidget() is question.line, "the keyboard in it")
    used_now(seat, lambda: QTest.keyClick(question.windowHandle(), Qt.Key.Key_A))


def used_now(seat: Seat, use: Callable[[], object]) -> None:
    """Such a use begins the wait anew."""
    timer = seat.console._idle
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.start(60_000)
    seat.until(lambda: timer.remainingTime() < 59_900, "some time to pass")
    use()
    assert timer.remainingTime() > 59_950


def test_it_locks_by_key_and_hears_on(seat: Seat) -> None:
    seat.press("Ctrl+L")
    locked(seat)
    seat.desk.intake.accept([item(1, "while locked")])
    seat.until(lambda: seat.page.mentions.model.rowCount() == 1, "the mention behind the lock")
    seat.press("Ctrl+L")
    unlock(seat)
    assert seat.window.pages.count() <= 3


def test_keys_of_the_console_do_nothing_while_locked(seat: Seat) -> None:
    seat.press("Ctrl+L")
    card = locked(seat)
    for key in ("F2", "F4", "Ctrl+I", "Ctrl+T", "Ctrl+H"):
        seat.press(key)
    assert seat.shown is card
    assert seat.page.incident is None
    assert open_question(seat.window) is None


def test_a_wrong_passphrase_is_refused_and_costs_time(seat: Seat) -> None:
    seat.press("Ctrl+L")
    card = locked(seat)
    seat.type(card.passphrase, "not the passphrase")
    seat.press("Return")
    seat.until(card.notice.isVisible, "the refusal")
    assert "do not fit" in card.notice.words
    assert card.passphrase.text() == ""
    assert not card.go.isEnabled()
    assert seat.shown is card
    seat.until(card.go.isEnabled, "the next try")
    unlock(seat)
    actions = [each["action"] for each in seat.desk.reviewing.entries()]
    assert "operator.refused" in actions


def test_enter_does_not_go_round_the_waiting_time(seat: Seat) -> None:
    seat.press("Ctrl+L")
    card = locked(seat)
    seat.type(card.passphrase, "not the passphrase")
    seat.press("Return")
    seat.until(lambda: card.notice.isVisible() and not card.go.isEnabled(), "the pause")
    before = refusals(seat)
    seat.write("another guess")
    seat.press("Return")
    assert not card.go.isEnabled()
    seat.until(card.go.isEnabled, "the next try")
    assert refusals(seat) == before


def refusals(seat: Seat) -> int:
    """How often somebody was refused."""
    actions = [each["action"] for each in seat.desk.reviewing.entries()]
    return actions.count("operator.refused")


@pytest.mark.parametrize("mode", [Mode.EXERCISE])
def test_an_exercise_does_not_lock(seat: Seat, mode: Mode) -> None:
    seat.desk.mode = mode
    seat.console.lock()
    assert seat.shown is not None
    assert not isinstance(seat.shown, SignIn)


def test_it_warns_before_it_locks_and_any_key_stays(seat: Seat) -> None:
    timer, warning = seat.console._idle, seat.window.warning
    assert not warning.isVisible()
    timer.start(idle_timer.SOON_MS + 500)
    seat.until(warning.isVisible, "the warning")
    assert "30 seconds" in warning.text()
    assert seat.shown is seat.page
    QTest.keyClick(seat.window.windowHandle(), Qt.Key.Key_F2)
    seat.until(lambda: not warning.isVisible(), "the warning to go")
    seat.until(warning.isVisible, "the next warning, after as long a rest")


def test_the_warning_stands_over_every_page_and_goes_with_the_lock(seat: Seat) -> None:
    seat.console.open_settings()
    seat.window.warn("The desk locks in 30 seconds.")
    assert seat.window.warning.isVisible()
    seat.console.lock()
    locked(seat)
    assert not seat.window.warning.isVisible()
