"""Icons for buttons, menus and lists, in the colours of the theme in use.

They are drawn when they are painted: a switch of theme needs nothing done. Loaded by whatever first
has such an icon, for Qt's class brings all the names that desktops have.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPixmap, QPolygonF

from ui.drawing import draw_icon, icon_source
from ui.theme import EXERCISE_GROUND, EXERCISE_STRIPE, LIVE_GROUND, LIVE_TEXT, Theme

ICON_SIDES = (16, 24, 32, 48, 64, 128, 256)
"""Pixels: what title bars, task bars and docks ask for."""


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `resources/icons/NAME.svg` in the colour of a role; muted where disabled."""
    icon_source(name)  # a name that is none fails here, not in the middle of painting
    return QIcon(_Engine(name, role))


def mode_icon(*, exercise: bool) -> QIcon:
    """The program's own icon: a red square when live, a yellow diamond in an exercise."""
    made = QIcon()
    for side in ICON_SIDES:
        made.addPixmap(_drawn_mode(side, exercise=exercise))
    return made


def _drawn_mode(side: int, *, exercise: bool) -> QPixmap:
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle, edge = side / 2, side / 16
    pen = QPen(QColor(EXERCISE_STRIPE if exercise else LIVE_TEXT), edge)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(EXERCISE_GROUND if exercise else LIVE_GROUND))
    if exercise:
        ends = ((middle, edge), (side - edge, middle), (middle, side - edge), (edge, middle))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in ends]))
    else:
        painter.drawRect(QRectF(edge, edge, side - 2 * edge, side - 2 * edge))
    inside = round(side * (0.4 if exercise else 0.6))
    place = QRect(round(middle - inside / 2), round(middle - inside / 2), inside, inside)
    name, ink = ("exercise", EXERCISE_STRIPE) if exercise else ("broadcast", LIVE_TEXT)
    draw_icon(painter, name, place, ink)
    painter.end()
    return made


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
