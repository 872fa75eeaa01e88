"""Somebody who never was here: presses only what is named on the screen, and is counted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QTabBar,
    QWidget,
)

from tests.gallery.stage import Stage
from tests.looks import shown

KEY, MENTAL = 0.28, 1.35
"""Seconds for one key of an average typist, and for making up one's mind: operators K and M of the
keystroke-level model (Card, Moran & Newell, The Psychology of Human-Computer Interaction, 1983).
H and P do not occur: the hands stay on the keys."""

MOST_TABS = 60


@dataclass(slots=True)
class Step:
    """One thing the walker set out to do. `named` is what on the screen told how."""

    goal: str
    named: list[str] = field(default_factory=list)
    presses: int = 0
    letters: int = 0
    decisions: int = 0

    @property
    def hesitation(self) -> float:
        """Seconds of making up one's mind."""
        return self.decisions * MENTAL

    @property
    def seconds(self) -> float:
        """Hesitation, and the keys."""
        return self.hesitation + (self.presses + self.letters) * KEY


class NotNamed(AssertionError):
    """Nobody who sees this screen could know what to press."""


def picture(number: int, goal: str) -> str:
    """The name of a step's picture, without its part and ending."""
    slug = re.sub(r"[^a-z]+", "-", goal.lower()).strip("-")
    return f"{number:02}-{slug}"


class Walker:
    """Keyboard only. Every step starts with `sets_out`, and leaves a picture behind."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.steps: list[Step] = []

    def sets_out(self, goal: str) -> None:
        """Begin a step."""
        self.stage.calm()
        self.steps.append(Step(goal))

    def arrives(self) -> None:
        """The step is done: take its picture."""
        number, goal = len(self.steps), self.steps[-1].goal
        self.stage.shoot(picture(number, goal))

    def presses(self, keys: str, named: str = "") -> None:
        """Press a key that the screen names, itself or by what stands on the button in focus."""
        self._sees(named or keys)
        self._step.decisions += 1
        self._key(keys)

    def goes_to(self, words: str) -> None:
        """Tab on to what bears these words; one decision, however many keys."""
        self._sees(words)
        self._step.decisions += 1
        for _ in range(MOST_TABS):
            if words in said(QApplication.focusWidget()):
                return
            self._key("Tab")
        raise NotNamed(f"{words!r} is not reached by {MOST_TABS} times Tab")

    def chooses(self, words: str) -> None:
        """Go up or down the list in focus to the row with these words."""
        view = QApplication.focusWidget()
        assert isinstance(view, QAbstractItemView), f"no list has the keyboard: {said(view)!r}"
        self._sees(words)
        self._step.decisions += 1
        rows = [_row(view, each) for each in range(view.model().rowCount())]
        wanted = next(each for each, row in enumerate(rows) if words in row)
        while (here := view.currentIndex().row()) != wanted:
            self._key("Down" if here < wanted else "Up")

    def types(self, text: str, into: str) -> None:
        """Type into the field in focus, which the screen calls `into`."""
        self._sees(into)
        self._step.decisions += 1
        editor = QApplication.focusWidget()
        if isinstance(editor, QLineEdit) and editor.text():
            self._key("Ctrl+A")
        self._step.letters += len(text)
        QTest.keyClicks(self._target(), text)
        self.stage.calm()

    def holds(self, done: Callable[[], object], named: str) -> None:
        """Hold the space bar on the button in focus until something is done."""
        self._sees(named)
        self._step.decisions += 1
        self._step.presses += 1
        button = self._target()
        QTest.keyPress(button, Qt.Key.Key_Space)
        self.stage.until(f"the hold of {said(button)}", done)
        QTest.keyRelease(button, Qt.Key.Key_Space)
        self.stage.calm()

    def sees(self, words: str) -> None:
        """What the walker waits for stands there."""
        self.stage.until(f"the words {words!r}", lambda: words in " | ".join(visible()))

    @property
    def _step(self) -> Step:
        return self.steps[-1]

    def _sees(self, words: str) -> None:
        self.stage.calm()
        if words not in " | ".join(visible()):
            raise NotNamed(f"nothing on the screen says {words!r} to {self._step.goal!r}")
        if words not in self._step.named:
            self._step.named.append(words)

    def _key(self, keys: str) -> None:
        self._step.presses += 1
        combination = QKeySequence(keys)[0]
        QTest.keyClick(self._target(), combination.key(), combination.keyboardModifiers())
        self.stage.calm()

    def _target(self) -> QWidget:
        if QApplication.activeWindow() is None:
            self.stage.console.window.activateWindow()
            self.stage.until("an active window", QApplication.activeWindow)
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None
        return target


def visible() -> Iterator[str]:
    """All words that can be read now, on every window."""
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            for widget in shown(window):
                yield from _words(widget)


def _words(widget: QWidget) -> Iterator[str]:
    yield said(widget)
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(each) for each in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model():
        yield from (_row(widget, each) for each in range(min(widget.model().rowCount(), 40)))


def said(widget: QWidget | None) -> str:
    """The words on a widget, and its name."""
    if widget is None:
        return ""
    text = getattr(widget, "text", lambda: "")()
    return f"{text} {widget.accessibleName()}".replace("&", "")


def _row(view: QAbstractItemView, row: int) -> str:
    model = view.model()
    column = view.modelColumn() if isinstance(view, QListView) else 0
    index = model.index(row, column)
    role = Qt.ItemDataRole
    return f"{index.data()} {index.data(role.AccessibleTextRole) or ''}"
