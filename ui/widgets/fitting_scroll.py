"""A scroll area that wants to be as high as what it holds, and scrolls where it may not be."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.parts import scroll_in

LEAST = 72
"""Pixels at 100 % text: two lines of controls stay in sight."""


class FittingScroll(QScrollArea):
    """Scrolls downwards only; the keyboard brings what it reaches into sight."""

    def __init__(self, layout: QBoxLayout) -> None:
        super().__init__()
        self._inside = QWidget()
        scroll_in(self, self._inside, layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        usual, frame = self._inside.sizeHint(), 2 * self.frameWidth()
        layout = self._inside.layout()
        height = usual.height()
        if layout and layout.hasHeightForWidth() and self.width():
            height = layout.totalHeightForWidth(self.width() - frame)
        return QSize(usual.width() + frame, height + frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), Theme.scaled(LEAST)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inside and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
