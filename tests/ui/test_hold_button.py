"""Nothing is sent by a slip of the hand."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets import hold_button, pressing
from ui.widgets.hold_button import HoldButton

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


class Bench(QWidget):
    """A button to hold beside a line that can take the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.button = HoldButton("HOLD")
        self.other = QLineEdit()
        box = QVBoxLayout(self)
        box.addWidget(self.button)
        box.addWidget(self.other)
        self.held = 0
        self.button.held.connect(self._count)

    def _count(self) -> None:
        self.held += 1


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    """On screen, the keyboard on the button."""
    made = Bench()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.button.setFocus()
    yield made
    assert made.button.progress == 0.0


def begun(qtbot: QtBot, bench: Bench) -> None:
    """Wait until a hold is visibly on its way."""
    qtbot.waitUntil(lambda: bench.button.progress > 0.1)


def over(qtbot: QtBot) -> None:
    """Wait as long as a whole hold takes, by a second button that is held to its end."""
    clock = HoldButton("clock")
    qtbot.addWidget(clock)
    with qtbot.waitSignal(clock.held, timeout=10_000):
        clock.begin()


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_whole_hold_by_key_acts_once(qtbot: QtBot, bench: Bench, key: Qt.Key) -> None:
    with qtbot.waitSignal(bench.button.held, timeout=10_000):
        qtbot.keyPress(bench.button, key)
    qtbot.keyRelease(bench.button, key)
    over(qtbot)
    assert bench.held == 1


def test_a_whole_hold_by_mouse_acts_once(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.button.held, timeout=10_000):
        qtbot.mousePress(bench.button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(bench.button, Qt.MouseButton.LeftButton)
    over(qtbot)
    assert bench.held == 1


def test_the_hold_takes_about_a_second() -> None:
    assert 800 <= hold_button.HOLD_MS <= 2000


def send_key(bench: Bench, kind: QEvent.Type, at_ms: int) -> None:
    """The space bar as a screen's server tells of it, with its own time."""
    event = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    event.setTimestamp(at_ms)
    QApplication.sendEvent(bench.button, event)


def repeat_key(bench: Bench, at_ms: int) -> None:
    """X11 tells of a key held down as let go and pressed anew, both at one moment."""
    send_key(bench, RELEASE, at_ms)
    send_key(bench, PRESS, at_ms)


def test_a_key_that_repeats_is_held_all_the_time(qtbot: QtBot, bench: Bench) -> None:
    send_key(bench, PRESS, 1000)
    for at_ms, done in ((1660, 0.3), (1700, 0.6), (1740, 0.9)):
        qtbot.waitUntil(lambda done=done: bench.button.progress > done)
        repeat_key(bench, at_ms)
        assert bench.button.progress > done
    qtbot.waitUntil(lambda: bench.held == 1)
    repeat_key(bench, 1780)
    assert bench.button.progress == 0.0
    send_key(bench, RELEASE, 1800)


def test_a_key_pressed_anew_begins_anew(qtbot: QtBot, bench: Bench) -> None:
    send_key(bench, PRESS, 1000)
    qtbot.waitUntil(lambda: bench.button.progress > 0.5)
    send_key(bench, RELEASE, 1660)
    assert bench.button.progress == 0.0
    send_key(bench, PRESS, 1661)
    assert bench.button.progress < 0.5
    send_key(bench, RELEASE, 1700)


def test_a_hold_that_was_taken_back_does_not_begin_by_itself(qtbot: QtBot, bench: Bench) -> None:
    send_key(bench, PRESS, 1000)
    begun(qtbot, bench)
    bench.button.put_at_stake("other words")
    repeat_key(bench, 1660)
    assert bench.button.progress == 0.0
    send_key(bench, RELEASE, 1700)


def test_a_key_held_down_is_one_press_of_two(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing.Way, "chosen", pressing.TWO_PRESSES)
    send_key(bench, PRESS, 1000)
    assert bench.button.armed
    begun_at = bench.button._since.elapsed()
    qtbot.waitUntil(lambda: bench.button._since.elapsed() - begun_at > pressing.BOUNCE_MS)
    repeat_key(bench, 1660)
    assert bench.button.armed
    assert bench.held == 0
    bench.button.let_go()


def test_letting_a_key_go_early_is_nothing(qtbot: QtBot, bench: Bench) -> None:
    qtbot.keyPress(bench.button, Qt.Key.Key_Space)
    begun(qtbot, bench)
    qtbot.keyRelease(bench.button, Qt.Key.Key_Space)
    over(qtbot)
    assert bench.held == 0


def test_letting_the_mouse_go_early_is_nothing(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mousePress(bench.button, Qt.MouseButton.LeftButton)
    begun(qtbot, bench)
    qtbot.mouseRelease(bench.button, Qt.MouseButton.LeftButton)
    over(qtbot)
    assert bench.held == 0


def test_a_click_or_the_other_mouse_button_is_nothing(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mouseClick(bench.button, Qt.MouseButton.LeftButton)
    qtbot.mousePress(bench.button, Qt.MouseButton.RightButton)
    assert bench.button.progress == 0.0
    qtbot.mouseRelease(bench.button, Qt.MouseButton.RightButton)
    bench.button.click()
    over(qtbot)
    assert bench.held == 0


def test_slipping_off_the_button_is_letting_go(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mousePress(bench.button, Qt.MouseButton.LeftButton)
    begun(qtbot, bench)
    qtbot.mouseMove(bench.button, QPoint(5, bench.button.height() + 40))
    qtbot.waitUntil(lambda: bench.button.progress == 0.0)
    over(qtbot)
    assert bench.held == 0


def test_losing_the_keyboard_is_letting_go(qtbot: QtBot, bench: Bench) -> None:
    qtbot.keyPress(bench.button, Qt.Key.Key_Space)
    begun(qtbot, bench)
    bench.other.setFocus()
    assert bench.button.progress == 0.0
    over(qtbot)
    assert bench.held == 0


def test_becoming_disabled_is_letting_go(qtbot: QtBot, bench: Bench) -> None:
    qtbot.keyPress(bench.button, Qt.Key.Key_Space)
    begun(qtbot, bench)
    bench.button.setEnabled(False)
    assert bench.button.progress == 0.0
    over(qtbot)
    assert bench.held == 0


def test_a_disabled_button_cannot_be_held(qtbot: QtBot, bench: Bench) -> None:
    bench.button.setEnabled(False)
    qtbot.mousePress(bench.button, Qt.MouseButton.LeftButton)
    bench.button.begin()
    over(qtbot)
    assert bench.held == 0


def test_a_key_that_repeats_itself_is_one_hold(qtbot: QtBot, bench: Bench) -> None:
    def repeat() -> None:
        for kind in (RELEASE, PRESS):
            event = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
            QApplication.sendEvent(bench.button, event)

    qtbot.keyPress(bench.button, Qt.Key.Key_Space)
    begun(qtbot, bench)
    reached = bench.button.progress
    repeat()
    assert bench.button.progress >= reached
    with qtbot.waitSignal(bench.button.held, timeout=10_000):
        repeat()
    repeat()
    over(qtbot)
    assert bench.held == 1


def test_only_a_fresh_press_begins(qtbot: QtBot, bench: Bench) -> None:
    event = QKeyEvent(PRESS, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
    QApplication.sendEvent(bench.button, event)
    assert bench.button.progress == 0.0


def test_other_keys_do_what_they_always_do(qtbot: QtBot, bench: Bench) -> None:
    qtbot.keyClick(bench.button, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is bench.other
    qtbot.keyClick(bench.button, Qt.Key.Key_A)
    assert bench.held == 0
