"""The review: a log replayed and searched; every entry leads to its moment."""

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.cli.calling import crisisdesk
from tests.gallery.camera import undressed_after
from tests.ui.seat import Seat
from ui.review.entry_list import KINDS
from ui.review.review_page import ReviewPage
from ui.theme import Theme


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A played drill with its database."""
    out = tmp_path_factory.mktemp("drill") / "out"
    words = ("first-drill", "--speed", "max", "--autopilot", "--out", out)
    assert crisisdesk("exercise", "run", *words).code == 0
    return out


@pytest.fixture
def page(new_seat: Seat, drill: Path) -> ReviewPage:
    return opened(new_seat, drill)


def opened(new_seat: Seat, drill: Path) -> ReviewPage:
    """The review of the drill, read to its end."""
    new_seat.console.open_review(drill)
    shown = new_seat.shown
    assert isinstance(shown, ReviewPage)
    new_seat.until(lambda: shown.panel._replay is not None, "the replay")
    new_seat.until(lambda: shown.model.rowCount() > 40, "the entries")
    return shown


def seq_of(page: ReviewPage, action: str) -> int:
    return min(each["seq"] for each in page.model.rows() if each["action"] == action)


def test_the_scrubber_tells_what_was_said_and_known_then(new_seat: Seat, page: ReviewPage) -> None:
    text = page.panel.view.body
    new_seat.until(lambda: "KNOWN FROM THE PUBLIC\n–" not in text.toPlainText(), "what was heard")
    assert "Bluesky confirmed" in text.toPlainText()
    page.panel.slider.setValue(seq_of(page, "broadcast.started") - 1)
    assert "PUBLIC COULD SEE\n–" in text.toPlainText()
    page.panel.slider.setValue(seq_of(page, "promise.made"))
    assert ": open" in text.toPlainText()


def test_marks_lead_from_one_to_the_next(page: ReviewPage) -> None:
    slider = page.panel.slider
    slider.setValue(1)
    page.panel.after.click()
    first = slider.value()
    page.panel.after.click()
    assert slider.value() > first > 1
    page.panel.before.click()
    assert slider.value() == first


def test_two_moments_stand_side_by_side(page: ReviewPage) -> None:
    panel = page.panel
    panel.slider.setValue(seq_of(page, "broadcast.started") - 1)
    panel.hold.setChecked(True)
    held = panel.beside.body.toPlainText()
    panel.slider.setValue(panel.slider.maximum())
    assert panel.beside.isVisible()
    assert panel.beside.body.toPlainText() == held != panel.view.body.toPlainText()
    panel.hold.setChecked(False)
    assert not panel.beside.isVisible()


def test_entries_are_found_and_each_leads_to_its_moment(new_seat: Seat, page: ReviewPage) -> None:
    entries = page.entries
    entries.search.setText("hill road")
    new_seat.until(lambda: 0 < entries.model.rowCount() < 40, "what was found")
    assert all("hill road" in str(each).lower() for each in entries.model.rows())
    entries.search.setText("")
    entries.kind.setCurrentText("Decisions and notes")
    kinds = KINDS["Decisions and notes"]
    new_seat.until(
        lambda: all(each["action"].startswith(kinds) for each in entries.model.rows()),
        "the decisions",
    )
    assert entries.model.rowCount() >= 1
    entries.table.setFocus()
    entries.table.setCurrentIndex(entries.model.index(0, 0))
    assert page.panel.slider.value() == entries.model.seq_at(entries.model.index(0, 0))
    new_seat.qtbot.keyClick(entries.table, Qt.Key.Key_Return)
    assert page.card is not None
    assert page.card.correct.isHidden()


def test_nothing_that_says_that_is_said(new_seat: Seat, page: ReviewPage) -> None:
    page.entries.search.setText("no entry says this")
    new_seat.until(lambda: page.entries.told.text() == "No entry says that.", "the words")


@pytest.mark.parametrize("suffix", ["pdf", "jsonl", "zip", "csv"])
def test_each_export_is_written_and_named_as_an_exercise(
    new_seat: Seat,
    page: ReviewPage,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
) -> None:
    asked: list[str] = []
    out = new_seat.folder / f"out.{suffix}"

    def choose(_parent: object, _title: str, name: str, _kind: str) -> tuple[str, str]:
        asked.append(name)
        return str(out), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page._choose_export(suffix)
    assert page.export.text() == "Writing…"
    new_seat.until(lambda: page.notice.words.startswith("✓"), "the export")
    assert page.export.text() == "Export…"
    assert asked == [f"EXERCISE-{'report' if suffix == 'pdf' else 'log'}.{suffix}"]
    assert out.stat().st_size > 1000
    assert str(out) in page.notice.words


def test_a_report_that_cannot_be_written_says_so(new_seat: Seat, page: ReviewPage) -> None:
    page.export_to(new_seat.folder / "no such folder" / "report.html")
    new_seat.until(lambda: page.notice.words.startswith("!"), "the problem")
    assert "cannot be written" in page.notice.words
    assert page.export.text() == "Export…"


def offered(page: ReviewPage) -> list[str]:
    """What the menu of exports has, its submenus by their names."""
    return [each.text() for each in page._exports_menu().actions()]


def test_with_several_incidents_each_has_its_report(new_seat: Seat, page: ReviewPage) -> None:
    new_seat.until(lambda: bool(page._incidents), "the incidents")
    assert len(page._incidents) == 1
    assert "A report of one incident" not in offered(page)
    ((ref, _),) = page._incidents
    hostile = [{"detail": {"ref": ref, "name": "Fire & flood\n" * 20}}, {"detail": {"ref": "P2P2"}}]
    page._know_incidents([*hostile, {"detail": "none"}])
    assert "A report of one incident" in offered(page)
    out = new_seat.folder / "one.html"
    page.export_to(out, ref)
    new_seat.until(lambda: page.notice.words.startswith("✓"), "the report")
    assert f"reference {ref}" in out.read_text()


def test_pointing_at_the_timeline_goes_there(page: ReviewPage) -> None:
    timeline = page.panel.timeline
    timeline.asked.emit(timeline._ms(0))
    assert page.panel.slider.value() < 20
    timeline.asked.emit(timeline._ms(timeline.width()))
    assert page.panel.slider.value() == page.panel.slider.maximum()


def test_the_times_of_one_day_need_no_date(new_seat: Seat, page: ReviewPage) -> None:
    model = page.entries.model
    new_seat.until(lambda: len(model.index(0, 1).data()) == len("02:00:00"), "the short times")
    model.append([{"seq": 0, "at": "nonsense"}])
    assert model.index(model.rowCount() - 1, 1).data() == "nonsense"


def test_two_moments_leave_room_for_the_entries_at_twice_the_size_of_text(
    new_seat: Seat, drill: Path, qapp: QApplication
) -> None:
    with undressed_after(qapp):
        Theme.apply(qapp, "light", 200, exercise=True)
        page = opened(new_seat, drill)
        page.panel.hold.setChecked(True)
        new_seat.until(page.panel.beside.isVisible, "the moment beside")
        assert page.panel.minimumSizeHint().width() < 1366
        assert page.band.height() > page.band.fontMetrics().height() > 30


def test_a_request_is_answered_with_what_may_be_shown(
    new_seat: Seat, page: ReviewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "disclosure.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    page.answer_request()
    sheet = page.disclosure
    assert sheet is not None
    sheet.go.click()
    assert "reference is missing" in sheet.notice.words
    sheet.reference.setText("FOI 2026-114")
    sheet.kept.setText("from 3 on")
    sheet.go.click()
    assert "“from 3 on” is no number" in sheet.notice.words
    sheet.kept.setText("20-22")
    sheet.go.click()
    new_seat.until(lambda: "kept back whole" in page.notice.words, "the disclosure")
    assert page.disclosure is None
    with zipfile.ZipFile(out) as packed:
        names = packed.namelist()
    assert "EXERCISE-disclosure/disclosure.html" in names
    assert "EXERCISE-disclosure/entries/20.tlog-proof" not in names
