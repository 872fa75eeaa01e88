"""A second person at the console: asked, seen, agreeing in three ways, refusing; by keyboard."""

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.model.alert import Alert
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from tests.ui.hands import gone
from tests.ui.seat import PASSPHRASE, Seat
from ui.console.approval_card import ApprovalCard
from ui.dialogs.approve import ApproveDialog

FIRE = {
    "fire_site": "Wend Mill, Mill Lane",
    "area_name": "Lower Town, Riverside",
    "since_time": "02:10",
    "action_now": "Go indoors and close windows and doors",
    "next_update_at": "03:00",
    "more_info_url": "https://riverside.example/fire",
}
SECOND = "Ann Second"


@pytest.fixture
def two(seat: Seat) -> Seat:
    """A seat whose organisation has an approver, with an incident and a severe message written."""
    seat.ann = hire(seat)  # type: ignore[attr-defined]
    seat.open_incident("Fire at the mill")
    seat.page.message.start("large-fire", dict(FIRE))
    seat.until(seat.page.broadcast.hold.isEnabled, seat.why_not())
    return seat


def hire(seat: Seat) -> Operator:
    return seat.desk.people.add_operator(SECOND, Role.APPROVER, PASSPHRASE, seat.page.operator)


def ask(seat: Seat) -> ApprovalCard:
    """Hold the button, which asks; the card in the queue."""
    pane = seat.page.broadcast
    assert "ASK A SECOND PERSON" in pane.hold.text()
    seat.press("F4")
    seat.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
    seat.hold(lambda: pane.approvals.cards)
    return pane.approvals.cards[0]


def dialog(seat: Seat) -> ApproveDialog:
    seat.press("F7")
    seat.until(
        lambda: QApplication.focusWidget() is seat.page.broadcast.approvals.cards[0].decide,
        "the keyboard on Approve",
    )
    seat.press("Space")
    seat.until(lambda: seat.page.findChildren(ApproveDialog), "the dialog")
    found = seat.page.findChildren(ApproveDialog)[-1]
    seat.until(found.isVisible, "the dialog on screen")
    seat.until(found.who.count, "the approvers")
    return found


def approve_by_passphrase(seat: Seat) -> None:
    open_now = dialog(seat)
    seat.until(lambda: QApplication.focusWidget() is open_now.passphrase, "the keyboard in it")
    seat.write(PASSPHRASE)
    seat.press("Return")
    seat.until(lambda: gone(open_now), "the dialog to go")


def send_from_card(seat: Seat) -> Alert:
    area = seat.page.broadcast.approvals
    seat.until(lambda: area.cards and area.cards[0].waiting.approved, "the approved card")
    alert = area.cards[0].waiting.alert
    seat.press("F7")
    seat.until(lambda: QApplication.focusWidget() is area.cards[0].hold, "the keyboard on it")
    seat.hold(lambda: seat.page.sending.busy or not area.cards)
    seat.until(lambda: alert.id in seat.page.broadcast.cards, "the card of the broadcast")
    return alert


def test_a_second_person_signs_at_this_desk(two: Seat) -> None:
    card = ask(two)
    assert card.waiting.request.asked_by == "Jo Officer"
    assert two.page.notice.words.startswith("‖ Not sent yet")
    assert two.world.mastodon.statuses == []
    two.until(two.page.header.approvals.isVisible, "the sign on top")
    assert "1 needs a second person" in two.page.header.approvals.text()
    assert "1 NEEDS A SECOND PERSON" in two.page.broadcast.approvals.heading.text()
    approve_by_passphrase(two)
    alert = send_from_card(two)
    two.until_state(alert, "mastodon", "✓ confirmed")
    two.until(lambda: not two.page.header.approvals.isVisible(), "the sign to go")


def test_the_dialog_shows_the_consequence_and_every_word(two: Seat) -> None:
    ask(two)
    open_now = dialog(two)
    titles = [open_now.texts.tabText(index) for index in range(open_now.texts.count())]
    assert titles == ["Alert", "Ready: update", "Ready: correction", "Ready: all clear"]
    shown = open_now.texts.widget(0).toPlainText()  # type: ignore[attr-defined]
    for part in two.page.broadcast.approvals.cards[0].waiting.alert.rendered:
        assert part.text in shown
    open_now.reject()


