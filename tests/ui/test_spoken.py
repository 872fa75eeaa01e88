"""Every screen and dialog, heard: everything has a name, a role and a place in the order, and one
sees where the keyboard is."""

import importlib
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)

from tests import spoken
from tests.gallery.__main__ import EXERCISES, STORIES
from tests.gallery.stage import Stage
from ui.theme import Theme


class Listener:
    """Goes through every screen of a story with the keyboard, and notes what is wrong."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        """For each fault the screen where it was met first."""
        self.screens = 0

    def wants(self, name: str) -> bool:
        """Everything."""
        return True

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        """Listen to a window."""
        self.screens += 1
        widget.window().activateWindow()
        for look in (spoken.faults, spoken.hidden_focus, spoken.invisible_focus):
            for fault in look(widget):
                self.found.setdefault(fault, name)
        settle()


@pytest.mark.parametrize("story", STORIES)
def test_every_screen_can_be_heard_and_worked_by_keyboard(
    story: str, qapp: QApplication, way_out: None
) -> None:
    listen(qapp, story, 100)


def test_with_large_text_the_first_start_can_still_be_worked(qapp: QApplication) -> None:
    listen(qapp, "first_start", 200)


def listen(app: QApplication, story: str, percent: int) -> None:
    """Play a story and hear every screen of it."""
    Theme.apply(app, "light", percent, exercise=story in EXERCISES)
    listener = Listener()
    try:
        with Stage(app, listener) as stage:
            importlib.import_module(f"tests.gallery.{story}").tell(stage)
    finally:
        Theme.apply(app, "light", 100, exercise=False)
    assert listener.screens
    found = [f"{where}: {fault}" for fault, where in listener.found.items()]
    assert not found, "\n".join(found)
