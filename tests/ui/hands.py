"""A person at the console: keys, clicks, and patience until something shows."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from ui.dialogs.asking import AskLine
from ui.widgets import hold_button

PATIENCE_MS = 20_000
"""How long a condition may take before a test fails; nothing ever waits that long on purpose."""

QUICK_HOLD_MS = 100
"""A whole hold takes a second; that nothing less will do is tested where the button is."""

W = TypeVar("W", bound=QWidget)


class Hands:
    """Does what a person can do with keyboard and mouse, and nothing else."""

    def __init__(self, qtbot: QtBot, window: QWidget) -> None:
        self.qtbot = qtbot
        self.window = window

    def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait for a condition, with a deadline."""

        def holds() -> None:
            assert condition(), f"still waiting: {what or condition}"

        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def type(self, editor: QWidget, text: str) -> None:
        """Replace what stands in an editor, key by key."""
        editor.setFocus()
        if isinstance(editor, QLineEdit):
            editor.selectAll()
            self.qtbot.keyClick(editor, Qt.Key.Key_Delete)
        if isinstance(editor, QComboBox):
            while editor.currentText() != text:
                before = editor.currentIndex()
                self.qtbot.keyClick(editor, Qt.Key.Key_Down)
                assert editor.currentIndex() != before, f"{text} cannot be chosen"
            return
        self.qtbot.keyClicks(editor, text)

    def press(self, keys: str) -> None:
        """Press keys as in "F2" or "Ctrl+H", wherever the keyboard is."""
        combination = QKeySequence(keys)[0]
        target = QApplication.focusWidget() or self._active()
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def write(self, text: str) -> None:
        """Type wherever the keyboard is."""
        target = QApplication.focusWidget() or self._active()
        QTest.keyClicks(target, text)

    def _active(self) -> QWidget:
        """The active window: without a window manager nobody gives a dialog's keyboard back."""
        if QApplication.activeWindow() is None:
            self.window.activateWindow()
            self.until(self.window.isActiveWindow, "the window to be active")
        active = QApplication.activeWindow()
        assert active is not None
        return active

    def focus(self) -> QWidget:
        """What has the keyboard, once the window has it again."""
        self._active()
        self.until(QApplication.focusWidget, "the keyboard somewhere")
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def click(self, button: QAbstractButton) -> None:
        """Click a button that can be clicked."""
        assert button.isEnabled(), f"{button.text()} is disabled"
        self.until(lambda: not button.rect().isEmpty(), f"{button.text()} to have its place")
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def hold(self, done: Callable[[], Any]) -> None:
        """Hold Space wherever the keyboard is until something is done, then let go."""
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the keyboard"
        wanted, hold_button.HOLD_MS = hold_button.HOLD_MS, QUICK_HOLD_MS
        QTest.keyPress(target, Qt.Key.Key_Space)
        try:
            self.until(done, "the hold to be complete")
        finally:
            hold_button.HOLD_MS = wanted
            if isValid(target):  # a dialog may go with what was held
                QTest.keyRelease(target, Qt.Key.Key_Space)

    def answer(self, parent: QWidget, words: str) -> None:
        """Answer the question that is open, with Enter at the end."""
        self.until(lambda: open_question(parent), "a question")
        question = open_question(parent)
        assert question is not None
        self.until(lambda: QApplication.focusWidget() is question.line, "the keyboard in it")
        self.write(words)
        self.press("Return")
        self.until(lambda: gone(question), "the question to go")
        self._active()


def gone(dialog: QWidget) -> bool:
    """Whether a dialog is off the screen; one made for a single question is no more then."""
    return not isValid(dialog) or not dialog.isVisible()


def open_question(parent: QWidget) -> AskLine | None:
    """The question that is on screen now."""
    return next((each for each in parent.findChildren(AskLine) if each.isVisible()), None)


def says_intact(chain: QLabel) -> bool:
    """Whether the log pane says that the chain was verified and holds."""
    return "✓ chain ok" in chain.text() or "✓ verified to" in chain.text()


def sweep() -> None:
    """Delete what was given up for deletion."""
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    QApplication.processEvents()
