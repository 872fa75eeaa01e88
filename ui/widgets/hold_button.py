"""A button that acts only when it is held, or pressed twice where that was chosen.

Nothing is sent by a slip of the hand, and nothing asks "are you sure?" in a way one learns to
click away: the sentence beside it says what will happen, and the hand says yes for a second.
"""

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QPushButton

from ui.theme import RADIUS, Theme
from ui.widgets import pressing
from ui.widgets.announcing import announce
from ui.widgets.pressing import Press, TwoPresses
from ui.widgets.tips import give_tip

HOLD_MS = 1200
ROOM = 24
"""Pixels above and below the words together, at 100 % text."""

_TICK_MS = 16
_QUARTERS = 4
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HoldButton(QPushButton):
    """Emits `held` once the hold, or the second press, is complete; anything less changes nothing.

    A screen reader's press cannot be held: it counts as one of two presses whatever was chosen.
    """

    held = Signal()
    idle, fill = ("accent", "on_accent"), "danger"
    """Its ground and ink while nobody holds it, and what it fills with."""

    def __init__(self, purpose: str, below: str = "", about: str = "") -> None:
        """`purpose` goes on after "Hold to"; see `say`."""
        super().__init__()
        self._purpose, self._below, self._about = purpose, below, about
        self._stake: object = None
        self._presses = TwoPresses()
        self._since = QElapsedTimer()
        self._since.start()
        self._arrived = -pressing.BOUNCE_MS
        self._let_go_at, self._was_held = 0, False
        self._elapsed = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._disarm = QTimer(self)
        self._disarm.setSingleShot(True)
        self._disarm.timeout.connect(self.let_go)
        self.clicked.connect(self._on_press)
        self.setAutoDefault(False)  # Enter in a dialog's line must not reach it
        self._show_words()

    def say(self, purpose: str, below: str = "", about: str = "") -> None:
        """What it does ("" while it does nothing), a line below that, and what a screen reader
        hears besides: what will happen, or why it cannot."""
        self._purpose, self._below, self._about = purpose, below, about
        self._show_words()

    def put_at_stake(self, stake: object) -> None:
        """What the hand agrees to. When that changes under the hand, the hold is taken back."""
        if stake != self._stake:
            self._stake = stake
            self.let_go()

    @property
    def progress(self) -> float:
        """How much of the hold is done, 0 to 1."""
        if not self._tick.isActive():
            return 0.0
        return min(1.0, self._elapsed.elapsed() / HOLD_MS)

    @property
    def filled(self) -> float:
        """How much of the button is filled: the progress, in quarters where nothing shall move."""
        done = self.progress
        return int(done * _QUARTERS) / _QUARTERS if Theme.calm else done

    @property
    def armed(self) -> bool:
        """Whether one press more does it."""
        return self._presses.armed

    @property
    def stops_at_esc(self) -> bool:
        """Whether there is something to take back."""
        return self.armed or self._tick.isActive()

    def begin(self) -> None:
        """Start the hold, or count a press."""
        if not self.isEnabled():
            return
        if pressing.Way.chosen == pressing.TWO_PRESSES:
            self._on_press()
        elif not self._tick.isActive():
            self._elapsed.start()
            self._tick.start()

    def let_go(self) -> None:
        """End the hold, forget a first press; nothing happens unless it was complete."""
        self._was_held = False
        self._tick.stop()
        self._disarm.stop()
        if self.armed:
            self._presses.disarm()
            self._show_words()
        self.update()

    def _on_tick(self) -> None:
        complete = self.progress >= 1.0
        if complete:
            self._tick.stop()
        self.update()
        if complete:
            self.held.emit()

    def _on_press(self) -> None:
        self._tick.stop()
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # losing it again takes the press back
        press = self._presses.press(self._since.elapsed())
        if press is Press.DONE:
            self.let_go()
            self._show_words()
            self.held.emit()
            return
        self._disarm.start(pressing.ARMED_MS)
        self._show_words()
        quick = "Too quick, it counts as one press. " if press is Press.TOO_SOON else ""
        announce(self, f"{quick}{self.accessibleName()}. {self._about}", urgent=True)

    def _show_words(self) -> None:
        words = pressing.again_words if self.armed else pressing.button_words
        said = words(self._purpose) if self._purpose else ""
        self.setText(f"{said}\n{self._below}".strip())
        self.setAccessibleName(" ".join(self.text().split()))
        how = pressing.how_words() if self._purpose else ""
        self.setAccessibleDescription(f"{self._about} {how}".strip())
        give_tip(self, how)
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines and room around them, at any size of text."""
        lines = 2 * self.fontMetrics().lineSpacing()
        return QSize(super().sizeHint().width(), lines + Theme.scaled(ROOM))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if pressing.Way.chosen == pressing.HOLD:
                self.begin()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if pressing.Way.chosen == pressing.HOLD:
            self.let_go()
        elif event.button() is Qt.MouseButton.LeftButton and self._is_over(event):
            self.begin()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_over(event):
            self.let_go()

    def _is_over(self, event: QMouseEvent) -> bool:
        return self.rect().contains(event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.stops_at_esc:
            self.let_go()
        elif event.key() not in _KEYS:
            super().keyPressEvent(event)
        elif not self._is_repeated(event) and not self._is_hasty(event):
            self.begin()

    def _is_repeated(self, event: QKeyEvent) -> bool:
        """Whether the key was down all the time. On X11 a key that is held comes as let go and
        pressed again at the same moment, which Qt does not always see; the hold then goes on."""
        if event.isAutoRepeat():
            return True
        repeated = 0 < event.timestamp() == self._let_go_at
        if repeated and self._was_held:
            self._tick.start()
        return repeated

    def _is_hasty(self, event: QKeyEvent) -> bool:
        """Enter leads here from the form: pressed on and on, it must not be two presses."""
        two, enter = pressing.Way.chosen == pressing.TWO_PRESSES, event.key() != Qt.Key.Key_Space
        return two and enter and self._since.elapsed() - self._arrived < pressing.BOUNCE_MS

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._let_go_at = event.timestamp()
            if pressing.Way.chosen == pressing.HOLD:
                self._was_held = self._tick.isActive()
                self._tick.stop()
                self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._arrived = self._since.elapsed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.let_go()
        super().focusOutEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_words()  # the way may have been changed in the settings

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.let_go()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        ready, colour = self.isEnabled(), Theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ground, ink = self.idle if ready else ("ground", "muted")
        if ready and self.armed:
            ground, ink = "danger", "on_danger"
        painter.setPen(colour("focus" if self.hasFocus() else "edge"))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self.filled:
            done = QRectF(frame)
            done.setWidth(frame.width() * self.filled)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self.fill))
            painter.drawRoundedRect(done, RADIUS, RADIUS)
        painter.setPen(colour(ink))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), RADIUS - 2, RADIUS - 2)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(8, 4, -8, -4), flags, self.text())
        painter.end()
