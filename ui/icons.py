"""Icons for buttons, menus and lists, in the colours of the theme in use.

They are drawn when they are painted: a switch of theme needs nothing done. Loaded by whatever first
has such an icon, for Qt's class brings all the names that desktops have.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from ui.drawing import draw_icon, icon_source
from ui.theme import Theme


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `resources/icons/NAME.svg` in the colour of a role; muted where disabled."""
    icon_source(name)  # a name that is none fails here, not in the middle of painting
    return QIcon(_Engine(name, role))


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        mode: QIcon.Mode,
        state: QIcon.State,  # noqa: ARG002
    ) -> None:
        role = "muted" if mode is QIcon.Mode.Disabled else self._role
        draw_icon(painter, self._name, rect, getattr(Theme.tokens, role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)
