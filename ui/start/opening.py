"""Between a choice and what it opens: what is happening, or why it did not happen."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from crisisdesk.system.program_log import explained
from ui.theme import SPACE_PAGE, SPACE_WIDE, Theme
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, row
from ui.widgets.state_view import PaneState, StateView

WIDTH = 520


class Opening(QWidget):
    """Words and motion while something opens; the reason and two ways on when it does not."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view = StateView()
        self.motion = QProgressBar()
        self.motion.setRange(0, 0)
        self.motion.setTextVisible(False)
        self.motion.setAccessibleName("Opening")
        self.back = button("Back to the start", self.left.emit)
        inside = column(None, self.view, self.motion, SPACE_WIDE)
        inside.addLayout(row(None, self.back, None))
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_PAGE, SPACE_PAGE)
        self._middle = QWidget()
        self._middle.setLayout(inside)
        self.setLayout(row(None, self._middle, None))

    def begin(self, headline: str, words: str) -> None:
        """Say what is being opened."""
        self._middle.setFixedWidth(Theme.scaled(WIDTH))
        self.view.say(PaneState.LOADING, headline, words)
        self.motion.setVisible(not Theme.calm)
        self.back.hide()
        announce(self, f"{headline} {words}".strip())

    def fail(self, headline: str, error: Exception, again: Callable[[], object] | None) -> None:
        """Say why it did not open, and what to do."""
        words = str(explained(error))
        self._middle.setFixedWidth(Theme.scaled(WIDTH))
        self.view.say(PaneState.ERROR, headline, words, "Try again" if again else "", again)
        self.motion.hide()
        self.back.show()
        (self.view.action if again else self.back).setFocus()
        announce(self, f"{headline} {words}", urgent=True)
