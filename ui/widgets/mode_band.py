"""The band that says LIVE or EXERCISE: by words, by shape and by colour."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from crisisdesk.model.mode import Mode
from ui.theme import EXERCISE_GROUND, EXERCISE_STRIPE, LIVE_GROUND
from ui.widgets.spoken_roles import speaks_as

HEIGHT = 26
NOTHING_LEAVES = "EXERCISE – nothing leaves this computer"
_STRIPE = 16


class ModeBand(QWidget):
    """A full-width band: solid and red when live, striped and yellow in an exercise."""

    def __init__(self, mode: Mode, words: str = NOTHING_LEAVES) -> None:
        """`words` are what it says in an exercise."""
        super().__init__()
        self._mode = mode
        self._words = "LIVE" if mode is Mode.LIVE else words
        speaks_as(self, "status", self._words)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """High enough for its words, whatever their size."""
        tall = max(HEIGHT, self.fontMetrics().height() + 2)
        self.setFixedHeight(tall if self._mode is Mode.EXERCISE else 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._mode is Mode.LIVE:
            painter.fillRect(self.rect(), QColor(LIVE_GROUND))
            return
        painter.fillRect(self.rect(), QColor(EXERCISE_GROUND))
        self._paint_stripes(painter)
        font = painter.font()
        font.setBold(True)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 1.5)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self._words) + 40
        plate = QRectF((self.width() - width) / 2, 0, width, self.height())
        painter.fillRect(plate, QColor(EXERCISE_GROUND))
        painter.setPen(QColor(EXERCISE_STRIPE))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()

    def _paint_stripes(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(EXERCISE_STRIPE))
        height = self.height()
        for left in range(-height, self.width() + height, _STRIPE * 2):
            corners = [(left, height), (left + height, 0)]
            corners += [(left + height + _STRIPE, 0), (left + _STRIPE, height)]
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
