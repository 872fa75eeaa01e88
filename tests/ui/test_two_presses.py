"""Sending without a hold: for hands that cannot, for one switch, and for screen readers."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Said
from tests.ui.test_hold_button import over
from ui.theme import Theme
from ui.widgets import pressing
from ui.widgets.hold_button import HOLD_MS, HoldButton

SPACE, LEFT = Qt.Key.Key_Space, Qt.MouseButton.LeftButton


class Bench(QWidget):
    """A button beside a line that can take the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.button = HoldButton("broadcast", "3 channels", "LIVE: to the public.")
        self.other = QLineEdit()
        box = QVBoxLayout(self)
        box.addWidget(self.button)
        box.addWidget(self.other)
        self.held = 0
        self.button.held.connect(self._count)

    def _count(self) -> None:
        self.held += 1

    def apart(self, qtbot: QtBot, ms: int = pressing.BOUNCE_MS) -> None:
        """Let as much time pass as lies between two presses that are meant."""
        begun = self.button._since.elapsed()
        qtbot.waitUntil(lambda: self.button._since.elapsed() - begun >= ms)


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


@pytest.fixture
def twice(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, bench: Bench) -> Bench:
    """The same where two presses were chosen in the settings."""
    monkeypatch.setattr(pressing.Way, "chosen", pressing.TWO_PRESSES)
    bench.button.say("broadcast", "3 channels", "LIVE: to the public.")
    bench.apart(qtbot)
    return bench


