"""Drawing the icons of the project, in any colour: sharp at any scale, kept once drawn."""

from functools import cache, lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from crisisdesk.config import resource

KEPT = 256
"""So many drawn icons are kept; a screen shows some thirty."""


def draw_icon(painter: QPainter, name: str, rect: QRect, colour: str) -> None:
    """Draw an icon into a square, for whatever paints itself. `colour` is a token's value."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(rect.topLeft(), _drawn(name, colour, rect.width(), rect.height(), ratio))


@cache
def icon_source(name: str) -> str:
    """`resources/icons/NAME.svg`; FileNotFoundError for a name that is none."""
    return resource("icons", f"{name}.svg").decode()


@lru_cache(KEPT)
def _drawn(name: str, colour: str, width: int, height: int, ratio: float) -> QPixmap:
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    svg = QSvgRenderer(icon_source(name).replace("currentColor", colour).encode())
    svg.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return made
