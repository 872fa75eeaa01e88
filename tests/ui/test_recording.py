"""The record at hand: two keys to be writing, put right by a linked entry, back after a crash."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from crisisdesk.model.record import JdmStage, RecordKind
from tests.ui.seat import Seat
from ui.dialogs.entry_card import EntryCard
from ui.dialogs.record_sheet import RecordSheet


def opened(seat: Seat) -> RecordSheet:
    seat.press("Ctrl+J")
    sheet = seat.page.recorder.sheet
    assert sheet is not None
    seat.until(sheet.isVisible, "the sheet")
    return sheet


def logged(seat: Seat, sheet: RecordSheet) -> int:
    sheet.log.click()
    seat.until(lambda: seat.page.recorder.sheet is None, "the entry to be logged")
    return int(seat.page.notice.words.split()[-1].rstrip("."))


def card(seat: Seat, seq: int) -> EntryCard:
    seat.page.recorder.card = None
    seat.page.recorder.show_entry(seq)
    seat.until(lambda: seat.page.recorder.card is not None, "the card")
    assert seat.page.recorder.card is not None
    return seat.page.recorder.card


def test_from_anywhere_one_key_leads_to_the_words(seat: Seat) -> None:
    seat.console.open_board()
    sheet = opened(seat)
    assert sheet.focusWidget() is sheet.words
    assert not sheet.isModal()
    sheet.words.setPlainText("Close the bridge.")
    sheet.rationale.setPlainText("Water over the deck.")
    entry = seat.page.desk.recording.entry(logged(seat, sheet))
    assert entry["detail"]["words"] == "Close the bridge."
    assert entry["detail"]["rationale"] == "Water over the deck."
    assert entry["detail"]["decided_by"] == seat.page.operator.name


def test_every_field_of_an_entry_is_logged(seat: Seat) -> None:
    sheet = opened(seat)
    sheet.kind.setCurrentIndex(sheet.kind.findData(RecordKind.NOT_TO_ACT))
    sheet.words.setPlainText("No evacuation of Hill Road.")
    sheet.rationale.setPlainText("It lies above the water.")
    sheet.decided_by.setText("G. Gold")
    sheet.more.setChecked(True)
    sheet.known.setPlainText("Peak at 05:00.")
    sheet.options.setPlainText("Evacuate, or wait.")
    sheet.stage.setCurrentIndex(sheet.stage.findData(JdmStage.OPTIONS))
    sheet._set_ago(15)
    entry = seat.page.desk.recording.entry(logged(seat, sheet))
    detail = entry["detail"]
    assert (detail["kind"], detail["decided_by"]) == ("not_to_act", "G. Gold")
    assert (detail["known"], detail["options"]) == ("Peak at 05:00.", "Evacuate, or wait.")
    assert (detail["stage"], detail["late"]) == ("options", True)
    assert entry["occurred"] < entry["at"]


def test_what_is_missing_is_said_in_the_sheet_and_nothing_is_lost(seat: Seat) -> None:
    sheet = opened(seat)
    sheet.kind.setCurrentIndex(sheet.kind.findData(RecordKind.NOT_TO_ACT))
    sheet.words.setPlainText("Wait.")
    sheet.log.click()
    seat.until(lambda: "needs its reason" in sheet.notice.words, "the reason")
    sheet.when.setText("soon")
    sheet.log.click()
    assert "time cannot be read" in sheet.notice.words
    assert sheet.words.toPlainText() == "Wait."


def test_an_entry_is_put_right_by_another_and_says_so(seat: Seat) -> None:
    sheet = opened(seat)
    sheet.words.setPlainText("Rest centre at Hill Road.")
    first = logged(seat, sheet)
    shown = card(seat, first)
    shown.correct.click()
    sheet = seat.page.recorder.sheet
    assert sheet is not None
    assert sheet.words.toPlainText() == "Rest centre at Hill Road."
    sheet.words.setPlainText("Rest centre at Northfield School.")
    sheet.why_corrected.setPlainText("It was moved.")
    second = logged(seat, sheet)
    assert f"Put right by entry {second}" in card(seat, first).link.text()


def test_methane_has_its_letters_and_a_file_can_be_attached(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("The plan.")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(plan), ""))
    sheet = opened(seat)
    assert sheet.person.text() == "Decided by"
    sheet.kind.setCurrentIndex(sheet.kind.findData(RecordKind.METHANE))
    assert sheet.person.text() == sheet.decided_by.accessibleName() == "Reported by"
    assert sheet.letter_rows.isVisible()
    sheet.letters["exact_location"].setText("Mill Lane")
    sheet._choose()
    seat.until(lambda: "plan.txt" in sheet.attached.text(), "the file")
    entry = seat.page.desk.recording.entry(logged(seat, sheet))
    assert entry["detail"]["methane"] == {"exact_location": "Mill Lane"}
    assert entry["detail"]["attachments"][0]["name"] == "plan.txt"


def test_an_entry_that_was_begun_is_there_after_a_new_start(seat: Seat) -> None:
    sheet = opened(seat)
    sheet.words.setPlainText("Half a sent")
    sheet.close()
    seat.until(lambda: seat.page.drafts.keeping.safe, "it to be on disk")
    seat.restart()
    seat.take()
    seat.until(lambda: seat.page.recorder.unfinished() is not None, "the words")
    assert opened(seat).words.toPlainText() == "Half a sent"
    assert "the entry that you were writing" in seat.page.notice.words


def test_enter_on_an_entry_of_the_log_shows_it_whole(seat: Seat) -> None:
    table = seat.page.log.table
    seat.until(lambda: seat.page.log.model.rowCount() > 0, "entries")
    table.setCurrentIndex(seat.page.log.model.index(0, 0))
    seat.page.recorder.card = None
    seat.qtbot.keyClick(table, Qt.Key.Key_Return)
    seat.until(lambda: seat.page.recorder.card is not None, "the card")


def test_while_the_desk_is_locked_nothing_is_written(seat: Seat) -> None:
    seat.console.lock()
    assert seat.page.recorder.why_not() == "The desk is locked."
