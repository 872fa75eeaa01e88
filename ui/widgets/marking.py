"""EXERCISE wherever one looks: over every window, in its title and icon, and on what is copied out.

A picture of a part of the screen is soon taken for the real thing: the word stands in each part.
"""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from ui.icons import mode_icon
from ui.theme import EXERCISE, Theme, marked
from ui.widgets.spoken_roles import speaks_as

LOOK_MS = 250
"""How soon a window that never gets the keyboard, such as a menu, is found."""

TILE = QSize(260, 130)
"""Pixels at 100 % text: in each part of a picture of this size the word stands once at least."""

SLANT = -14.0
FAINT = 0.07
"""Of the text's colour: seen when one looks for it, and no trouble to whoever reads."""

_SEEN = "exercise_mark"


class Watermark(QWidget):
    """The word over one window, again and again. Hand, eye and keyboard go through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        speaks_as(self, "status", EXERCISE)
        window.installEventFilter(self)
        window.windowTitleChanged.connect(self._mark_title)
        self._mark_title(window.windowTitle())
        self._cover()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window grew, or something new lies on top of it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildPolished, QEvent.Type.Show):
            self._cover()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not Theme.exercise:
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        size = QSize(Theme.scaled(TILE.width()), Theme.scaled(TILE.height()))
        ratio = self.devicePixelRatio()
        tile = _tile(Theme.tokens.text, size.width(), size.height(), Theme.points("title"), ratio)
        painter.drawTiledPixmap(self.rect(), tile)
        painter.end()

    def _cover(self) -> None:
        self.setGeometry(self.window().rect())
        self.raise_()

    def _mark_title(self, title: str) -> None:
        if Theme.exercise and title and EXERCISE not in title:
            self.window().setWindowTitle(marked(title))


@lru_cache(8)
def _tile(colour: str, width: int, height: int, points: float, ratio: float) -> QPixmap:
    """The word twice, so that its rows stand like bricks."""
    made = QPixmap(ceil(width * ratio), ceil(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(QApplication.font())
    font.setPointSizeF(points)
    font.setBold(True)
    painter.setFont(font)
    ink = QColor(colour)
    ink.setAlphaF(FAINT)
    painter.setPen(ink)
    places = [(x, y) for x in (0, width) for y in (0, height)] + [(width / 2, height / 2)]
    for x, y in places:
        painter.save()
        painter.translate(QPointF(x, y))
        painter.rotate(SLANT)
        word = QRectF(-width / 2, -height / 2, width, height)
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, EXERCISE)
        painter.restore()
    painter.end()
    return made


class Marks(QObject):
    """From now on every window of this program says that it is an exercise."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - no console without one
        app.setWindowIcon(mode_icon(exercise=True))
        app.focusWindowChanged.connect(self.look)
        self.copied = CopiedOut(self)
        # A filter on the whole program would run Python for every event of every widget.
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Mark the windows that are new."""
        if not Theme.exercise:
            return
        for window in QApplication.topLevelWidgets():
            if not window.property(_SEEN) and window.windowType() is not Qt.WindowType.ToolTip:
                window.setProperty(_SEEN, True)
                Watermark(window)


class CopiedOut(QObject):
    """What was copied here carries the word while another program has the keyboard.

    Within the program it is pasted as it was.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - no console without one
        app.applicationStateChanged.connect(self.look)
        app.aboutToQuit.connect(self._leave)
        app.clipboard().dataChanged.connect(self._copied_here)
        self._words = ""
        self._is_ours = self._is_away = False

    def look(self, state: Qt.ApplicationState) -> None:
        """The keyboard went to another program, or came back."""
        self._is_away = state is not Qt.ApplicationState.ApplicationActive
        if self._is_away:
            self._leave()
        else:
            self._come_back()

    def _copied_here(self) -> None:
        self._is_ours = self._is_ours or not self._is_away

    def _leave(self) -> None:
        clipboard = QApplication.clipboard()
        text = clipboard.text()
        if self._is_ours and text and EXERCISE not in text:
            self._words = text
            clipboard.setText(marked(text))
        self._is_ours = False

    def _come_back(self) -> None:
        clipboard = QApplication.clipboard()
        if self._words and clipboard.text() == marked(self._words):
            clipboard.setText(self._words)
        self._words = ""
