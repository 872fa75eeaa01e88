"""Where the four panes stand: side by side with the log below, or one at a time with tabs.

At 200 % text on a small screen three panes side by side would cut every line; one at a time loses
nothing, and the keys that lead to the panes stay the same.
"""

from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ui.actions import key_of
from ui.theme import SPACE, Theme
from ui.widgets.announcing import announce
from ui.widgets.pane import Pane
from ui.widgets.parts import column, row, scrolling, toggle

LEAST_PANE, LEAST_HEIGHT = 330, 400
"""What a pane needs in pixels at 100 % text, and what all four need in height."""
SHARES = (460, 490, 400)
LOG_HEIGHT = 112
STEP = 40
"""Pixels at 100 % text by which one press makes a pane larger or smaller."""


class Panes(QWidget):
    """Holds the panes by name, in reading order; the last one is the log."""

    def __init__(self, parts: dict[str, tuple[str, Pane]]) -> None:
        """`parts`: for each name (also of its action) the words of its tab, and the pane."""
        super().__init__()
        self.parts = {name: pane for name, (_, pane) in parts.items()}
        self._log = list(self.parts)[-1]
        self.current = next(iter(self.parts))
        self.compact = False
        self._worked_in = self.current
        self._kept: list[tuple[QSplitter, QByteArray]] = []
        for name, pane in self.parts.items():
            pane.wanted.connect(partial(self.show_pane, name))
        self._make_splitters()
        self.tabs = self._make_tabs({name: words for name, (words, _) in parts.items()})
        self._bar = QWidget()
        self._bar.setLayout(row(*self.tabs.values(), None))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE)
        self._area = scrolling(column(self._down))
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        box.addWidget(self._bar)
        box.addWidget(self._area, 1)
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]
        self._arrange()

    def _make_splitters(self) -> None:
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._down = QSplitter(Qt.Orientation.Vertical)
        for name, pane in self.parts.items():
            if name != self._log:
                self._across.addWidget(pane)
        self._across.setSizes(list(SHARES))
        self._down.addWidget(self._across)
        self._down.addWidget(self.parts[self._log])
        self._down.setStretchFactor(0, 1)
        self._down.setSizes([560, LOG_HEIGHT])
        for each in (self._across, self._down):
            each.setChildrenCollapsible(False)
            each.setHandleWidth(SPACE)

    def _make_tabs(self, words: dict[str, str]) -> dict[str, QPushButton]:
        group = QButtonGroup(self)
        tabs = {}
        for name, text in words.items():
            made = toggle(f"{text} ({key_of(name)})", partial(self._on_tab, name), "tab")
            group.addButton(made)
            tabs[name] = made
        return tabs

    def _on_tab(self, name: str, down: bool) -> None:
        if down:
            self.show_pane(name)

    def show_pane(self, name: str) -> None:
        """Bring one pane to the front, where only one has room."""
        self.current = name
        self._arrange()

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Where not even one pane has the height it needs, what has the keyboard is in sight."""
        if now is not None and self._down.isAncestorOf(now):
            self._area.ensureWidgetVisible(now, 0, SPACE)
            within = (name for name, pane in self.parts.items() if pane.isAncestorOf(now))
            self._worked_in = next(within, self._worked_in)

    def _keep_in_sight(self) -> None:
        """What grows above the keyboard pushes it down, after it came there too."""
        self._follow(None, QApplication.focusWidget())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.refit()

    def refit(self) -> None:
        """Side by side where there is room for it; asked again when the text size changes."""
        wide = self.width() >= Theme.scaled(LEAST_PANE) * (len(self.parts) - 1)
        compact = not wide or self.height() < Theme.scaled(LEAST_HEIGHT)
        if compact != self.compact:
            self.compact = compact
            self._arrange()

    def _arrange(self) -> None:
        for name, pane in self.parts.items():
            pane.setVisible(not self.compact or name == self.current)
        self._across.setVisible(not self.compact or self.current != self._log)
        self._bar.setVisible(self.compact)
        self.tabs[self.current].setChecked(True)

    def why_not_resize(self) -> str:
        """Why no pane can be made larger or smaller now."""
        return "One pane has all the room there is." if self.compact else ""

    def resize_pane(self, steps: int) -> None:
        """What dragging a divider does, for the pane that has the keyboard: `steps` larger, or
        smaller below 0. The others share what is left as they did; none gets too small to use."""
        pane = self.parts[self._worked_in]
        splitter = self._down if self._worked_in == self._log else self._across
        place, before = splitter.indexOf(pane), splitter.sizes()
        wanted = max(0, before[place] + steps * Theme.scaled(STEP))
        others = max(1, sum(before) - before[place])
        share = max(0, sum(before) - wanted) / others
        splitter.setSizes(
            [wanted if at == place else round(size * share) for at, size in enumerate(before)]
        )
        percent = round(100 * splitter.sizes()[place] / max(1, sum(before)))
        announce(self, f"{pane.accessibleName()}: {percent} percent")

    def keep(self, remember: QSettings) -> None:
        """Remember how wide the panes were."""
        remember.setValue("panes/across", self._across.saveState())
        remember.setValue("panes/down", self._down.saveState())

    def restore(self, remember: QSettings) -> None:
        """Make the panes as wide as they were left, as soon as they have their room."""
        self._kept = [
            (splitter, kept)
            for key, splitter in (("panes/across", self._across), ("panes/down", self._down))
            if isinstance(kept := remember.value(key), QByteArray)
        ]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._restore)

    def _restore(self) -> None:
        for splitter, kept in self._kept:
            splitter.restoreState(kept)
        self._kept = []
