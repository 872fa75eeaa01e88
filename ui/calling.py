"""Calls an officer who looks elsewhere: a sound, a notice of the desktop, the window's entry.

Never the only sign: whatever calls stands on the screen too, and this can be made quiet.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from crisisdesk.rules.calling import Call, Calls, Kind, notice
from ui.icons import mode_icon
from ui.tasks import Tasks
from ui.theme import Theme, marked

QUIET = timedelta(minutes=30)
SHOWN_MS = 10_000


class Player(Protocol):
    """What can play a sound; it may wait, so it is called elsewhere."""

    def play(self, *, urgent: bool) -> bool:
        """Play to the end; False when nothing here can."""
        ...


class Tray(QObject):
    """Notices of the desktop, where there is one that shows them."""

    clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None

    def show(self, title: str, words: str, *, urgent: bool) -> None:
        """Show one; nothing happens where the desktop has no place for it."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(mode_icon(exercise=Theme.exercise), self)
            self._icon.setToolTip(marked("CrisisDesk"))
            self._icon.messageClicked.connect(self.clicked)
            self._icon.activated.connect(lambda _reason: self.clicked.emit())
            self._icon.show()
        look = QSystemTrayIcon.MessageIcon
        kind = look.Warning if urgent else look.Information
        self._icon.showMessage(title, words, kind, SHOWN_MS)


class Calling(QObject):
    """Gathers what is new and calls once for all of it.

    `told` gives every piece of news as it comes, `quiet_changed` tells that calling was made quiet
    or that this is over, `chosen` the place an officer wants to see who clicked a notice.
    """

    told = Signal(object, str)
    quiet_changed = Signal()
    chosen = Signal(str)

    def __init__(
        self,
        screen: QWidget,
        tasks: Tasks,
        player: Player,
        wanted: Callable[[], tuple[bool, bool]],
        now: Callable[[], datetime],
        *,
        exercise: bool,
    ) -> None:
        """`wanted` tells whether sounds and notices of the desktop are."""
        super().__init__(screen)
        self.calls = Calls()
        self.discreet = False
        self.quiet_until: datetime | None = None
        self._place = ""
        self.tray = Tray(self)
        self.tray.clicked.connect(lambda: self.chosen.emit(self._place))
        self._screen = screen
        self._tasks = tasks
        self._player = player
        self._wanted = wanted
        self._now = now
        self._exercise = exercise
        self._loud_from = 0.0

    def tell(self, kind: Kind, subject: str, words: str = "") -> None:
        """Something new; it calls at once unless its kind has called a moment ago."""
        self.calls.tell(kind, subject, words)
        self.told.emit(kind, words)
        self.look()

    def may(self, kind: Kind) -> bool:
        """Whether something new of this kind would be called for now."""
        return self.quiet_until is None and self.calls.may(kind, time.monotonic())

    def look(self) -> None:
        """Call for what is due. To be asked every second."""
        moment = time.monotonic()
        if self.quiet_until and moment >= self._loud_from:
            self.be_loud()
        if self.quiet_until is None and (due := self.calls.due(moment)):
            self._call(due)

    def be_quiet(self) -> None:
        """No call for a while. What comes meanwhile is called in one at its end."""
        self._loud_from = time.monotonic() + QUIET.total_seconds()
        self.quiet_until = self._now() + QUIET
        self.quiet_changed.emit()

    def be_loud(self) -> None:
        """Call again."""
        self.quiet_until = None
        self.quiet_changed.emit()

    def _call(self, due: list[Call]) -> None:
        urgent = any(each.kind.urgent for each in due)
        sounds, notices = self._wanted()
        if sounds:
            self._tasks.network(lambda: self._player.play(urgent=urgent), _beep_unless)
        if not self._looks_elsewhere():
            return
        QApplication.alert(self._screen.window())
        self._place = due[0].kind.place
        if notices:
            title, words = notice(due, exercise=self._exercise, discreet=self.discreet)
            self.tray.show(title, words, urgent=urgent)

    def _looks_elsewhere(self) -> bool:
        """At another window, or at a page that lies over this one."""
        return not (self._screen.window().isActiveWindow() and self._screen.isVisible())


def _beep_unless(played: bool) -> None:
    if not played:
        QApplication.beep()