@pytest.mark.parametrize("key", [SPACE, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_two_presses_by_key_act_once(qtbot: QtBot, twice: Bench, key: Qt.Key) -> None:
    qtbot.keyClick(twice.button, key)
    assert (twice.held, twice.button.armed) == (0, True)
    twice.apart(qtbot)
    qtbot.keyClick(twice.button, key)
    assert (twice.held, twice.button.armed) == (1, False)


def test_two_clicks_act_once_and_on_letting_go(qtbot: QtBot, twice: Bench) -> None:
    qtbot.mouseClick(twice.button, LEFT)
    twice.apart(qtbot)
    qtbot.mousePress(twice.button, LEFT)
    assert twice.held == 0
    qtbot.mouseRelease(twice.button, LEFT)
    assert twice.held == 1


def test_a_click_that_slips_off_is_none(qtbot: QtBot, twice: Bench) -> None:
    outside = QPoint(5, twice.button.height() + 40)
    qtbot.mousePress(twice.button, LEFT)
    qtbot.mouseRelease(twice.button, LEFT, pos=outside)
    assert not twice.button.armed


def test_the_words_say_which_way_and_what_comes_next(twice: Bench, qtbot: QtBot) -> None:
    button = twice.button
    assert button.text() == "PRESS TWICE TO BROADCAST\n3 channels"
    assert "hold" not in button.accessibleDescription().lower()
    qtbot.keyClick(button, SPACE)
    assert button.text() == "PRESS AGAIN TO BROADCAST\n3 channels"
    assert button.accessibleName() == "PRESS AGAIN TO BROADCAST 3 channels"
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert button.text() == "PRESS TWICE TO BROADCAST\n3 channels"


def test_the_words_for_a_hold(bench: Bench) -> None:
    assert bench.button.text() == "HOLD TO BROADCAST\n3 channels"
    assert bench.button.accessibleDescription().startswith("LIVE: to the public. Hold it")


def test_a_bouncing_switch_is_one_press(qtbot: QtBot, twice: Bench) -> None:
    for _ in range(4):
        qtbot.keyClick(twice.button, SPACE)
    assert (twice.held, twice.button.armed) == (0, True)


def test_holding_the_key_down_is_one_press(qtbot: QtBot, twice: Bench) -> None:
    qtbot.keyPress(twice.button, SPACE)
    twice.apart(qtbot, HOLD_MS)
    qtbot.keyRelease(twice.button, SPACE)
    assert (twice.held, twice.button.armed) == (0, True)


def test_enter_that_led_here_pressed_on_and_on_is_no_press(qtbot: QtBot, twice: Bench) -> None:
    twice.other.setFocus()
    twice.button.setFocus()
    qtbot.keyClick(twice.button, Qt.Key.Key_Return)
    assert not twice.button.armed
    qtbot.keyClick(twice.button, SPACE)
    assert twice.button.armed


def test_waiting_too_long_forgets_the_first(
    qtbot: QtBot, twice: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing, "ARMED_MS", 50)
    qtbot.keyClick(twice.button, SPACE)
    qtbot.waitUntil(lambda: not twice.button.armed)
    assert "TWICE" in twice.button.text()


def test_losing_the_keyboard_forgets_the_first(qtbot: QtBot, twice: Bench) -> None:
    qtbot.keyClick(twice.button, SPACE)
    twice.other.setFocus()
    assert not twice.button.armed


def test_becoming_disabled_or_hidden_forgets_the_first(qtbot: QtBot, twice: Bench) -> None:
    for change in (lambda: twice.button.setEnabled(False), twice.button.hide):
        twice.button.setEnabled(True)
        twice.button.setFocus()
        qtbot.keyClick(twice.button, SPACE)
        assert twice.button.armed
        change()
        assert not twice.button.armed


def test_another_window_takes_a_hold_and_a_first_press_back(qtbot: QtBot, bench: Bench) -> None:
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    qtbot.keyPress(bench.button, SPACE)
    qtbot.waitUntil(lambda: bench.button.progress > 0)
    elsewhere.show()
    elsewhere.activateWindow()
    qtbot.waitUntil(lambda: bench.button.progress == 0.0)
    over(qtbot)
    assert bench.held == 0


@pytest.mark.parametrize("way", [pressing.HOLD, pressing.TWO_PRESSES])
def test_a_screen_readers_press_is_one_of_two(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(pressing.Way, "chosen", way)
    interface = QAccessible.queryAccessibleInterface(bench.button)
    assert interface is not None
    act = interface.actionInterface()
    assert isinstance(act, QAccessibleActionInterface)
    act.doAction(act.pressAction())
    qtbot.waitUntil(lambda: bench.button.armed)
    assert bench.held == 0
    assert "AGAIN" in interface.text(QAccessible.Text.Name)
    bench.apart(qtbot)
    act.doAction(act.pressAction())
    qtbot.waitUntil(lambda: bench.held == 1)
    assert not bench.button.armed


def test_another_stake_takes_a_hold_back_the_same_one_does_not(qtbot: QtBot, bench: Bench) -> None:
    bench.button.put_at_stake("these words")
    qtbot.keyPress(bench.button, SPACE)
    qtbot.waitUntil(lambda: bench.button.progress > 0.1)
    bench.button.put_at_stake("these words")
    assert bench.button.progress > 0
    bench.button.put_at_stake("other words")
    assert bench.button.progress == 0.0
    over(qtbot)
    assert bench.held == 0


def test_another_stake_takes_a_first_press_back(qtbot: QtBot, twice: Bench) -> None:
    twice.button.put_at_stake("these words")
    qtbot.keyClick(twice.button, SPACE)
    twice.button.put_at_stake("other words")
    assert not twice.button.armed


def test_where_nothing_shall_move_it_fills_in_quarters(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "calm", True)
    shown: set[float] = set()
    bench.button._tick.timeout.connect(lambda: shown.add(bench.button.filled))
    with qtbot.waitSignal(bench.button.held, timeout=HOLD_MS * 10):
        qtbot.keyPress(bench.button, SPACE)
    qtbot.keyRelease(bench.button, SPACE)
    assert shown <= {0.0, 0.25, 0.5, 0.75, 1.0}


def test_enter_in_a_dialogs_line_never_reaches_it(bench: Bench) -> None:
    assert not bench.button.autoDefault()


def test_a_first_press_is_said_at_once(qtbot: QtBot, twice: Bench, said: Said) -> None:
    qtbot.keyClick(twice.button, SPACE)
    assert said == [("PRESS AGAIN TO BROADCAST 3 channels. LIVE: to the public.", True)]
    qtbot.keyClick(twice.button, SPACE)
    assert said[-1][0].startswith("Too quick")
