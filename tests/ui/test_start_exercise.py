"""An exercise is a program of its own, and the start screen waits for it out of sight."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess

from tests.ui.seat import Seat
from ui.start import launching
from ui.start.arguments import parse

CHILD = """
import sys
if sys.argv[1] == "dies":
    sys.exit("the screen is gone")
print("shown", flush=True)
sys.stdin.read()
sys.exit(int(sys.argv[1]))
"""


def pretend(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Let a small program take the place of the exercise."""
    monkeypatch.setattr(
        launching, "exercise_command", lambda *_: [sys.executable, "-c", CHILD, how]
    )


def test_an_exercise_is_started_as_a_program_of_its_own(tmp_path: Path) -> None:
    argv = launching.exercise_command("night-flood", tmp_path, "dark")
    assert argv[:3] == [sys.executable, "-m", "ui"]
    args = parse(argv[3:])
    assert (args.exercise, args.data, args.theme) == ("night-flood", str(tmp_path), "dark")
    assert args.say_shown


@pytest.mark.parametrize(("code", "words"), [("0", "is over"), ("3", "ended by itself")])
def test_the_start_waits_out_of_sight_for_the_exercise(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    pretend(monkeypatch, code)
    start = new_seat.console.start_page
    new_seat.click(start.drill)
    assert start.opening.view.headline.text() == "Starting the exercise…"
    new_seat.until(lambda: not new_seat.window.isVisible(), "this window to go")
    assert new_seat.console.desk is None
    assert new_seat.console.exercises.launch
    new_seat.console.exercises.launch._process.closeWriteChannel()
    new_seat.until(new_seat.window.isVisible, "this window to come back")
    assert words in start.notice.words
    assert start.drill.isVisible()


def test_a_real_exercise_comes_up_and_the_start_comes_back(new_seat: Seat) -> None:
    """The program itself, by the way that the button takes."""
    new_seat.click(new_seat.console.start_page.drill)
    new_seat.until(lambda: not new_seat.window.isVisible(), "the exercise's window")
    launch = new_seat.console.exercises.launch
    assert launch
    exercises = new_seat.console.paths.exercises
    new_seat.until(lambda: list(exercises.glob("*-first-drill/desk.db")), "its desk")
    assert new_seat.console.desk is None
    launch._process.terminate()
    new_seat.until(new_seat.window.isVisible, "this window to come back")
    card = new_seat.console.start_page.review_card
    new_seat.until(lambda: card.listed, "its log")


def test_an_exercise_that_does_not_start_says_why(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, "dies")
    start = new_seat.console.start_page
    new_seat.click(start.drill)
    new_seat.until(start.opening.back.isVisible, "the reason")
    assert "the screen is gone" in start.opening.view.words.text()
    assert new_seat.window.isVisible()
    monkeypatch.setattr(launching, "exercise_command", lambda *_: ["/no/such/program"])
    new_seat.click(start.opening.view.action)
    new_seat.until(start.opening.back.isVisible, "the reason")
    assert "did not start" in start.opening.view.headline.text()


def test_closing_the_start_ends_an_exercise_that_is_not_there_yet(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    monkeypatch.setattr(launching, "exercise_command", lambda *_: endless)
    new_seat.click(new_seat.console.start_page.drill)
    assert new_seat.console.exercises.launch
    process = new_seat.console.exercises.launch._process
    new_seat.until(lambda: process.state() is QProcess.ProcessState.Running, "the process")
    new_seat.window.close()
    assert process.state() is QProcess.ProcessState.NotRunning
