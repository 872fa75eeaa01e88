"""What an officer does in a busy half minute, step by step, at the pace of quick hands.

Each step is a generator: it does one thing by key or mouse, and yields how many milliseconds pass
before the next, or a condition to wait for.
"""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from tests.benchmarks.sitting import Sitting
from tests.live_desk import ROAD

Pause = int | Callable[[], object]
Step = Callable[[Sitting], Iterator[Pause]]

KEY_MS, LOOK_MS, POLL_MS = 80, 250, 20
WORDS = ("flood", "bridge closed", "help")


def press(keys: str) -> None:
    """Press keys wherever the keyboard is."""
    combination = QKeySequence(keys)[0]
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target, "no window is active"
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def click(button: QAbstractButton) -> None:
    """Click in the middle of it."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def lanes(sitting: Sitting) -> Iterator[Pause]:
    """Look into every lane, twice."""
    for _ in range(2):
        for button in sitting.page.mentions.lanes.values():
            click(button)
            yield LOOK_MS
    click(sitting.page.mentions.lanes["all"])
    yield LOOK_MS


def search(sitting: Sitting) -> Iterator[Pause]:
    """Search for words, letter by letter, and let the search go."""
    line = sitting.page.mentions.search
    for words in WORDS:
        press("Ctrl+F")
        for letter in words:
            QTest.keyClicks(line, letter)
            yield KEY_MS
        yield 2 * LOOK_MS
        line.clear()
    yield LOOK_MS


def threads(sitting: Sitting) -> Iterator[Pause]:
    """Read one mention after the other, down the list and up again."""
    press("F2")
    for key in ["Down"] * 24 + ["PgDown"] * 4 + ["Up"] * 8 + ["Home"]:
        press(key)
        yield KEY_MS


def previews(sitting: Sitting) -> Iterator[Pause]:
    """Fill in a message letter by letter, while each channel's text follows."""
    page = sitting.page
    page.message.start("road-closure")
    yield LOOK_MS
    for name, words in ROAD.items():
        editor = page.message.form.editors()[name]
        editor.setFocus()
        for letter in words:
            QTest.keyClicks(editor, letter)
            yield KEY_MS // 2
    for index in range(page.message.previews.count()):
        page.message.previews.setCurrentIndex(index)
        yield KEY_MS


def template(sitting: Sitting) -> Iterator[Pause]:
    """Choose one template after the other by typing a few letters of it."""
    for words in ("fire", "water", "gas", "evac", "road"):
        press("Ctrl+T")
        yield KEY_MS
        for letter in words:
            QTest.keyClicks(sitting.page.message.search, letter)
            yield KEY_MS
        press("Return")
        yield LOOK_MS


def board(sitting: Sitting) -> Iterator[Pause]:
    """See what the public can see, and come back."""
    for _ in range(4):
        sitting.console.open_board()
        yield LOOK_MS
        press("Esc")
        yield lambda: sitting.shown is sitting.page


def dialogs(sitting: Sitting) -> Iterator[Pause]:
    """Open whatever can be opened over the console, and close it again."""
    page = sitting.page
    for _ in range(2):
        for ask in (
            page.ask_incident,
            page.open_pack,
            page.times.ask_later,
            page.sending.ask_go_on,
        ):
            ask()
            yield LOOK_MS
            for each in _open_dialogs():
                each.reject()
            yield KEY_MS
        for ask in (sitting.console.open_settings, sitting.console.open_people):
            ask()
            yield LOOK_MS
            sitting.console.window.show_page(page)
            yield KEY_MS


def _asked() -> QWidget | None:
    """Where a dialog waits for words."""
    focus = QApplication.focusWidget()
    return focus if focus and focus.window() in _open_dialogs() else None


def _open_dialogs() -> list[QDialog]:
    return [
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, QDialog) and each.isVisible()
    ]


def hold(sitting: Sitting) -> Iterator[Pause]:
    """Broadcast to four channels, and watch until each has answered."""
    page = sitting.page
    press("Ctrl+I")
    yield _asked
    QTest.keyClicks(_asked(), "Flood at the weir")
    press("Return")
    yield lambda: page.incident
    for _ in range(2):
        page.message.start("road-closure", dict(ROAD))
        yield page.broadcast.hold.isEnabled
        page.broadcast.hold.setFocus()
        QTest.keyPress(page.broadcast.hold, Qt.Key.Key_Space)
        yield lambda: page.message.template is None
        QTest.keyRelease(page.broadcast.hold, Qt.Key.Key_Space)
        yield 4 * LOOK_MS


def log(sitting: Sitting) -> Iterator[Pause]:
    """Note decisions, and verify the whole log."""
    page = sitting.page
    for number in range(5):
        press("F6")
        QTest.keyClicks(page.log.note, f"No need to evacuate {number}")
        yield KEY_MS
        press("Return")
        yield lambda: not page.log.note.text()
    for _ in range(2):
        click(page.log.verify)
        yield LOOK_MS
        yield page.log.verify.isEnabled


STEPS: tuple[Step, ...] = (lanes, search, threads, previews, template, hold, board, dialogs, log)


class Walk:
    """Walks every step once. `spans`: when each began and ended, on `time.perf_counter`."""

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self.spans: dict[str, tuple[float, float]] = {}
        self.over = False
        self._steps = iter(STEPS)
        self._step: Iterator[Pause] = iter(())
        self._name = ""
        self._began = 0.0
        self._wanted: Callable[[], object] | None = None

    def __str__(self) -> str:
        return f"the end of the step {self._name!r}"

    def start(self) -> None:
        """Begin."""
        self._go_on()

    def _go_on(self) -> None:
        if self._wanted and not self._wanted():
            QTimer.singleShot(POLL_MS, self._go_on)
            return
        if QApplication.activeWindow() is None and not _open_dialogs():
            self._sitting.console.window.activateWindow()
            QTimer.singleShot(POLL_MS, self._go_on)
            return
        pause = next(self._step, None)
        if pause is None:
            self._next_step()
            return
        self._wanted = None if isinstance(pause, int) else pause
        QTimer.singleShot(pause if isinstance(pause, int) else POLL_MS, self._go_on)

    def _next_step(self) -> None:
        now = time.perf_counter()
        if self._name:
            self.spans[self._name] = (self._began, now)
        step = next(self._steps, None)
        if step is None:
            self.over = True
            return
        self._name, self._began, self._step = step.__name__, now, step(self._sitting)
        QTimer.singleShot(POLL_MS, self._go_on)
