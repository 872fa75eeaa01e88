"""What was agreed after exercises is listed on the start page, and marked as done."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from crisisdesk.model.audit import Signer
from crisisdesk.rules.exercise.improving import improvement
from crisisdesk.services import reporting
from crisisdesk.store import run_folder
from tests.store.test_run_folder import played
from tests.ui.seat import Seat
from ui.start.actions_sheet import ActionsSheet
from ui.start.offers import Offers

NAME = "20260203-120000-night-flood"
ACTIONS = (
    ("Print the night numbers", "Ann Second", "2026-01-05"),
    ("Drill the telephone approval", "Jo Officer", "2099-01-05"),
)


@pytest.fixture
def folder(new_seat: Seat, signer: Signer) -> Path:
    """An exercise that somebody played here, with two actions, one of them overdue."""
    made = played(new_seat.console.paths.home, NAME, signer)
    for each in ACTIONS:
        run_folder.keep_improvement(made, improvement(*each))
    new_seat.console.offering.read()
    start = new_seat.console.start_page
    new_seat.until(start.agreed.isVisible, "the link to them")
    return made


def said(card: QWidget) -> list[str]:
    return [each.text() for each in card.findChildren(QLabel) if each.isVisible()]


def opened(seat: Seat) -> ActionsSheet:
    seat.click(seat.console.start_page.agreed)
    seat.until(lambda: isinstance(QApplication.activeModalWidget(), ActionsSheet), "the actions")
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, ActionsSheet)
    return sheet


def test_an_action_is_marked_as_done_by_keyboard_alone(new_seat: Seat, folder: Path) -> None:
    start = new_seat.console.start_page
    overdue = "improvement action is overdue"
    new_seat.until(
        lambda: any(overdue in each for each in said(start.exercise_card)), "the word of it"
    )
    sheet = opened(new_seat)
    late, other = sheet.lines
    told = "! Overdue · Ann Second, by 2026-01-05 · after night-flood, 3 Feb 2026"
    assert late.state.text() == told
    assert other.state.text().startswith("Open · Jo Officer")
    assert late.settle.hasFocus()
    new_seat.press("Space")
    new_seat.until(lambda: late.state.text().startswith("✓ Done"), "it to be done")
    assert sheet.headline.text().endswith("1 still to be done.")
    assert late.settle.hasFocus()
    kept = json.loads((folder / "improvements.json").read_text())["improvements"]
    assert {each["action"]: each["done"] for each in kept} == {
        "Print the night numbers": True,
        "Drill the telephone approval": False,
    }
    new_seat.press("Escape")
    card = start.exercise_card
    new_seat.until(lambda: not any(overdue in each for each in said(card)), "no word of it")


def test_a_mistake_is_taken_back(new_seat: Seat, folder: Path) -> None:
    sheet = opened(new_seat)
    line = sheet.lines[1]
    for words in ("✓ Done", "Open"):
        new_seat.click(line.settle)
        new_seat.until(lambda wanted=words: line.state.text().startswith(wanted), words)
    sheet.reject()


def test_what_cannot_be_written_is_said_and_stays_as_it_was(new_seat: Seat, folder: Path) -> None:
    sheet = opened(new_seat)
    (folder / "improvements.json").write_text("{")
    new_seat.click(sheet.lines[0].settle)
    new_seat.until(lambda: sheet.notice.words, "the refusal")
    assert "improvements.json" in sheet.notice.words
    assert sheet.lines[0].state.text().startswith("! Overdue")
    assert sheet.lines[0].settle.isEnabled()
    sheet.reject()


def test_a_report_that_cannot_be_made_is_told(new_seat: Seat, folder: Path) -> None:
    (folder / "report.json").write_text("{}")
    sheet = opened(new_seat)
    new_seat.click(sheet.lines[0].settle)
    new_seat.until(lambda: "does not say so" in sheet.notice.words, "the word about the report")
    assert sheet.lines[0].state.text().startswith("✓ Done")
    assert reporting.actions(folder.parent)[-1][1].done
    sheet.reject()


def test_nobody_who_agreed_nothing_sees_the_link(new_seat: Seat) -> None:
    card = new_seat.console.start_page.exercise_card
    new_seat.until(lambda: card.listed, "the scenarios")
    assert not new_seat.console.start_page.agreed.isVisible()


def test_an_earlier_answer_takes_no_later_one_s_place(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, offering = new_seat.console.start_page, new_seat.console.offering
    new_seat.until(lambda: start.exercise_card.listed, "the first answer")
    asked: list[Callable[[Offers], None]] = []

    def read(act: object, then: Callable[[Offers], None] | None = None) -> None:
        asked.extend([then] if then else [])

    monkeypatch.setattr(new_seat.console.tasks, "read", read)
    offering.read()
    offering.read()
    earlier, later = asked
    later(Offers([], [], agreed=True))
    earlier(Offers([], []))
    assert start.agreed.isVisible()
