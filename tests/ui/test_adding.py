"""Adding a scenario from the start page: read, shown as it was understood, kept, and played."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from crisisdesk.config import resource
from tests.ui.seat import Seat
from ui.start.adding import Understood

LIST = "Time,From,How,Inject\n10:00,Control,phone,Winds of 80 mph\n10:05,Jo,pigeon,Tree down\n"


def chosen(seat: Seat, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    seat.console.start_page.own.click()


def shown(seat: Seat) -> Understood:
    seat.until(lambda: bool(seat.console.offering.adding.sheet), "the sheet")
    assert seat.console.offering.adding is not None
    assert seat.console.offering.adding.sheet is not None
    return seat.console.offering.adding.sheet


def test_an_events_list_is_explained_named_kept_and_offered(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "storm.csv"
    file.write_text(LIST)
    chosen(seat, monkeypatch, file)
    sheet = shown(seat)
    assert any("“pigeon” is not known" in each.text() for each in sheet.lines)
    sheet.codeword.clear()
    assert not sheet.add.isEnabled()
    sheet.name.setText("Winter storm")
    sheet.codeword.setText("Grey Gull")
    sheet.add.click()
    page = seat.console.start_page
    seat.until(lambda: "winter-storm" in page.exercise_card.listed, "the offer")
    played: list[str] = []
    page.exercise_chosen.disconnect()
    page.exercise_chosen.connect(played.append)
    page.exercise_card.listed["winter-storm"].click()
    assert played == [str(seat.console.paths.scenarios / "winter-storm")]
    assert "Grey Gull" in (Path(played[0]) / "scenario.toml").read_text()


def test_a_pack_needs_no_questions(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = resource("scenarios", "first-drill", "scenario.toml").decode()
    file = tmp_path / "scenario.toml"
    file.write_text(text.replace('id = "first-drill"', 'id = "our-drill"'))
    chosen(seat, monkeypatch, file)
    sheet = shown(seat)
    assert not sheet.lines
    sheet.add.click()
    card = seat.console.start_page.exercise_card
    seat.until(lambda: "our-drill" in card.listed, "the offer")


def test_a_file_that_is_none_is_refused_with_its_place(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("id = 3\n")
    chosen(seat, monkeypatch, file)
    notice = seat.console.start_page.notice
    seat.until(lambda: "line 1" in notice.words, "the reason")
    assert not seat.console.paths.scenarios.exists()


def test_nothing_chosen_changes_nothing(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    seat.console.start_page.own.click()
    assert seat.console.offering.adding.sheet is None
