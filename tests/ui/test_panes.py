"""Three panes side by side where there is room; one at a time, with tabs, where there is not."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from tests.ui.seat import Seat
from ui.theme import Theme


@pytest.fixture
def large(seat: Seat, qapp: QApplication) -> Iterator[Seat]:
    """The console with all text twice as large."""
    Theme.apply(qapp, "light", 200)
    seat.page.panes.refit()
    yield seat
    Theme.apply(qapp, "light", 100)


def shown(seat: Seat) -> list[str]:
    """The names of the panes on screen."""
    return [name for name, pane in seat.page.panes.parts.items() if pane.isVisible()]


def test_on_the_smallest_screen_all_panes_are_there(seat: Seat) -> None:
    assert shown(seat) == ["mentions", "message", "broadcast", "log"]
    assert not any(tab.isVisible() for tab in seat.page.panes.tabs.values())


@pytest.mark.parametrize(
    ("key", "name"), [("F2", "mentions"), ("F3", "message"), ("F4", "broadcast"), ("F6", "log")]
)
def test_with_large_text_a_key_brings_its_pane(large: Seat, key: str, name: str) -> None:
    large.press(key)
    large.until(lambda: shown(large) == [name], f"the pane {name} alone")
    focus = QApplication.focusWidget()
    assert focus is not None
    assert large.page.panes.parts[name].isAncestorOf(focus)


def test_with_large_text_the_work_brings_its_pane(large: Seat) -> None:
    large.open_incident()
    large.until(lambda: shown(large) == ["message"], "the message")
    large.press("Ctrl+F")
    large.until(lambda: shown(large) == ["mentions"], "the search")


def test_the_tabs_name_their_keys_and_can_be_clicked(large: Seat) -> None:
    tabs = large.page.panes.tabs
    assert [tab.text() for tab in tabs.values()] == [
        "Mentions (F2)", "Message (F3)", "Broadcast (F4)", "Log (F6)",
    ]  # fmt: skip
    large.click(tabs["log"])
    assert shown(large) == ["log"]


def test_panes_are_as_wide_as_they_were_left(seat: Seat, tmp_path: object) -> None:
    remember = QSettings(f"{tmp_path}/remember.ini", QSettings.Format.IniFormat)
    panes = seat.page.panes
    panes._across.setSizes([600, 400, 340])
    wanted = panes._across.sizes()
    panes.keep(remember)
    panes._across.setSizes([400, 400, 500])
    panes.restore(remember)
    assert panes._across.sizes() == wanted
