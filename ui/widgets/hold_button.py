"""A button that acts only when it is held, by mouse or by keyboard.

Nothing is sent by a slip of the hand, and nothing asks "are you sure?" in a way one learns to
click away: the sentence beside it says what will happen, and the hand says yes for a second.
"""

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ui.theme import RADIUS, Theme

HOLD_MS = 1200
_TICK_MS = 16
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HoldButton(QPushButton):
    """Emits `held` once the hold is complete; letting go early changes nothing."""

    held = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setMinimumHeight(64)
        self.setAccessibleDescription("Press and hold for a second to broadcast")
        self._elapsed = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    @property
    def progress(self) -> float:
        """How much of the hold is done, 0 to 1."""
        if not self._tick.isActive():
            return 0.0
        return min(1.0, self._elapsed.elapsed() / HOLD_MS)

    def begin(self) -> None:
        """Start the hold."""
        if self.isEnabled() and not self._tick.isActive():
            self._elapsed.start()
            self._tick.start()

    def let_go(self) -> None:
        """End the hold; nothing happens unless it was complete."""
        self._tick.stop()
        self.update()

    def _on_tick(self) -> None:
        complete = self.progress >= 1.0
        if complete:
            self._tick.stop()
        self.update()
        if complete:
            self.held.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.begin()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.let_go()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            self.let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.begin()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.let_go()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.let_go()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        tokens = Theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ready = self.isEnabled()
        painter.setPen(QColor(tokens.text if self.hasFocus() else tokens.line))
        painter.setBrush(QColor(tokens.accent if ready else tokens.ground))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self.progress:
            done = QRectF(frame)
            done.setWidth(frame.width() * self.progress)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.danger))
            painter.drawRoundedRect(done, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tokens.on_accent if ready else tokens.muted))
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), RADIUS - 2, RADIUS - 2)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_accent if ready else tokens.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(8, 4, -8, -4), flags, self.text())
        painter.end()
