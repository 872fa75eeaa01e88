"""Numbers over time, as a row of small bars."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.spoken_roles import speaks_as


class Sparkline(QWidget):
    """Bars for a list of numbers, the newest at the right."""

    def __init__(self, name: str = "Mentions a minute") -> None:
        super().__init__()
        self._name = name
        self._values: list[int] = []
        speaks_as(self, "chart", name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(90, 20)

    def show_values(self, values: list[int]) -> None:
        """Show these numbers."""
        if values != self._values:
            self._values = values
            self.setAccessibleName(f"{self._name}, now {values[-1] if values else 0}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if not self._values:
            return
        painter = QPainter(self)
        step = self.width() / len(self._values)
        most = max(*self._values, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, value in enumerate(self._values):
            height = max(1.0, (self.height() - 2) * value / most)
            newest = index == len(self._values) - 1
            painter.setBrush(QColor(Theme.tokens.accent if newest else Theme.tokens.muted))
            painter.drawRect(
                QRectF(index * step, self.height() - height, max(1.0, step - 1), height)
            )
        painter.end()
