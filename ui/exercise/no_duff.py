"""NO DUFF: something real happens while an exercise is played, and all of it stops."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from crisisdesk.model.mode import Mode
from ui.actions import key_of
from ui.theme import SPACE, SPACE_PAGE, SPACE_WIDE, Theme
from ui.widgets import pressing
from ui.widgets.announcing import announce
from ui.widgets.choice import Sign
from ui.widgets.hold_button import HoldButton
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, pane, row, scrolling

KEY = Qt.Key.Key_F11
ROOM = 14
WIDTH = 720
ABOUT = "A real event: it stops the exercise at once and for good."
HEADLINE = "NO DUFF – this exercise has stopped"
STANDS = (
    "Everybody: stop playing. The story stands still for good and nothing more is sent in it. "
    "What was played stays in the exercise's log."
)
NOT_HERE = "Nothing in this window reaches the public. Real work is done at the live desk."


class NoDuffButton(HoldButton):
    """One line high. Its key, held anywhere in the window, is the same as the hand on it."""

    idle, fill = ("raised", "danger"), "select"

    def __init__(self) -> None:
        super().__init__(f"call NO DUFF ({key_of('no-duff')})", about=ABOUT)

    def watch(self, window: QWidget) -> None:
        """Take the key from this window."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == KEY and self.isEnabled():
            if not event.isAutoRepeat():
                self._on_key(down=event.type() is QEvent.Type.KeyPress)
            return True
        return super().eventFilter(watched, event)

    def _on_key(self, *, down: bool) -> None:
        if down:
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.begin()
        elif pressing.Way.chosen == pressing.HOLD:
            self.let_go()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().lineSpacing() + Theme.scaled(ROOM)
        words = self.fontMetrics().horizontalAdvance(f"{self.text()}MM")
        return QSize(round(words * 1.12), height)  # painted bold


class NoDuffPage(QWidget):
    """Takes the place of everything in a window. There is no way back from it into the story."""

    live_asked = Signal()
    end_asked = Signal()
    leave_asked = Signal()
    named = Signal(str)
    """What the real event is."""

    def __init__(self, stopped: str) -> None:
        """`stopped` says when and by whom, as in "Stopped at 02:40 by the duty officer."."""
        super().__init__()
        self.notice = Notice()
        self.line = QLineEdit()
        self.line.setMaxLength(500)
        self.line.setPlaceholderText("What has happened, and where?")
        self.line.setAccessibleName("Real event: what has happened, and where?")
        self.line.returnPressed.connect(self._name)
        self.log_it = button("Log it", self._name)
        self.live = button("Start the live desk", self.live_asked.emit, "primary")
        self.end = button("End and write the report (ENDEX)", self.end_asked.emit)
        self.leave = button("Leave the exercise", self.leave_asked.emit)
        self._event = label("Real event:", "lead")
        self._event.setBuddy(self.line)
        headline = label(HEADLINE, "title", wrap=True)
        headline.setProperty("tone", "danger")
        said = column(headline, label(STANDS, "strong", wrap=True), label(stopped, wrap=True))
        across = row(Sign("stop", "danger"), space=SPACE_WIDE)
        across.addLayout(said, 1)
        inside = column(SPACE_PAGE, pane(across, "card", 2 * SPACE_WIDE), SPACE, self.notice)
        inside.addWidget(self._event)
        asked = row(self.line, self.log_it)
        inside.addLayout(asked)
        inside.addSpacing(SPACE_WIDE)
        inside.addWidget(self.live)
        inside.addWidget(label(NOT_HERE, "muted", wrap=True))
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(self.end, self.leave, None))
        inside.addStretch(1)
        self._middle = QWidget()
        self._middle.setLayout(inside)
        area = scrolling(row(None, self._middle, None))
        self.setLayout(column(ModeBand(Mode.EXERCISE), area, space=0))

    def call(self) -> None:
        """Say it aloud, with the keyboard where nothing can be set off by a key still held."""
        self.line.setFocus()
        announce(self, f"{HEADLINE}. {STANDS}", urgent=True)

    def event_kept(self, words: str) -> None:
        """It stands in the log."""
        self._event.setText(f"Real event: {words}")
        self.line.clear()
        self.live.setFocus()

    def _name(self) -> None:
        if words := self.line.text().strip():
            self.named.emit(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._middle.setFixedWidth(min(Theme.scaled(WIDTH), self.width() - 2 * SPACE_PAGE))
