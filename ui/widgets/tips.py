"""Tool tips that stay: until the pointer or the keyboard goes elsewhere, or Esc is pressed.

Qt's own go after some seconds and when they are pointed at, and Esc does not end them, against
WCAG 2.2, criterion 1.4.13. A filter stands on those widgets only that have a tip: on the whole
program it would run Python for every event of every widget.
"""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QCursor, QFocusEvent, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from ui.theme import Theme
from ui.widgets.parts import as_tip

WIDEST = 420
LOOK_MS = 150
GRACE = 2
"""Looks in a row that find the pointer elsewhere: time enough to move from a button to its tip."""

FOCUS_MS = 600
BELOW = QPoint(0, 20)
"""From the pointer's tip to where its picture ends."""

BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
ENDS = (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.MouseButtonPress)


class Tips(QObject):
    """One tip at a time, for whatever it was given to."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.label = QLabel(None, Qt.WindowType.ToolTip)
        self.label.setProperty("role", "tip")
        self.label.setTextFormat(Qt.TextFormat.RichText)  # what is shown was made by `as_tip`
        self.label.setWordWrap(True)
        self.label.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._of: QObject | None = None
        self._around = QRect()
        self._misses = 0
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_where_the_pointer_is)
        self._soon = QTimer(self, interval=FOCUS_MS, singleShot=True)
        self._soon.timeout.connect(self._show_for_keyboard)
        self._esc = _Esc(self)
        app.applicationStateChanged.connect(self.hide)
        app.focusChanged.connect(self._esc.follow)

    def show(self, words: str, of: QWidget, at: QPoint, around: QRect | None = None) -> None:
        """Show what `as_tip` made, at a place of the screen. Without `around`, on the screen too,
        it stays as long as `of` has the keyboard; else as long as the pointer is there or on it."""
        self._of, self._around, self._misses = of, around or QRect(), 0
        self.label.setMaximumWidth(Theme.scaled(WIDEST))
        self.label.setText(words)
        self.label.adjustSize()
        room = of.screen().availableGeometry()
        if at.y() + self.label.height() > room.bottom():
            at = QPoint(at.x(), at.y() - self.label.height() - 2 * BELOW.y())
        self.label.move(max(room.left(), min(at.x(), room.right() - self.label.width())), at.y())
        self.label.show()
        self._esc.follow(None, QApplication.focusWidget() or of.window())
        if around is None:
            self._look.stop()
        else:
            self._look.start()

    def hide(self) -> None:
        """Take it away."""
        self._soon.stop()
        self._look.stop()
        self._esc.rest()
        self.label.hide()
        self._of = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.ToolTip:
            return self._point_at(watched, event)
        if kind is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            if event.reason() in BY_KEY:
                self._of = watched
                self._soon.start()
        elif kind in ENDS and watched is self._of:
            self.hide()
        return False

    def _point_at(self, widget: QObject, event: QEvent) -> bool:
        if not isinstance(widget, QWidget) or not isinstance(event, QHelpEvent):
            return False
        if words := widget.toolTip():
            around = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
            self.show(words, widget, event.globalPos() + BELOW, around)
        return True

    def _show_for_keyboard(self) -> None:
        """Where it says more than the widget does, and nothing is pointed at."""
        widget = self._of
        if not isinstance(widget, QWidget) or not widget.hasFocus() or not widget.toolTip():
            return
        if widget.toolTip() != as_tip(str(widget.property("text") or "")):
            self.show(widget.toolTip(), widget, widget.mapToGlobal(QPoint(0, widget.height() + 4)))

    def _look_where_the_pointer_is(self) -> None:
        at = QCursor.pos()
        inside = self._around.contains(at) or self.label.geometry().contains(at)
        self._misses = 0 if inside else self._misses + 1
        if self._misses > GRACE:
            self.hide()


class _Esc(QObject):
    """Takes Esc from whatever has the keyboard, as long as a tip is shown."""

    def __init__(self, tips: Tips) -> None:
        super().__init__(tips)
        self._tips = tips
        self._heard: QWidget | None = None

    def follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Listen at what has the keyboard now."""
        self.rest()
        if now is not None and self._tips.label.isVisible():
            now.installEventFilter(self)
            self._heard = now

    def rest(self) -> None:
        """Listen no more."""
        if self._heard is not None and isValid(self._heard):
            self._heard.removeEventFilter(self)
        self._heard = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # else it would leave the page
        elif event.type() is QEvent.Type.KeyPress:
            self._tips.hide()
            return not getattr(watched, "stops_at_esc", False)  # what is being sent goes first
        return True


class TipDelegate(QStyledItemDelegate):
    """Shows the tips of a model's cells like those of widgets."""

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if words := str(index.data(Qt.ItemDataRole.ToolTipRole) or ""):
            cell = option.rect.translated(event.globalPos() - event.pos())
            tips().show(words, view, event.globalPos() + BELOW, cell)
        return True


def tips() -> Tips:
    """The program's own, made when the first tip is given."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 - no widget without one
    return app.findChild(Tips) or Tips(app)


def give_tip(widget: QWidget, text: str) -> None:
    """Have a plain text shown while the widget is pointed at or reached by Tab."""
    widget.setToolTip(as_tip(text))
    if not widget.accessibleDescription():  # Qt would read the tip out, marks and all
        widget.setAccessibleDescription(text)
    widget.installEventFilter(tips())
