"""The window needs no screen in tests; every test that opens one closes it again."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.kept_places import places_kept
from tests.ui.seat import Seat
from ui.collecting import Collecting
from ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from tests.ui.directed import Directed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

Said = list[tuple[str, bool]]

NO_SCREEN = "This plugin does not support (propagateSizeHints|raise)"
"""What Qt's offscreen plugin says when a window opens or comes to the front; every other warning
fails the test."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test below this folder."""
    item.add_marker(pytest.mark.qt_log_ignore(NO_SCREEN))


@pytest.fixture(scope="package", autouse=True)
def cycles_end_here(qapp: QApplication) -> Iterator[None]:
    """As in the program: a widget that a worker ends would stop everything for ever."""
    collecting = Collecting()
    collecting.settle()
    yield
    collecting.stop()
    gc.collect()


@pytest.fixture(autouse=True)
def left_as_found(qapp: QApplication) -> Iterator[None]:
    """An exercise dresses the whole program in amber and never undresses it; what was copied
    stays."""
    yield
    qapp.clipboard().clear()
    Theme.calm = False
    if (Theme.tokens, Theme.percent, Theme.exercise) != (LIGHT, 100, False):
        Theme.apply(qapp, "light", 100, exercise=False)


@pytest.fixture(autouse=True)
def no_place_is_kept() -> Iterator[None]:
    """Lay a filled layout into one that has no widget yet, and never ask for `itemAt`."""
    yield
    around = {
        type(each.widget().parentWidget()).__name__ for each in places_kept() if each.widget()
    }
    assert not around, f"PySide keeps places of layouts in {around}"


@pytest.fixture
def new_seat(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """The start screen of a desk that was never used."""
    made = Seat(qtbot, tmp_path, monkeypatch)
    yield made
    made.gone()


@pytest.fixture
def seat(new_seat: Seat) -> Seat:
    """Signed in at a live desk with four simulated channels."""
    new_seat.prepare()
    new_seat.take()
    return new_seat


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """What was announced: the words, and whether they were urgent."""
    heard: Said = []

    def hear(event: Any) -> None:
        if event.type() is QAccessible.Event.Announcement:
            urgent = event.politeness() is QAccessible.AnnouncementPoliteness.Assertive
            heard.append((event.message(), urgent))

    was = QAccessible.isActive()
    QAccessible.setActive(True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    yield heard
    QAccessible.setActive(was)


@pytest.fixture
def staff(qtbot: QtBot, tmp_path: Path, way_out: None) -> Iterator["Directed"]:
    """An exercise with a directing staff, whose window is open."""
    from tests.ui.directed import Directed

    made = Directed(qtbot, tmp_path / "home", directed=True)
    made.until(lambda: made.console.playing.control, "exercise control")
    made.until(lambda: made.control.timeline.line, "the timeline")
    yield made
    made.gone()


@pytest.fixture
def alone(qtbot: QtBot, tmp_path: Path, way_out: None) -> Iterator["Directed"]:
    """An exercise that somebody plays alone."""
    from tests.ui.directed import Directed

    made = Directed(qtbot, tmp_path / "home")
    yield made
    made.gone()
