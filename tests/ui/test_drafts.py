"""What an officer has begun outlives the program: every keystroke, and nothing that was sent."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.model.draft import Draft, Unfinished
from crisisdesk.model.errors import StoreError
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Step
from tests.pictures import photo
from tests.ui.seat import ROAD, Seat
from ui.dialogs.kept_words import KeptWords


@pytest.fixture
def seat(new_seat: Seat) -> Seat:
    """Signed in, with an incident."""
    new_seat.prepare()
    new_seat.take()
    new_seat.until(lambda: new_seat.page.drafts._ready, "the look for what was begun")
    return new_seat


def kept(seat: Seat) -> None:
    """Wait until the last keystroke is on disk, and is said to be."""
    drafts = seat.page.drafts
    seat.until(lambda: drafts.keeping.safe, "the draft to be kept")
    seat.until(lambda: "✓ saved" in seat.page.message.kept.text(), "the words that it is kept")


def back(seat: Seat) -> None:
    """A new run, signed in, with what was begun in its place."""
    seat.restart()
    seat.take()
    seat.until(lambda: seat.page.drafts._ready, "what was begun")


def lost_words(seat: Seat) -> KeptWords:
    """The dialog with words that fit nowhere."""
    seat.until(lambda: seat.page.findChildren(KeptWords), "the dialog")
    return seat.page.findChildren(KeptWords)[-1]


def test_the_last_key_counts(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    seat.type(seat.page.message.form.editors()["road_name"], "Weir Bridge")
    kept(seat)
    back(seat)
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"
    assert "the alert that you were writing" in seat.page.notice.words
    assert "saved at" in seat.page.notice.words


def test_everything_comes_back(seat: Seat, tmp_path: Path) -> None:
    seat.open_incident("Fire at the mill")
    first = seat.page.incident
    assert first is not None
    seat.open_incident("Flood at the weir")
    seat.until(lambda: seat.page.incident.id != first.id, "the second incident")
    seat.page.choose_incident(first)
    seat.write_road_closure()
    seat.choose("mastodon", "cap")
    file = tmp_path / "map.jpg"
    file.write_bytes(photo())
    pictures = seat.page.message.pictures
    pictures.add_file(file)
    seat.until(lambda: pictures.entries, "the picture")
    seat.type(pictures.entries[0].words, "Map of the detour")
    seat.type(seat.page.log.note, "Schools stay open")
    before = seat.page.draft()
    kept(seat)
    back(seat)
    seat.until(lambda: seat.page.message.pictures.entries, "the picture")
    assert seat.page.draft() == before
    assert seat.page.incident is not None
    assert seat.page.incident.id == first.id
    assert seat.page.log.note.text() == "Schools stay open"
    words = seat.page.notice.words
    assert "its picture" in words
    assert "the decision that you were noting" in words


def test_a_correction_under_way_comes_back(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon", "cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    seat.page.sending.follow(card.alert, Step.CANCEL)
    seat.until(lambda: seat.page.message.follows, "the correction")
    editors = seat.page.message.form.editors()
    seat.type(editors["what_was_wrong"], "we named the wrong bridge")
    before = seat.page.draft()
    kept(seat)
    back(seat)
    after = seat.page.draft()
    assert after == before
    assert after is not None
    assert after.references == card.alert.id
    assert all(not row.box.isEnabled() for row in seat.page.broadcast.rows)
    assert f"the correction for {card.alert.marker}" in seat.page.notice.words
    assert not seat.page.notice.words.startswith("!")


def test_what_was_sent_is_not_offered_again(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    kept(seat)
    back(seat)
    seat.until(lambda: seat.page.broadcast.cards, "what was said")
    assert seat.page.message.template is None
    assert "Back" not in seat.page.notice.words


def test_what_was_refused_can_be_tried_again_and_goes_out_once(seat: Seat) -> None:
    seat.desk.settling.stop_all(seat.page.operator)
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap")
    seat.press("F4")
    page = seat.page
    seat.until(lambda: QApplication.focusWidget() is page.broadcast.hold, "the keyboard on it")
    seat.hold(lambda: "stopped" in page.notice.words)
    assert page.message.form.values()["road_name"] == "Weir Bridge", "the words are still there"
    seat.desk.settling.go_on(page.operator, "it is safe again")
    seat.until(page.broadcast.hold.isEnabled, "the button")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    assert len(seat.desk.dispatch.recent()) == 1
    kept(seat)
    back(seat)
    assert seat.page.message.template is None


def test_a_late_write_offers_nothing_that_was_sent(seat: Seat) -> None:
    """As if the program were killed between the sending and the next write."""
    seat.open_incident()
    seat.write_road_closure()
    draft = seat.page.draft()
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    kept(seat)
    operator, desk = seat.page.operator, seat.desk
    late = Unfinished(draft)
    seat.page.drafts._ready = False
    desk.drafting.keep(late, operator)
    back(seat)
    seat.until(lambda: seat.page.broadcast.cards, "what was said")
    assert seat.page.message.template is None


def test_words_written_while_another_message_is_sent_stay(seat: Seat) -> None:
    """An approved message goes out from its card; what is in the form has nothing to do with it."""
    seat.page.message.start("road-closure", dict(ROAD))
    draft = seat.page.draft()
    assert draft is not None
    seat.page.drafts.finished(replace(draft, key="another"))
    assert seat.page.message.template is not None


def test_what_is_put_aside_for_another_template_is_kept(seat: Seat) -> None:
    seat.page.message.start("road-closure", dict(ROAD))
    seat.press("Ctrl+T")
    kept(seat)
    back(seat)
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"


def test_what_came_back_can_be_put_aside_and_brought_back(seat: Seat) -> None:
    seat.page.message.start("road-closure", dict(ROAD))
    before = seat.page.draft()
    kept(seat)
    back(seat)
    seat.press("Ctrl+T")
    assert seat.page.message.template is None
    seat.page.undoing.undo()
    assert seat.page.draft() == before


def test_a_note_that_was_logged_is_gone(seat: Seat) -> None:
    seat.type(seat.page.log.note, "Schools stay open")
    seat.press("Return")
    seat.until(lambda: not seat.page.log.note.text(), "the note to be logged")
    kept(seat)
    back(seat)
    assert seat.page.log.note.text() == ""


def test_a_template_that_is_gone_is_said_and_its_words_can_be_copied(seat: Seat) -> None:
    draft = Draft("", "gone", Step.ALERT, {"where": "Mill Lane"}, ())
    kept(seat)
    seat.page.drafts._ready = False
    seat.desk.drafting.keep(Unfinished(draft), seat.page.operator)
    seat.restart()
    seat.take()
    dialog = lost_words(seat)
    assert "template is gone" in dialog.why.text()
    assert "Mill Lane" in dialog.words.toPlainText()
    operator = seat.page.operator
    restored = seat.desk.drafting.restore(operator)
    assert restored is not None, "still on disk while nobody has closed the words"
    assert "Mill Lane" in restored.lost
    seat.click(dialog.copy)
    assert "Mill Lane" in QApplication.clipboard().text()
    seat.click(dialog.leave)
    kept(seat)
    restored = seat.desk.drafting.restore(operator)
    assert restored is not None
    assert restored.lost == ""


class FullDisk:
    """Lets writes fail until there is room again."""

    def __init__(self, keep: Callable[[Unfinished, Operator], object]) -> None:
        self.keep = keep
        self.full = True
        self.tries = 0

    def __call__(self, what: Unfinished, operator: Operator) -> object:
        self.tries += 1
        if self.full:
            raise StoreError("The database answered: database or disk is full.", "Free space.")
        return self.keep(what, operator)


def test_a_full_disk_is_said_once_and_ends_by_itself(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(seat.desk.drafting.keep)
    monkeypatch.setattr(seat.desk.drafting, "keep", disk)
    seat.page.message.start("road-closure")
    editor = seat.page.message.form.editors()["road_name"]
    seat.type(editor, "Weir")
    page = seat.page
    seat.until(lambda: "disk is full" in page.notice.words, "the words that it is not kept")
    assert page.message.kept.text() == "! not saved"
    page.notice.hide()
    tries = disk.tries
    seat.write(" Bridge")
    seat.until(lambda: disk.tries > tries, "another try")
    seat.until(lambda: not page.drafts.keeping._under_way, "it to fail")
    assert not page.notice.isVisible(), "said once"
    assert page.message.kept.text() == "! not saved"
    disk.full = False
    kept(seat)
    back(seat)
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"


def test_what_is_typed_in_the_last_moment_is_written_before_the_desk_closes(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    seat.page.message.form.editors()["road_name"].setText("Weir Bridge")
    back(seat)
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"
