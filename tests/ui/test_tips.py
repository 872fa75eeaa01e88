"""Tool tips stay while they are wanted, can be pointed at, and go with Esc (WCAG 2.2, 1.4.13)."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QHelpEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.seat import Seat
from ui.widgets.hold_button import HoldButton
from ui.widgets.parts import column
from ui.widgets.tips import GRACE, LOOK_MS, Tips, give_tip, tips

WORDS = "Nothing <b>more</b> leaves this desk"


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Tips]:
    """The program's tips, gone again afterwards."""
    yield tips()
    tips().hide()
    QCursor.setPos(0, 0)


@pytest.fixture
def button(qtbot: QtBot, shown: Tips) -> Iterator[QPushButton]:
    """A button with a tip, above a line to type into, in a window that Esc closes."""
    window = QWidget()
    made, line = QPushButton("Stop all"), QLineEdit()
    window.setLayout(column(made, line, None))
    give_tip(made, WORDS)
    QShortcut(QKeySequence("Esc"), window).activated.connect(window.close)
    qtbot.addWidget(window)
    window.move(60, 60)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    line.setFocus()
    yield made
    window.close()


def point_at(widget: QWidget) -> None:
    """Rest with the pointer on a widget, as Qt tells it when it did for a while."""
    middle = widget.rect().center()
    QCursor.setPos(widget.mapToGlobal(middle))
    at = widget.mapToGlobal(middle)
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, middle, at))


def looks(qtbot: QtBot, number: int) -> None:
    """Let the tip look so often where the pointer is."""
    for _ in range(number):
        with qtbot.waitSignal(tips()._look.timeout, timeout=20 * LOOK_MS):
            pass


def test_a_tip_stays_as_long_as_it_is_pointed_at(
    qtbot: QtBot, button: QPushButton, shown: Tips
) -> None:
    point_at(button)
    assert shown.label.isVisible()
    assert not QToolTip.isVisible(), "Qt's own would go by itself"
    assert "&lt;b&gt;" in shown.label.text()
    looks(qtbot, GRACE + 2)
    assert shown.label.isVisible()
    QCursor.setPos(shown.label.mapToGlobal(shown.label.rect().center()))
    looks(qtbot, GRACE + 2)
    assert shown.label.isVisible(), "it can be pointed at itself"
    QCursor.setPos(button.mapToGlobal(QPoint(0, 0)) - QPoint(40, 40))
    qtbot.waitUntil(shown.label.isHidden)


def test_esc_takes_the_tip_and_nothing_else(qtbot: QtBot, button: QPushButton, shown: Tips) -> None:
    point_at(button)
    keyboard = QApplication.focusWidget()
    qtbot.keyClick(keyboard, Qt.Key.Key_Escape)
    assert shown.label.isHidden()
    assert QApplication.focusWidget() is keyboard
    assert button.window().isVisible()
    qtbot.keyClick(keyboard, Qt.Key.Key_Escape)
    assert button.window().isHidden(), "the second is the page's"


def test_the_keyboard_shows_it_too(qtbot: QtBot, button: QPushButton, shown: Tips) -> None:
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(shown.label.isVisible)
    below = button.mapToGlobal(QPoint(0, button.height())).y()
    assert shown.label.y() >= below, "what has the keyboard is not covered"
    button.nextInFocusChain().setFocus(Qt.FocusReason.TabFocusReason)
    assert shown.label.isHidden()


def test_a_tip_that_says_no_more_than_its_button_stays_away(
    qtbot: QtBot, button: QPushButton, shown: Tips
) -> None:
    give_tip(button, button.text())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(shown._soon.timeout):
        pass
    assert shown.label.isHidden()


def test_esc_takes_a_hold_back_although_a_tip_is_shown(qtbot: QtBot, shown: Tips) -> None:
    held = HoldButton("broadcast")
    held.say("Broadcast to 4 channels")
    qtbot.addWidget(held)
    held.show()
    held.activateWindow()
    qtbot.waitUntil(held.isActiveWindow)
    held.setFocus()
    QTest.keyPress(held, Qt.Key.Key_Space)
    point_at(held)
    assert held.stops_at_esc
    assert shown.label.isVisible()
    qtbot.keyClick(held, Qt.Key.Key_Escape)
    assert not held.stops_at_esc
    assert shown.label.isHidden()


def test_a_cell_of_a_table_shows_what_it_holds(seat: Seat, shown: Tips) -> None:
    table = seat.page.log.table
    seat.until(lambda: table.model().rowCount() > 0, "an entry")
    index = table.model().index(table.model().rowCount() - 1, 2)
    table.scrollTo(index)
    place = table.visualRect(index).center()
    at = table.viewport().mapToGlobal(place)
    QCursor.setPos(at)
    QApplication.sendEvent(table.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, at))
    assert shown.label.isVisible()
    assert str(index.data()) in shown.label.text()
