"""Widgets side by side that go on in the next line where there is no more room."""

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QStyle,
    QWidget,
    QWidgetItem,
)

from ui.theme import SPACE


class Flow(QLayout):
    """Fills line after line. `spread`: the last widget of a line stands at its far end,
    and one before it that wants to be wider takes what is left."""

    def __init__(self, *parts: QWidget, space: int = SPACE, spread: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._spread = spread
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self.setSpacing(space)
        for part in parts:
            self.addWidget(part)

    def addWidget(self, widget: QWidget) -> None:
        """With a place made here, which Python hears the end of. Of one that Qt made the Python
        object would outlive it, and be taken for what is made at its address next."""
        self.addChildWidget(widget)
        self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        lines = self._lines(room)
        heights = [max(_size(item, room).height() for item in line) for line in lines]
        inside = sum(heights) + self.spacing() * max(0, len(heights) - 1)
        return inside + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        shown = self._shown()
        width = sum(_size(each).width() for each in shown) + self.spacing() * max(0, len(shown) - 1)
        margins = self.contentsMargins()
        width += margins.left() + margins.right()
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        least = QSize(0, 0)
        for each in self._shown():
            least = least.expandedTo(each.minimumSize())
        return least.grownBy(margins)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inner = rect.marginsRemoved(self.contentsMargins())
        top = inner.y()
        for line in self._lines(inner.width()):
            height = max(_size(item, inner.width()).height() for item in line)
            self._place(line, QRect(inner.x(), top, inner.width(), height), inner)
            top += height + self.spacing()

    def _shown(self) -> list[QLayoutItem]:
        return [each for each in self._items if not each.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            needed = _size(item).width()
            if not lines or used + self.spacing() + needed > width:
                lines.append([])
                used = needed
            else:
                used += self.spacing() + needed
            lines[-1].append(item)
        return lines

    def _place(self, line: list[QLayoutItem], band: QRect, inner: QRect) -> None:
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent else Qt.LayoutDirection.LeftToRight
        left = band.x()
        spare = band.width() - _width_of(line, self.spacing()) if self._spread else 0
        for item in line:
            size = _size(item, band.width())
            width = size.width()
            if spare > 0 and item.expandingDirections() & Qt.Orientation.Horizontal:
                width, spare = width + spare, 0
            if self._spread and item is line[-1] and len(line) > 1:
                left = band.right() + 1 - width
            top = band.y() + (band.height() - size.height()) // 2
            place = QRect(QPoint(left, top), QSize(width, size.height()))
            item.setGeometry(QStyle.visualRect(direction, inner, place))
            left += width + self.spacing()


def _width_of(line: list[QLayoutItem], space: int) -> int:
    return sum(_size(each).width() for each in line) + space * (len(line) - 1)


def _size(item: QLayoutItem, room: int | None = None) -> QSize:
    """What an item needs; in less room than that, what it needs there."""
    usual = item.sizeHint().expandedTo(item.minimumSize())
    if room is None or usual.width() <= room:
        return usual
    if item.hasHeightForWidth():
        return QSize(room, max(item.heightForWidth(room), item.minimumSize().height()))
    return QSize(room, usual.height())


def flowing(*parts: QWidget, space: int = SPACE, spread: bool = False) -> QWidget:
    """A widget that holds others in lines as they fit."""
    made = QWidget()
    made.setLayout(Flow(*parts, space=space, spread=spread))
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made