def test_the_correction_approved_with_it_goes_out_in_two_actions(two: Seat) -> None:
    ask(two)
    approve_by_passphrase(two)
    alert = send_from_card(two)
    two.until_state(alert, "mastodon", "✓ confirmed")
    pane = two.page.broadcast
    pane.cards[alert.id].correct.setFocus()
    two.press("Space")
    two.until(lambda: two.page.message.step is Step.CANCEL, "the correction")
    two.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
    assert "HOLD TO BROADCAST" in pane.hold.text()
    before = set(pane.cards)
    two.hold(lambda: set(pane.cards) - before)
    two.until(lambda: len(two.world.mastodon.statuses) == 2, "the correction on the network")
    assert "sent it by mistake" in two.world.mastodon.statuses[-1].text


def test_other_words_ask_again(two: Seat) -> None:
    ask(two)
    approve_by_passphrase(two)
    alert = send_from_card(two)
    two.until_state(alert, "mastodon", "✓ confirmed")
    two.page.sending.follow(alert, Step.CANCEL)
    two.until(lambda: two.page.message.step is Step.CANCEL, "the correction")
    editor = two.page.message.form.editors()["true_position"]
    two.type(editor, "the fire is in Station Road")
    two.until(lambda: "ASK A SECOND" in two.page.broadcast.hold.text(), "to ask again")


def test_by_telephone_with_a_printed_code(two: Seat) -> None:
    ann = two.ann  # type: ignore[attr-defined]
    codes = two.desk.approving.new_codes(ann.id, PASSPHRASE).codes
    ask(two)
    open_now = dialog(two)
    open_now.ways.setCurrentIndex(1)
    two.until(lambda: "line" in open_now.line.text(), "the line to ask for")
    line = open_now.line.text().split("line ")[1][0]
    two.type(open_now.code, codes[line].lower())
    two.press("Return")
    two.until(lambda: gone(open_now), "the dialog to go")
    send_from_card(two)


def test_breaking_the_glass_tells_every_approver(two: Seat) -> None:
    ask(two)
    open_now = dialog(two)
    open_now.ways.setCurrentIndex(2)
    two.type(open_now.why, "smoke at the school, nobody answers the telephone")
    two.click(open_now.smash)
    two.until(lambda: gone(open_now), "the dialog to go")
    send_from_card(two)
    ann = two.ann  # type: ignore[attr-defined]
    (notice,) = two.desk.approving.notices(ann)
    assert "broke the glass" in notice.words


def test_a_wrong_passphrase_approves_nothing_and_says_so(two: Seat) -> None:
    ask(two)
    open_now = dialog(two)
    two.type(open_now.passphrase, "not the passphrase")
    two.press("Return")
    two.until(lambda: "does not open" in open_now.notice.words, "the refusal")
    assert open_now.isVisible()
    open_now.reject()
    assert not two.page.broadcast.approvals.cards[0].waiting.approved


def test_sent_back_with_a_reason_it_returns_to_the_form(two: Seat) -> None:
    ask(two)
    two.page.message.choose_template()
    open_now = dialog(two)
    two.type(open_now.passphrase, PASSPHRASE)
    two.type(open_now.reason, "name the school")
    two.click(open_now.send_back)
    area = two.page.broadcast.approvals
    two.until(lambda: not area.cards and area.isVisible(), "the notice")
    notice = two.desk.approving.notices(two.page.operator)[0]
    assert "name the school" in notice.words
    two.page.agreeing.rewrite_by_id(notice.kind.split()[1])
    two.until(lambda: two.page.message.form.values().get("fire_site"), "the words in the form")
    assert two.page.message.form.values()["fire_site"] == FIRE["fire_site"]


def test_changing_the_words_voids_the_approval(two: Seat) -> None:
    ask(two)
    approve_by_passphrase(two)
    area = two.page.broadcast.approvals
    two.until(lambda: area.cards and area.cards[0].waiting.approved, "the approved card")
    two.click(area.cards[0].change)
    two.until(lambda: not area.cards, "the queue to be empty")
    two.until(lambda: two.page.message.template, "the form")
    assert two.world.mastodon.statuses == []


def test_stop_all_and_going_on(two: Seat) -> None:
    two.page.message.start("road-closure", {})
    two.press("F10")
    two.until(two.page.broadcast.stopped.isVisible, "the stop on screen")
    two.write_road_closure()
    pane = two.page.broadcast
    two.press("F4")
    two.hold(lambda: "stopped" in two.page.notice.words)
    assert two.world.mastodon.statuses == []
    two.click(pane.go_on)
    two.answer(two.page, "it was a drill")
    two.until(lambda: not pane.stopped.isVisible(), "sending to be allowed")
    two.broadcast()
    two.until(lambda: two.world.mastodon.statuses, "the message")
