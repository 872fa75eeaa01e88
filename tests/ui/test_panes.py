"""Three panes side by side where there is room; one at a time, with tabs, where there is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Said
from tests.ui.seat import Seat
from ui.app import Console
from ui.console.panes import STEP
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


def test_rows_grow_when_the_text_does(seat: Seat, qapp: QApplication) -> None:
    tables = {"F2": seat.page.mentions.table, "F6": seat.page.log.table}
    before = {key: table.verticalHeader().defaultSectionSize() for key, table in tables.items()}
    for percent, factor in ((200, 1.5), (100, 1.0)):
        Theme.apply(qapp, "light", percent)
        for key, table in tables.items():
            seat.press(key)
            rows, usual = table.verticalHeader(), before[key]
            seat.until(
                lambda rows=rows, usual=usual, factor=factor: (
                    factor * usual <= rows.defaultSectionSize() <= 2.2 * factor * usual
                ),
                f"rows for text of {percent} %",
            )


def test_what_is_higher_than_the_window_scrolls_to_the_keyboard(large: Seat) -> None:
    large.window.resize(1180, 680)
    large.page.notice.problem("The feed cannot be reached.", "It is tried again. " * 20)
    area, pane = large.page.panes._area, large.page.broadcast
    large.press("F4")
    large.until(pane.isVisible, "the pane")
    large.until(lambda: area.verticalScrollBar().maximum() > 0, "something to scroll")
    pane.stop.setFocus()
    large.until(lambda: not pane.stop.visibleRegion().isEmpty(), "the button that stops all")


def sit_down(seat: Seat, remember: QSettings) -> None:
    """A new run of the program, with what an earlier one remembered."""
    seat.gone()
    seat.console = Console(seat.console.paths, remember)
    seat.window = seat.console.window
    seat.open_window()
    seat.take()


def test_window_and_panes_are_as_they_were_left(seat: Seat, tmp_path: Path) -> None:
    remember = QSettings(f"{tmp_path}/remember.ini", QSettings.Format.IniFormat)
    sit_down(seat, remember)
    seat.window.resize(1180, 740)
    before = widths(seat)
    seat.page.panes._across.setSizes([before[0] + 60, before[1] - 30, before[2] - 30])
    seat.until(lambda: widths(seat)[0] > before[0] + 20, "a wider pane")
    wanted = widths(seat)
    sit_down(seat, remember)
    assert seat.window.size() == QSize(1180, 740)
    seat.until(lambda: abs(widths(seat)[0] - wanted[0]) <= 2, "the panes as they were")


def widths(seat: Seat) -> list[int]:
    """The widths of the three panes that stand side by side, in pixels."""
    return seat.page.panes._across.sizes()


def test_a_pane_is_made_larger_and_smaller_without_a_drag(
    seat: Seat, tmp_path: Path, said: Said
) -> None:
    remember = QSettings(f"{tmp_path}/remember.ini", QSettings.Format.IniFormat)
    sit_down(seat, remember)
    seat.window.resize(1180, 740)
    seat.press("F3")
    before = widths(seat)
    seat.press("Alt+Shift+Right")
    larger = widths(seat)
    assert before[1] < larger[1] <= before[1] + STEP
    assert sum(larger) == sum(before)
    assert said[-1][0].startswith("Message: ")
    sit_down(seat, remember)
    seat.until(lambda: abs(widths(seat)[1] - larger[1]) <= 2, "the panes as they were left")
    seat.press("F3")
    for _ in range(30):
        seat.press("Alt+Shift+Left")
    smallest = widths(seat)
    assert smallest[1] < larger[1]
    assert smallest[1] >= seat.page.message.minimumSizeHint().width(), "nothing is cut"


def test_the_log_is_made_higher(seat: Seat) -> None:
    seat.press("F6")
    before = seat.page.log.height()
    seat.press("Alt+Shift+Right")
    seat.until(lambda: seat.page.log.height() > before, "a higher log")


def test_one_pane_alone_is_not_made_larger(large: Seat) -> None:
    large.press("F2")
    large.press("Alt+Shift+Right")
    large.until(large.page.notice.isVisible, "the reason")
    assert "all the room" in large.page.notice.words
