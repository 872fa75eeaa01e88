"""A dialog that grows with the text, never beyond the screen: then what it holds scrolls."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QPushButton

from ui.theme import Theme
from ui.widgets.parts import column, scrolling

MARGIN = 20
OF_THE_SCREEN = 0.94
"""The share of a screen's height or width that a dialog may take: its frame needs some too."""


class Sheet(QDialog):
    """Holds one layout, of a width given in pixels at 100 % text."""

    def fill(self, inside: QBoxLayout, width: int, height: int = 0) -> None:
        """Lay out what the dialog shows; a height of 0 is as high as it needs."""
        self._width, self._height = width, height
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._inside, self._open = inside, False
        area = scrolling(inside)
        if holder := area.widget():
            holder.installEventFilter(self)
        self.setLayout(column(area))
        for each in self.findChildren(QPushButton):
            if each.isDefault():  # said before it had a dialog, which never heard of it
                each.setDefault(False)
                each.setDefault(True)

    def sizeHint(self) -> QSize:
        room = self.screen().availableSize() * OF_THE_SCREEN
        width = min(Theme.scaled(self._width), room.width())
        inside = self._inside
        needed = max(inside.totalHeightForWidth(width), inside.totalMinimumSize().height())
        return QSize(width, min(max(needed, Theme.scaled(self._height)), room.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._width // 2), MARGIN * 4)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._open = False
        self.refit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds has changed: make room, but never take it from under the hand."""
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.refit()
        return super().eventFilter(watched, event)

    def refit(self) -> None:
        """As large as it needs; it never shrinks while it is open."""
        self.resize(self.sizeHint().expandedTo(self.size() if self._open else QSize()))
        self._open = True
