"""A new user gets from nothing to a verified log by what the screen says, and quickly."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gallery.camera import undressed_after
from tests.walk.__main__ import PARTS, WALK, walk
from tests.walk.told import table
from tests.walk.walker import Step, visible

MOST_KEYS = {"drill": 36, "live": 37}
"""What the last walk took: a change that needs more makes the desk harder to learn."""


@pytest.fixture(autouse=True)
def undressed(qapp: QApplication) -> Iterator[None]:
    """What was put on for a picture is taken off again."""
    with undressed_after(qapp):
        yield


@pytest.mark.parametrize("part", PARTS)
def test_the_screen_names_every_step(part: str, qapp: QApplication) -> None:
    steps = walk(qapp, part, None)
    assert sum(each.presses for each in steps) <= MOST_KEYS[part]
    assert all(each.named for each in steps)
    told = (WALK / "index.md").read_text(encoding="utf-8")
    assert table(part, PARTS[part], steps) in told, "walk again: make walk"


def test_words_that_nobody_sees_are_not_there(qtbot: QtBot) -> None:
    seen, hidden = QLabel("to be seen"), QLabel("to be hidden")
    for each in (seen, hidden):
        qtbot.addWidget(each)
    seen.show()
    assert "to be seen" in " | ".join(visible())
    assert "to be hidden" not in " | ".join(visible())


def test_hesitation_and_keys_make_the_time() -> None:
    step = Step("Do it", ["Enter"], presses=2, letters=3, decisions=2)
    assert step.hesitation == pytest.approx(2.7)
    assert step.seconds == pytest.approx(2.7 + 5 * 0.28)
    assert "| 1. [Do it](drill-01-do-it.png) | Enter | 2 | 3 | 2.7 s | 4.1 s |" in table(
        "drill", "Part", [step]
    )
