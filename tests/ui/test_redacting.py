"""Words are taken out of an entry with the keyboard alone, deliberately, and the log says so."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.model.operator import Role
from crisisdesk.model.record import Record, RecordKind
from crisisdesk.model.redaction import Redacted
from crisisdesk.rules.commitments import stub
from tests.live_desk import PASSPHRASE
from tests.ui.seat import Seat
from ui.console.redactor import told
from ui.dialogs.entry_card import EntryCard
from ui.dialogs.redact_sheet import RedactSheet

SAID = "Call from Margaret Ellis, 01632 960 123: on oxygen."
LEFT = "Call from a resident: on oxygen."


def logged(seat: Seat) -> int:
    record = Record(RecordKind.INFORMATION, SAID)
    return seat.page.desk.recording.record(record, seat.page.operator)


def card(seat: Seat, seq: int) -> EntryCard:
    seat.page.recorder.card = None
    seat.page.recorder.show_entry(seq)
    seat.until(lambda: seat.page.recorder.card, "the card")
    assert seat.page.recorder.card
    return seat.page.recorder.card


def opened(seat: Seat, seq: int) -> RedactSheet:
    card(seat, seq).redact.click()
    sheet = seat.page.recorder.redactor.sheet
    assert sheet is not None
    seat.until(sheet.isVisible, "the sheet")
    return sheet


def test_what_is_personal_goes_and_the_rest_may_stay(seat: Seat) -> None:
    seq = logged(seat)
    sheet = opened(seat, seq)
    (row,) = sheet.rows
    assert not sheet.go.isEnabled()
    row.taken.setFocus()
    seat.until(row.taken.hasFocus, "the keyboard on it")
    seat.press("Space")
    assert row.left.isVisibleTo(sheet)
    row.left.setPlainText(LEFT)
    sheet.reason.setPlainText("Not needed.")
    sheet.passphrase.setText(PASSPHRASE)
    sheet.go.setFocus()
    seat.until(lambda: QApplication.focusWidget() is sheet.go, "the keyboard on the button")
    seat.press("Space")
    seat.until(lambda: seat.page.recorder.redactor.sheet is None, "it to be done")
    assert "says why" in seat.page.notice.words
    entries = seat.page.desk.reviewing.entries()
    account = next(each for each in entries if each["action"] == "entry.redacted")
    assert account["detail"]["left"] == {"words": LEFT}
    assert seat.page.desk.recording.entry(seq)["detail"]["words"] == stub(account["seq"])
    assert not card(seat, seq).redact.isVisibleTo(seat.page.recorder.card)


def test_a_wrong_passphrase_is_said_and_the_words_stay(seat: Seat) -> None:
    seq = logged(seat)
    sheet = opened(seat, seq)
    sheet.rows[0].taken.setChecked(True)
    sheet.reason.setPlainText("Not needed.")
    sheet.passphrase.setText("wrong")
    sheet.go.click()
    seat.until(lambda: "passphrase" in sheet.notice.words, "the refusal")
    assert (sheet.passphrase.text(), sheet.go.isEnabled()) == ("", True)
    assert seat.page.desk.recording.entry(seq)["detail"]["words"] == SAID
    sheet.close()


@pytest.mark.parametrize("role", [Role.SENDER, Role.AUDITOR])
def test_nobody_else_is_offered_it(seat: Seat, role: Role) -> None:
    seq = logged(seat)
    seat.page.operator = replace(seat.page.operator, role=role)
    assert not card(seat, seq).redact.isVisibleTo(seat.page.recorder.card)


def test_what_still_holds_the_words_is_said() -> None:
    assert told(5, Redacted(9, scrubbed=True, backups=0)) == (
        "Taken out of entry 5; entry 9 says why."
    )
    words = told(5, Redacted(9, scrubbed=False, backups=2, repeated=(7, 8), trouble="No."))
    assert "other entries: 7, 8. No." in words
    assert "when the desk closes" in words
    assert "2 backups made before" in words


def test_nobody_turns_back_while_it_is_done(seat: Seat) -> None:
    sheet = opened(seat, logged(seat))
    sheet.rows[0].taken.setChecked(True)
    sheet._set_busy(True)
    sheet.reject()
    assert sheet.isVisible()
    assert not sheet.go.isEnabled()
    sheet._set_busy(False)
    sheet.reject()
    assert seat.page.recorder.redactor.sheet is None


def test_enter_in_the_passphrase_leads_to_the_button_and_presses_nothing(seat: Seat) -> None:
    sheet = opened(seat, logged(seat))
    sheet.rows[0].taken.setChecked(True)
    sheet.passphrase.setFocus()
    seat.until(sheet.passphrase.hasFocus, "the keyboard in it")
    seat.press("Return")
    assert sheet.isVisible()
    assert sheet.focusWidget() is sheet.go
    sheet.close()
