"""The whole log as a picture over its time, with a mark for the moment that is looked at."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.model.replay import Mark
from ui.theme import Theme

HEIGHT = 132
AXIS, LANE = 20, 18
EDGE, LABELS = 12, 92
LANES = {
    "alert": ("Messages", "accent"),
    "decision": ("Decisions", "text"),
    "promise": ("Promises", "warn"),
}
"""What stands in the three lanes below the bars, and in which role's colour."""

LANE_OF = {
    "information": "decision",
    "handover": "decision",
    "missed": "promise",
    "stop": "alert",
    "glass": "alert",
    "foreign": "alert",
}
LOUD = frozenset({"missed", "stop", "glass", "foreign"})
"""Marks of things that went wrong: another shape and colour."""

TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 10080)
MOST_TICKS = 10


class LogTimeline(QWidget):
    """Bars of mentions a minute, three lanes of marks, and up to two moments."""

    asked = Signal(object)
    """A moment was pointed at, in ms since 1970 UTC: more than a C int holds."""

    def __init__(self) -> None:
        super().__init__()
        self._begin, self._end = 0, 1
        self._bars: list[tuple[int, int]] = []
        self._marks: Sequence[Mark] = ()
        self._seqs: list[int] = []
        self._now, self._held = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline of the log")

    def sizeHint(self) -> QSize:
        return QSize(600, Theme.scaled(HEIGHT))

    def show_log(
        self, begin: int, end: int, marks: Sequence[Mark], bars: list[tuple[int, int]]
    ) -> None:
        """Show a log from its first to its last moment."""
        self._begin, self._end = begin, max(end, begin + 60_000)
        self._marks = [each for each in marks if _lane(each)]
        self._seqs = [each.seq for each in self._marks]
        self._bars = bars
        self.update()

    def point_at(self, now: int, held: int = 0) -> None:
        """Mark the moment that is looked at, and the one that is held beside it; 0 for none."""
        self._now, self._held = now, held
        self.update()

    def mark_from(self, seq: int, step: int) -> Mark | None:
        """The next mark after an entry, or the one before it for a step of -1."""
        after, before = bisect_right(self._seqs, seq), bisect_left(self._seqs, seq) - 1
        place = after if step > 0 else before
        return self._marks[place] if 0 <= place < len(self._marks) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.asked.emit(self._ms(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.asked.emit(self._ms(event.position().x()))

    @property
    def _left(self) -> int:
        return Theme.scaled(LABELS)

    @property
    def _room(self) -> int:
        return self.width() - self._left - EDGE

    def _ms(self, x: float) -> int:
        share = (x - self._left) / max(1.0, self._room)
        return self._begin + int(min(max(share, 0.0), 1.0) * (self._end - self._begin))

    def _x(self, at_ms: int) -> float:
        share = (at_ms - self._begin) / (self._end - self._begin)
        return self._left + share * self._room

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(Theme.tokens.surface))
        lanes_top = self.height() - Theme.scaled(AXIS) - len(LANES) * Theme.scaled(LANE)
        self._paint_ticks(painter)
        self._paint_bars(painter, lanes_top - 4)
        self._paint_lanes(painter, lanes_top)
        for moment, role in ((self._held, "muted"), (self._now, "danger")):
            if moment:
                self._paint_moment(painter, moment, role)
        painter.end()

    def _paint_ticks(self, painter: QPainter) -> None:
        whole = (self._end - self._begin) // 60_000
        step = next((each for each in TICKS_MIN if whole / each <= MOST_TICKS), TICKS_MIN[-1])
        first = datetime.fromtimestamp(self._begin / 1000, UTC).astimezone()
        offset = int(first.utcoffset().total_seconds() * 1000) if first.utcoffset() else 0  # type: ignore[union-attr]
        tick = -(-(self._begin + offset) // (step * 60_000)) * step * 60_000 - offset
        form = "%H:%M" if step < 1440 else "%d %b"
        painter.setPen(QPen(QColor(Theme.tokens.muted)))
        bottom = self.height() - Theme.scaled(AXIS)
        while tick <= self._end:
            x = self._x(tick)
            painter.drawLine(QPointF(x, bottom), QPointF(x, bottom + 4))
            local = datetime.fromtimestamp(tick / 1000, UTC).astimezone()
            words = local.strftime(form)
            wide = painter.fontMetrics().horizontalAdvance(words) + 4
            left = min(x - wide / 2, self.width() - wide)  # the last one stays inside
            place = QRectF(left, bottom + 3, wide, Theme.scaled(AXIS) - 3)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
            tick += step * 60_000

    def _paint_bars(self, painter: QPainter, bottom: float) -> None:
        """One bar for each pixel column: the busiest minute in it."""
        most = max((number for _, number in self._bars), default=1)
        columns: dict[int, int] = {}
        for at_ms, number in self._bars:
            x = int(self._x(at_ms))
            columns[x] = max(columns.get(x, 0), number)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(Theme.tokens.line))
        minute = max(1.0, 60_000 / (self._end - self._begin) * self._room - 1)
        for x, number in columns.items():
            height = (bottom - 4) * number / most
            painter.drawRect(QRectF(x, bottom - height, minute, height))

    def _paint_lanes(self, painter: QPainter, top: float) -> None:
        tall = Theme.scaled(LANE)
        for number, (name, (title, role)) in enumerate(LANES.items()):
            middle = top + number * tall + tall / 2
            painter.setPen(QPen(QColor(Theme.tokens.line)))
            painter.drawLine(QPointF(self._left, middle), QPointF(self.width() - EDGE, middle))
            for each in self._marks:
                if _lane(each) == name:
                    self._paint_mark(painter, each, middle, role)
            painter.setPen(QPen(QColor(Theme.tokens.muted)))
            place = QRectF(EDGE, top + number * tall, self._left - EDGE, tall)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)

    def _paint_mark(self, painter: QPainter, mark: Mark, middle: float, role: str) -> None:
        x, side = self._x(mark.at_ms), Theme.scaled(5)
        painter.setPen(Qt.PenStyle.NoPen)
        if mark.kind in LOUD:
            painter.setBrush(QColor(Theme.tokens.danger))
            top, foot = QPointF(x, middle - side), middle + side
            corners = [top, QPointF(x + side, foot), QPointF(x - side, foot)]
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.setBrush(QColor(getattr(Theme.tokens, role)))
            painter.drawEllipse(QPointF(x, middle), side * 0.8, side * 0.8)

    def _paint_moment(self, painter: QPainter, at_ms: int, role: str) -> None:
        x = self._x(at_ms)
        painter.setPen(QPen(QColor(getattr(Theme.tokens, role)), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - Theme.scaled(AXIS)))


def _lane(mark: Mark) -> str:
    lane = LANE_OF.get(mark.kind, mark.kind)
    return lane if lane in LANES else ""
