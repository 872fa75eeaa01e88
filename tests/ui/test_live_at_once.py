"""NO DUFF in an exercise: the program that waits out of sight opens the live desk."""

import sys

import pytest

from tests.ui.seat import NAME, Seat
from ui.dialogs.sign_in import SignIn
from ui.start import launching

CHILD = """
import sys
print("shown", flush=True)
print("live", flush=True)
sys.stdin.read()
"""


def test_a_word_from_the_exercise_opens_the_live_desk_here(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_seat.prepare(())
    command = [sys.executable, "-c", CHILD]
    monkeypatch.setattr(launching, "exercise_command", lambda *_: command)
    new_seat.click(new_seat.console.start_page.drill)
    new_seat.until(lambda: isinstance(new_seat.shown, SignIn), "the sign-in card")
    assert new_seat.window.isVisible()
    assert new_seat.console.desk is not None
    assert new_seat.console.desk.people.operators()[0].name == NAME
    launch = new_seat.console.exercises.launch
    assert launch is not None
    launch._process.closeWriteChannel()
    new_seat.until(lambda: launch._process.state().name == "NotRunning", "the exercise to end")
    assert isinstance(new_seat.shown, SignIn), "what was opened stays"
