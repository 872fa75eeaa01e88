"""Blocked networks: from the console to paper, clipboard and a named person, by keyboard."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crisisdesk.model.alert import Alert
from crisisdesk.model.errors import StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.simnet.faults import Fault
from tests.ui.hostile import MARKUP
from tests.ui.seat import ROAD, Seat
from tests.ui.test_keyboard import nameless
from tests.ui.test_plain_text import guessing
from ui.dialogs import paper
from ui.dialogs.pack_block import ChannelBlock
from ui.dialogs.pack_dialog import PackDialog
from ui.widgets.mode_band import ModeBand

BLOCKED = ("mastodon", "bluesky", "email")
POST = "POST /api/v1/statuses"


def sims(seat: Seat) -> tuple[object, ...]:
    return seat.world.mastodon, seat.world.bluesky, seat.world.mail


def block(seat: Seat) -> None:
    """Nothing gets out of the building any more."""
    for sim in sims(seat):
        sim.faults.add(Fault("refuse", times=-1))  # type: ignore[attr-defined]


def published(seat: Seat) -> int:
    world = seat.world
    return len(world.mastodon.statuses) + len(world.bluesky.records) + len(world.mail.messages)


def blocked(seat: Seat, **values: str) -> Alert:
    """An alert that waits to be tried again on three channels."""
    block(seat)
    seat.open_incident()
    seat.write_road_closure()
    if values:
        seat.page.message.start("road-closure", ROAD | values)
    card = seat.broadcast()
    for kind in BLOCKED:
        seat.until_state(card.alert, kind, "⟳ retrying")
    return card.alert


def opened(seat: Seat) -> PackDialog:
    """The pack, opened by its key."""
    seat._active()
    seat.press("F9")
    dialog = seat.page.pack
    seat.until(dialog.isVisible, "the pack")
    seat.until(lambda: QApplication.activeWindow() is dialog, "the pack to be active")
    return dialog


def block_of(dialog: PackDialog, kind: str) -> ChannelBlock:
    return next(each for each in dialog.blocks.values() if each.part.kind == kind)


def tab_to(seat: Seat, wanted: QWidget) -> None:
    """Go on with Tab until the keyboard is there."""
    for _ in range(120):
        if QApplication.focusWidget() is wanted:
            return
        seat.press("Tab")
    raise AssertionError(f"Tab never comes to {wanted.accessibleName()}")


def hand_over(seat: Seat, dialog: PackDialog, name: str = "Ann Lee") -> None:
    """Fill in the form and log it, by keyboard."""
    tab_to(seat, dialog.form.name)
    seat.write(name)
    tab_to(seat, dialog.form.go)
    seat.press("Space")
    seat.until(lambda: "Logged" in dialog.notice.words, "the hand-over")


def test_everything_is_blocked_and_the_message_goes_out_by_hand(seat: Seat) -> None:
    alert = blocked(seat)
    dialog = opened(seat)
    texts = {each.kind: each.text for each in alert.rendered}
    copy = block_of(dialog, "bluesky").copies[0]
    tab_to(seat, copy)
    seat.press("Space")
    assert QApplication.clipboard().text() == texts["bluesky"]
    assert "Copied" in copy.text()
    hand_over(seat, dialog)
    seat.until(lambda: not dialog.form.boxes, "the form to offer no more")
    for sim in sims(seat):
        sim.faults.clear()  # type: ignore[attr-defined]
    seat.press("Escape")
    for kind in BLOCKED:
        seat.until_state(alert, kind, "‖ held")
    assert seat.run_later() >= 3  # the repeats that had been planned
    seat.desk.workers.wait_until_quiet()
    assert published(seat) == 0
    card = seat.page.broadcast.cards[alert.id]
    assert any("Handed to Ann Lee" in each.text() for each in card.findChildren(QLabel))
    entry = next(
        each for each in seat.desk.reviewing.entries() if each["action"] == "alert.handed_over"
    )
    assert (entry["actor"], entry["detail"]["to"]) == ("Jo Officer", "Ann Lee")
    assert len(entry["detail"]["channels"]) == 3


def test_what_the_person_reports_is_logged(seat: Seat) -> None:
    alert = blocked(seat)
    dialog = opened(seat)
    hand_over(seat, dialog)
    seat.until(block_of(dialog, "mastodon").posted.isVisible, "the report")
    tab_to(seat, block_of(dialog, "mastodon").posted)
    seat.press("Space")
    seat.answer(dialog, "https://social.example/@riverside/1")
    seat.until(lambda: "it is out" in dialog.notice.words, "the report in the log")
    seat.until(lambda: "Is out" in block_of(dialog, "mastodon").state.text(), "its new state")
    dialog.activateWindow()
    seat.until(lambda: QApplication.activeWindow() is dialog, "the pack to be active again")
    tab_to(seat, block_of(dialog, "email").not_posted)
    seat.press("Space")
    seat.answer(dialog, "the line is dead")
    seat.until(lambda: len(dialog.form.boxes) == 1, "the list to be free again")
    seat.press("Escape")
    seat.until_state(alert, "mastodon", "✓ confirmed")
    assert seat.state(alert, "email") == "‖ held"


def test_the_card_opens_the_pack_of_its_alert(seat: Seat) -> None:
    alert = blocked(seat)
    seat.click(seat.page.broadcast.cards[alert.id].by_hand)
    dialog = seat.page.pack
    seat.until(dialog.isVisible, "the pack")
    assert dialog.pack
    assert dialog.pack.alert_id == alert.id
    first = next(iter(dialog.blocks.values()))
    assert first.part.may_be_handed
    assert QApplication.focusWidget() is first.copies[0]
    assert list(dialog.form.boxes) == [
        each.part.account_id for each in dialog.blocks.values() if each.part.kind != "cap"
    ]


def test_without_an_alert_it_says_what_to_do(seat: Seat) -> None:
    seat.press("F9")
    seat.until(seat.page.notice.isVisible, "the notice")
    assert seat.page.notice.words == "! No alert is in force that could be posted. Write one first."
    assert not seat.page.pack.isVisible()


def test_copying_and_saving_go_on_when_the_log_cannot_be_written(
    seat: Seat, tmp_path: Path
) -> None:
    alert = blocked(seat)
    seat.desk.database.write(
        lambda unit: unit.connection.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON log_entry "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
        )
    )
    dialog = opened(seat)
    tab_to(seat, dialog.form.name)
    seat.write("Ann Lee")
    seat.press("Return")
    seat.until(lambda: "disk is full" in dialog.notice.words, "the refusal")
    assert "Write down on paper" in dialog.notice.words
    assert dialog.form.name.text() == "Ann Lee"
    tab_to(seat, block_of(dialog, "mastodon").copies[0])
    seat.press("Space")
    assert QApplication.clipboard().text() in {each.text for each in alert.rendered}
    assert dialog.pack
    dialog.saving.save_into(dialog.pack, tmp_path)
    seat.until(lambda: "files are in" in dialog.notice.words, "the files")
    assert len(list(tmp_path.glob("Ref-*/*.txt"))) >= 6
    seat.desk.database.write(lambda unit: unit.connection.execute(text("DROP TRIGGER full_disk")))
    seat.press("Escape")
    assert seat.state(alert, "mastodon") == "⟳ retrying"


def test_an_unreadable_database_leaves_the_texts(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = blocked(seat)

    def broken(*_: object) -> None:
        raise StoreError("The database answered: disk I/O error.", "Call for help.")

    monkeypatch.setattr(seat.desk.handing_over, "pack", broken)
    monkeypatch.setattr(seat.desk.handing_over, "newest_pack", broken)
    dialog = opened(seat)
    assert {each.part.text for each in dialog.blocks.values()} == {
        each.text for each in alert.rendered
    }
    assert "look at each channel yourself" in warning_words(dialog)


def warning_words(dialog: PackDialog) -> str:
    return " ".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def test_the_clipboard_gets_every_letter_as_it_is(seat: Seat) -> None:
    road = f"Weir\u00a0Bridge {MARKUP[:12]}\u202f9\u200d"
    alert = blocked(seat, road_name=road)
    dialog = opened(seat)
    for each in dialog.blocks.values():
        each.copies[0].click()
        frozen = next(p.text for p in alert.rendered if p.account_id == each.part.account_id)
        assert QApplication.clipboard().text() == frozen
        assert "\u00a0" in frozen
        assert sum("Copied" in c.text() for b in dialog.blocks.values() for c in b.copies) == 1
    mail = block_of(dialog, "email")
    mail.copies[1].click()
    assert QApplication.clipboard().text() == mail.part.subject
    mail.copies[2].click()
    assert QApplication.clipboard().text() == "ann@example.org, bob@example.org"


def test_an_unknown_channel_needs_a_reason(seat: Seat) -> None:
    seat.world.mastodon.faults.add(Fault("timeout", POST))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "? unknown")
    dialog = opened(seat)
    (box,) = dialog.form.boxes.values()
    assert not box.isChecked()
    assert "look first" in block_of(dialog, "mastodon").warning.text()
    tab_to(seat, dialog.form.name)
    seat.write("Ann Lee")
    assert not dialog.form.reason.isVisible()
    tab_to(seat, box)
    seat.press("Space")
    assert not dialog.form.go.isEnabled()
    tab_to(seat, dialog.form.reason)
    seat.write("the page is empty")
    seat.press("Return")
    seat.until(lambda: "Logged" in dialog.notice.words, "the hand-over")
    entries = seat.desk.reviewing.entries()
    assert any("the page is empty" in str(each["detail"]) for each in entries)


def test_what_changes_meanwhile_is_shown_and_nothing_jumps(seat: Seat) -> None:
    blocked(seat)
    dialog = opened(seat)
    blocks = dict(dialog.blocks)
    tab_to(seat, dialog.form.name)
    seat.write("An")
    for sim in sims(seat):
        sim.faults.clear()  # type: ignore[attr-defined]
    seat.run_later()
    seat.until(lambda: "out already" in block_of(dialog, "mastodon").warning.text(), "the news")
    assert dialog.blocks == blocks
    assert QApplication.focusWidget() is dialog.form.name
    assert dialog.form.name.text() == "An"
    seat.until(lambda: not dialog.form.boxes, "nothing left to hand over")
    assert not dialog.form.go.isEnabled()


def test_every_part_has_a_name_and_no_label_guesses(seat: Seat) -> None:
    blocked(seat, road_name=MARKUP[:30])
    dialog = opened(seat)
    block_of(dialog, "email").how.click()
    assert nameless(dialog) == []
    assert guessing(dialog) == []
    assert dialog.findChildren(QTextEdit) == []


def test_tab_goes_round_and_escape_closes(seat: Seat) -> None:
    blocked(seat)
    dialog = opened(seat)
    first = QApplication.focusWidget()
    seen: list[QWidget | None] = []
    for _ in range(120):
        seat.press("Tab")
        seen.append(QApplication.focusWidget())
        if seen[-1] is first:
            break
    assert seen[-1] is first
    copies = [copy for each in dialog.blocks.values() for copy in each.copies]
    wanted = [*copies, dialog.save, dialog.print, dialog.form.name, dialog.close_button]
    assert all(each in seen for each in wanted)
    seat.press("Escape")
    assert not dialog.isVisible()


def test_files_are_saved_where_the_officer_says(seat: Seat, tmp_path: Path) -> None:
    alert = blocked(seat)
    dialog = opened(seat)
    stick = tmp_path / "stick"
    stick.mkdir()
    tab_to(seat, dialog.save)
    seat.press("Space")
    choose(seat, dialog, stick)
    seat.until(lambda: "files are in" in dialog.notice.words, "the files")
    (folder,) = stick.iterdir()
    contents = [file.read_bytes() for file in folder.iterdir()]
    assert all(each.text.encode() in contents for each in alert.rendered)


def test_a_place_that_cannot_be_written_is_said(seat: Seat, tmp_path: Path) -> None:
    blocked(seat)
    dialog = opened(seat)
    assert dialog.pack
    dialog.saving.save_into(dialog.pack, tmp_path / "nowhere")
    seat.until(lambda: "cannot be written" in dialog.notice.words, "the problem")


def choose(seat: Seat, dialog: PackDialog, path: Path) -> None:
    """Answer the file chooser by typing."""

    def choosers() -> list[QFileDialog]:
        return [each for each in dialog.findChildren(QFileDialog) if each.isVisible()]

    seat.until(choosers, "the chooser")
    (chooser,) = choosers()
    line = chooser.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(line, QLineEdit)
    line.setText(str(path))
    seat.qtbot.keyClick(line, Qt.Key.Key_Return)
    seat.until(lambda: not chooser.isVisible(), "the chooser to go")


def test_without_a_printer_the_sheet_becomes_a_pdf(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "any_printer", lambda: False)
    alert = blocked(seat)
    dialog = opened(seat)
    tab_to(seat, dialog.print)
    seat.press("Space")
    choose(seat, dialog, tmp_path / "sheet.pdf")
    seat.until(lambda: "The sheet is in" in dialog.notice.words, "the PDF")
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages == 1 + len(alert.rendered)  # one sheet, and each text on a page of its own


def test_a_printer_gets_the_same_pages(qtbot: QtBot, tmp_path: Path) -> None:
    support = pytest.importorskip("PySide6.QtPrintSupport")
    page = f"<p>one</p><p style='page-break-before: always'>{'word ' * 40}</p>"
    printer = paper.new_printer()
    printer.setOutputFormat(support.QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    paper.print_on(page, printer)
    printed = (tmp_path / "printed.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", printed)) == 2
    assert len(re.findall(rb"/Type /Page\b", paper.pdf_of(page, "Ref"))) == 2


def test_a_locked_desk_shows_no_pack(seat: Seat) -> None:
    blocked(seat)
    dialog = opened(seat)
    seat.console.lock()
    seat.until(lambda: not dialog.isVisible(), "the pack to go")


def test_who_may_not_send_may_still_copy(seat: Seat) -> None:
    alert = blocked(seat)
    viewer = Operator("v", "Vic", Role.VIEWER)
    desk = seat.desk
    dialog = PackDialog(desk.handing_over, Mode.EXERCISE, seat.page.tasks, viewer, seat.page)
    dialog.open_for(alert, [])
    seat.until(dialog.isVisible, "the pack")
    dialog.form.name.setText("Ann Lee")
    assert not dialog.form.go.isEnabled()
    assert "Only a sender" in warning_words(dialog)
    block_of(dialog, "mastodon").copies[0].click()
    assert QApplication.clipboard().text() == block_of(dialog, "mastodon").part.text
    (band,) = dialog.findChildren(ModeBand)
    assert band.accessibleName().startswith("EXERCISE")
    assert band.height() >= 24
    dialog.reject()
