"""What a pane shows when it has nothing else to show: why, what that means, and what to press."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from ui.icons import icon
from ui.theme import SPACE, SPACE_WIDE, Theme
from ui.widgets.parts import button, column, label, restyle, row

ICON_PIXELS = 32


class PaneState(Enum):
    """Why there is nothing to show. Each has an icon of its own and a tone."""

    EMPTY = ("empty", "muted")
    LOADING = ("loading", "muted")
    ERROR = ("error", "danger")
    OFFLINE = ("offline", "warn")
    HELD = ("held", "warn")


class StateView(QWidget):
    """An icon, a headline, words and at most one button, in the middle of the room there is."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state = PaneState.EMPTY
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.headline = _centred(label(role="strong", wrap=True))
        self.words = _centred(label(role="muted", wrap=True))
        self.action = button("", self.asked.emit)
        self._then: Callable[[], object] | None = None
        self.asked.connect(self._act)
        inside = column(None, self._sign, self.headline, self.words, space=SPACE)
        inside.addLayout(row(None, self.action, None))
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        self.setLayout(inside)

    def say(
        self,
        state: PaneState,
        headline: str,
        words: str = "",
        action: str = "",
        then: Callable[[], object] | None = None,
    ) -> None:
        """Show a state; `action` is the button's text and `then` what it does."""
        self.state, self._then = state, then
        name, tone = state.value
        pixels = Theme.scaled(ICON_PIXELS)
        self._sign.setPixmap(icon(name, tone).pixmap(pixels, pixels))
        self.headline.setText(headline)
        restyle(self.headline, "tone", "" if tone == "muted" else tone)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(self.said)

    @property
    def said(self) -> str:
        """What it says now."""
        return f"{self.headline.text()} {self.words.text()}".strip()

    def _act(self) -> None:
        if self._then:
            self._then()


def _centred(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made
