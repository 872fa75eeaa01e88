"""A page's column in the middle: as wide as can be read well, scrolling where it is too long."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import SPACE_PAGE, SPACE_WIDE, Theme
from ui.widgets.parts import row, scrolling


class Centred(QWidget):
    """Holds one layout, at most of a width given in pixels at 100 % text."""

    def __init__(self, inside: QBoxLayout, width: int) -> None:
        super().__init__()
        self._width = width
        inside.setContentsMargins(SPACE_WIDE, SPACE_PAGE, SPACE_WIDE, SPACE_PAGE)
        self._middle = QWidget()
        self._middle.setLayout(inside)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        policy.setHorizontalStretch(1)
        self._middle.setSizePolicy(policy)
        across = row(None, self._middle, None)
        across.setStretch(1, 1_000)
        self.area: QScrollArea = scrolling(across)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.area)
        self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._refit()

    def _refit(self) -> None:
        self._middle.setMaximumWidth(Theme.scaled(self._width))
