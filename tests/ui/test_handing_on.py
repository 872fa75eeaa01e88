"""Handing the desk on: the brief in one action, a signature, and another officer sits here."""

from crisisdesk.model.operator import Role
from tests.ui.seat import PASSPHRASE, Seat
from ui.dialogs.hand_over_sheet import HandOverSheet

DAY_PHRASE = "five loud magpies"


def opened(seat: Seat) -> HandOverSheet:
    seat.press("Ctrl+Shift+H")
    seat.until(lambda: seat.page.handing_on.sheet is not None, "the brief")
    sheet = seat.page.handing_on.sheet
    assert sheet is not None
    return sheet


def test_after_the_signature_another_officer_sits_at_the_same_desk(seat: Seat) -> None:
    seat.open_incident("Flood at the weir")
    first, by = seat.page, seat.page.operator
    seat.desk.people.add_operator("D. Day", Role.SENDER, DAY_PHRASE, by)
    sheet = opened(seat)
    sheet.fields["risk"].setPlainText("High tide at 07:10.")
    sheet.log_it.click()
    seat.until(sheet.signing.isVisible, "the brief to be logged")
    assert sheet.taker.currentText() == "D. Day"
    sheet.passphrase.setText("wrong words")
    sheet.sign.click()
    seat.until(lambda: sheet.sign.isEnabled() and bool(sheet.notice.words), "the refusal")
    assert seat.page is first
    sheet.passphrase.setText(DAY_PHRASE)
    sheet.sign.click()
    seat.until(lambda: seat.page is not first, "the other officer")
    assert seat.page.operator.name == "D. Day"
    seat.until(lambda: seat.page.log.model.rowCount() > 0, "the log")
    entries = {each["action"]: each for each in seat.desk.reviewing.entries(20)}
    assert "High tide at 07:10." in entries["handover.offered"]["detail"]["words"]
    assert entries["handover.signed"]["actor"] == "D. Day"
    seat.press("Ctrl+J")
    assert seat.page.recorder.sheet is not None
    assert seat.page.recorder.sheet.decided_by.text() == "D. Day"
    assert PASSPHRASE not in str(entries)


def test_where_nobody_else_has_a_key_the_brief_is_logged_and_that_is_said(seat: Seat) -> None:
    sheet = opened(seat)
    sheet.log_it.click()
    seat.until(lambda: "Nobody else has a key" in sheet.notice.words, "the brief to be logged")
    assert not sheet.signing.isVisible()
