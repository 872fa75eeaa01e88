"""What a screen reader or a switch does through actions works as a click does."""

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from crisisdesk.model.template import Step
from tests.ui.mentions import item
from tests.ui.seat import PASSPHRASE, Seat
from ui.dialogs.sign_in import SignIn


def act(widget: QWidget) -> None:
    """Use the first action of something, as a screen reader does."""
    actions = QAccessible.queryAccessibleInterface(widget).actionInterface()
    actions.doAction(actions.actionNames()[0])


def test_a_lane_is_chosen(seat: Seat) -> None:
    pane = seat.page.mentions
    seat.desk.intake.accept([item(1, "help, we are trapped in Mill Lane"), item(2, "nice ducks")])
    seat.until(lambda: pane.model.rowCount() == 2, "both mentions")
    act(pane.lanes["need"])
    seat.until(lambda: pane.model.rowCount() == 1, "the need alone")


def test_a_step_is_chosen_for_a_follow_up(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    seat.page.sending.follow(card.alert, Step.UPDATE)
    message = seat.page.message
    seat.until(lambda: message.step is Step.UPDATE, "the update")
    act(message.steps[Step.ALL_CLEAR])
    assert message.step is Step.ALL_CLEAR
    assert message.steps[Step.ALL_CLEAR].isChecked()


def test_a_passphrase_can_be_pasted(new_seat: Seat) -> None:
    new_seat.prepare()
    new_seat.console.open_live()
    new_seat.until(lambda: isinstance(new_seat.shown, SignIn), "the sign-in card")
    card = new_seat.shown
    assert isinstance(card, SignIn)
    QApplication.clipboard().setText(PASSPHRASE)
    card.passphrase.setFocus()
    new_seat.press("Ctrl+V")
    new_seat.press("Return")
    new_seat.until(lambda: new_seat.console.page, "the console")


def test_a_page_puts_the_keyboard_somewhere(seat: Seat) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    assert seat.page.isAncestorOf(focus)
