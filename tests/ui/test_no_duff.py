"""NO DUFF: a real event stops an exercise at once, for good, and never by a slip of the hand."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.ui.directed import Directed, words_on
from tests.ui.test_exercise import Exercise
from ui.widgets import pressing


def press_f11(exercise: Exercise, kind: QEvent.Type) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    target = exercise.window.focusWidget() or exercise.window
    QApplication.sendEvent(target, event)


def test_a_touch_of_the_key_stops_nothing(alone: Directed) -> None:
    alone.page.mentions.focus_search()
    press_f11(alone, QEvent.Type.KeyPress)
    alone.until(lambda: alone.bar.no_duff.progress > 0, "the hold to begin")
    press_f11(alone, QEvent.Type.KeyRelease)
    assert alone.bar.no_duff.progress == 0
    assert alone.desk.clock.running
    assert alone.logged("exercise.no_duff") == []


def test_the_key_held_anywhere_stops_everything_for_good(staff: Directed) -> None:
    stopping = staff.console.playing.stopping
    staff.page.mentions.focus_search()
    press_f11(staff, QEvent.Type.KeyPress)
    staff.until(lambda: len(stopping.pages) == 2, "NO DUFF in both windows")
    press_f11(staff, QEvent.Type.KeyRelease)
    assert staff.window.pages.currentWidget() is stopping.pages[0]
    assert staff.control.pages.currentWidget() is stopping.pages[1]
    assert not staff.desk.clock.running
    staff.until(staff.desk.settling.stopped_by, "the desk to be stopped")
    assert staff.logged("exercise.no_duff")[0]["by"] == "Duty officer"
    stopping.pages[0].line.setText("Fire in the town hall")
    staff.click(stopping.pages[0].log_it)
    staff.until(lambda: staff.logged("exercise.real_event"), "the words in the log")
    for page in stopping.pages:
        staff.until(
            lambda page=page: "Fire in the town hall" in words_on(page), "the event's words"
        )


def test_two_presses_stop_it_where_that_is_the_way(
    alone: Directed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing.Way, "chosen", pressing.TWO_PRESSES)
    monkeypatch.setattr(pressing, "BOUNCE_MS", -1)
    alone.page.mentions.focus_search()
    press_f11(alone, QEvent.Type.KeyPress)
    press_f11(alone, QEvent.Type.KeyRelease)
    assert alone.desk.clock.running
    press_f11(alone, QEvent.Type.KeyPress)
    alone.until(lambda: alone.console.playing.stopping.pages, "NO DUFF")


def test_the_live_desk_is_asked_for_and_never_opened_here(alone: Directed) -> None:
    asked: list[str] = []
    alone.console.playing._say = asked.append
    alone.bar.no_duff.held.emit()
    stopping = alone.console.playing.stopping
    alone.until(lambda: stopping.pages, "NO DUFF")
    alone.click(stopping.pages[0].live)
    assert asked == ["live"]
    assert "opens in a window of its own" in stopping.pages[0].notice.words


def test_where_nobody_waits_it_says_how_to_get_to_the_live_desk(alone: Directed) -> None:
    alone.bar.no_duff.held.emit()
    stopping = alone.console.playing.stopping
    alone.until(lambda: stopping.pages, "NO DUFF")
    alone.click(stopping.pages[0].live)
    assert "Start CrisisDesk as always" in stopping.pages[0].notice.words


def test_after_no_duff_the_report_can_still_be_written(alone: Directed) -> None:
    alone.bar.no_duff.held.emit()
    stopping = alone.console.playing.stopping
    alone.until(lambda: stopping.pages, "NO DUFF")
    alone.click(stopping.pages[0].end)
    alone.until(lambda: "ENDEX" in stopping.pages[0].notice.words, "the report")
    assert (alone.desk.paths.home / "report.json").is_file()
    assert alone.window.pages.currentWidget() is stopping.pages[0]
