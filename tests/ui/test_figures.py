"""Benchmarks and months in the review: read beside the window, shown as a page, and saved."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.cli.calling import crisisdesk
from tests.ui.seat import Seat
from ui.review.figures_sheet import FiguresSheet
from ui.review.review_page import ReviewPage


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A played drill with its database."""
    out = tmp_path_factory.mktemp("drill") / "out"
    words = ("first-drill", "--speed", "max", "--autopilot", "--out", out)
    assert crisisdesk("exercise", "run", *words).code == 0
    return out


def opened(seat: Seat, log: Path) -> FiguresSheet:
    seat.console.open_review(log)
    page = seat.shown
    assert isinstance(page, ReviewPage)
    page.figures.click()
    sheet = page.sheet
    assert sheet is not None
    seat.until(sheet.save.isEnabled, "the figures")
    return sheet


@pytest.fixture
def sheet(new_seat: Seat, drill: Path) -> FiguresSheet:
    return opened(new_seat, drill)


def text(sheet: FiguresSheet) -> str:
    return sheet.page.toPlainText()


def test_an_exercise_is_shown_with_its_mark_and_measures(sheet: FiguresSheet) -> None:
    assert sheet.band.isVisible()
    assert sheet.choice.itemText(0).startswith("Benchmarks: first-drill")
    assert "EXERCISE EXERCISE EXERCISE" in text(sheet)
    assert "First statement" in text(sheet)
    assert "A comparison of unlike events" in text(sheet)


def test_a_month_is_shown_when_it_is_chosen(new_seat: Seat, sheet: FiguresSheet) -> None:
    last = sheet.choice.count() - 1
    assert sheet.choice.itemText(last).startswith("Month: ")
    sheet.choice.setCurrentIndex(last)
    new_seat.until(lambda: "Public messages" in text(sheet), "the month")
    assert "How it was counted" in text(sheet)


def test_another_log_stands_beside_and_what_was_shown_stays(
    new_seat: Seat, sheet: FiguresSheet, drill: Path
) -> None:
    assert "middle" not in text(sheet).replace("The middle", "")
    sheet.add_log(drill)
    new_seat.until(lambda: sheet.told.text().startswith("Beside:"), "the other log")
    new_seat.until(lambda: "best " in text(sheet), "the page anew")
    assert sheet.choice.currentIndex() == 0


def test_another_log_that_is_none_is_told_and_not_kept(
    new_seat: Seat, sheet: FiguresSheet, tmp_path: Path
) -> None:
    sheet.add_log(tmp_path)
    new_seat.until(sheet.notice.isVisible, "the notice")
    assert "holds no log" in sheet.notice.words
    assert sheet.told.text().startswith("Made from this log alone")
    assert "First statement" in text(sheet)


def test_the_page_that_is_shown_is_saved(
    new_seat: Seat, sheet: FiguresSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []

    def chosen(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        named.append(name)
        return str(tmp_path / "page.html"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    sheet.save.click()
    new_seat.until(sheet.notice.isVisible, "the file")
    assert named[0].startswith("EXERCISE-benchmarks")
    assert "Written to" in sheet.notice.words
    assert "First statement" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_enter_in_the_list_presses_nothing_and_escape_closes(
    new_seat: Seat, sheet: FiguresSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: pytest.fail("asked"))
    sheet.page.setFocus()
    QTest.keyClick(sheet.page, Qt.Key.Key_Return)
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_live_desk_is_shown_without_a_mark(seat: Seat) -> None:
    seat.open_incident("Flood at the weir")
    sheet = opened(seat, seat.console.paths.home)
    assert not sheet.band.isVisible()
    assert "Flood at the weir" in sheet.choice.itemText(0)
    assert "EXERCISE" not in text(sheet)


def test_a_log_that_is_broken_offers_no_figures(new_seat: Seat, tmp_path: Path) -> None:
    bad = tmp_path / "notes.jsonl"
    bad.write_text("this is no log\n", encoding="utf-8")
    new_seat.console.open_review(bad)
    page = new_seat.shown
    assert isinstance(page, ReviewPage)
    new_seat.until(page.notice.isVisible, "the notice")
    assert not page.figures.isEnabled()
