"""Line icons drawn for the project, in the colours of the theme in use.

They are drawn when they are first painted: sharp at any scale, and a switch of theme needs nothing
done.
"""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from crisisdesk.config import resource
from ui.theme import Theme

KEPT = 256
"""So many drawn icons are kept; a screen shows some thirty."""


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `resources/icons/NAME.svg` in the colour of a role; muted where disabled."""
    _source(name)  # a name that is none fails here, not in the middle of painting
    return QIcon(_Engine(name, role))


def draw_icon(painter: QPainter, name: str, rect: QRect, colour: str) -> None:
    """Draw an icon into a square, for whatever paints itself. `colour` is a token's value."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(rect.topLeft(), _drawn(name, colour, rect.width(), rect.height(), ratio))


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


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").decode()


@lru_cache(KEPT)
def _drawn(name: str, colour: str, width: int, height: int, ratio: float) -> QPixmap:
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    svg = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    svg.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return made
