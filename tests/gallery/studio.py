"""A console in front of a camera: real desk, real database, simulated networks, fixed clock."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from unittest.mock import patch

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from crisisdesk.config import DATABASE_NAME, Paths, Settings
from crisisdesk.desk.desk import Parts
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.mode import Mode
from crisisdesk.store.places import prepare_folder
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.keys import desk_key
from tests.gallery.fixed import (
    DEADLINE,
    OneAfterAnother,
    StillClock,
    StillSchedule,
    StillThread,
    fixed_chance,
)
from tests.gallery.networks import Keyring, Networks
from ui.app import Console
from ui.console.console_page import ConsolePage
from ui.settings.settings_page import SettingsPage

SIZE = (1366, 768)
"""Logical pixels of a picture: the smallest usual screen of an office."""

SHORTEST_TICK_MS = 400
A_MOMENT = 0.002
LONGEST_PAUSE_MS = 2000
"""A timer that runs once, and for no longer than this, still has something to show."""


class Camera(Protocol):
    """Whoever looks at what a story shows."""

    def wants(self, name: str) -> bool:
        """Whether this picture is looked at."""

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        """Look at a window; `settle` lets it take in what was changed about it."""


class Studio:
    """One console in a data folder of its own; `shoot` has the camera look."""

    def __init__(self, app: QApplication, camera: Camera) -> None:
        self.app = app
        self.camera = camera
        self.clock = StillClock()
        self.networks = Networks(self.clock.now)
        self.schedule = StillSchedule()
        self._line = ThreadPoolExecutor(1)
        self._before = Path.cwd()
        self.home = Path(tempfile.mkdtemp(prefix="crisisdesk-gallery-"))
        os.chdir(self.home)  # the pictures show paths, and nobody needs those of this computer
        self._held = ExitStack()
        self._held.enter_context(fixed_chance())
        for target, stand_in in (
            ("ui.app.Workers", self._make_workers),
            ("crisisdesk.desk.exercise.Workers", self._make_workers),
            ("crisisdesk.desk.exercise.Alarm", StillThread),
            ("crisisdesk.desk.live.Beat", StillThread),
            ("crisisdesk.desk.open_live", self._open_live),
        ):
            self._held.enter_context(patch(target, stand_in))
        app.setCursorFlashTime(0)
        self.console = Console(Paths(Path("riverside")))
        self.console.window.resize(*SIZE)
        self.console.window.show()
        self.console.window.activateWindow()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.callback(self._line.shutdown)
        self._held.callback(shutil.rmtree, self.home, ignore_errors=True)
        self._held.callback(os.chdir, self._before)
        with self._held:
            self.console.window.leave()
            self.console.close()
            self.console.window.deleteLater()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            self.app.processEvents()

    def _make_workers(self) -> OneAfterAnother:
        return OneAfterAnother(self._line, self.networks.slow.held)

    def _open_live(self, paths: Paths, *, alone: bool = False) -> LiveDesk:
        prepare_folder(paths.home)
        secrets = Keyring({})
        parts = Parts(
            mode=Mode.LIVE,
            paths=paths,
            settings=Settings(sender="alerts@riverside.example"),
            database_url=f"sqlite:///{paths.home / DATABASE_NAME}",
            desk_id="desk-1",
            clock=self.clock,
            net=self.networks.net,
            secrets=secrets,
            signer=desk_key(secrets),
            later=self.schedule.after,
            workers=self._make_workers(),
            chance=SYSTEM_CHANCE,
            watch_terms=("Wend Mill", "RiversideFire"),
            places=("Mill Lane", "Weir Street", "Lower Town", "Riverside"),
        )
        return LiveDesk(parts, self.schedule)  # type: ignore[arg-type]

    @property
    def page(self) -> ConsolePage:
        """The console page, once a desk is open."""
        assert self.console.page is not None
        return self.console.page

    @property
    def workers(self) -> list[OneAfterAnother]:
        """Everything that works for this console."""
        desk = self.console.desk
        return [self.console.workers, *([desk.workers] if desk else [])]  # type: ignore[list-item]

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Let the screen live until something holds. Raises TimeoutError naming it."""
        end = time.monotonic() + DEADLINE
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"never came: {what}; the screen says: {self._notice()}")
            self.app.processEvents()
            time.sleep(A_MOMENT)  # the threads need the interpreter more than this does

    def _notice(self) -> str:
        page = self.console.page
        return f"{page.notice.words} {page.broadcast.problems.text()}" if page else ""

    def calm(self) -> None:
        """Let everything that was begun reach the screen."""
        self.until("a calm screen", self._is_calm)

    def _is_calm(self) -> bool:
        self._hurry()
        idle = self._idle()
        self.app.processEvents()  # what the threads told before they were idle
        return idle and self._idle() and not self._hurry()

    def _idle(self) -> bool:
        kinds = ("read",) if self.networks.slow.waiting else ("read", "network")
        working = any(each.running[kind] for each in self.workers for kind in kinds)
        return not working and not self.console.tasks._asked

    def _hurry(self) -> bool:
        """Have what waits for a moment happen now; whether anything did."""
        waiting = [each for each in self._timers() if each.isSingleShot()]
        short = [each for each in waiting if each.interval() <= LONGEST_PAUSE_MS]
        for each in short:
            pause = each.interval()
            each.start(0)
            self.app.processEvents()
            each.setInterval(pause)
        return bool(short)

    def tick(self) -> None:
        """Everything that looks at the clock now and then looks at it now."""
        for each in self._timers():
            if not each.isSingleShot() and each.interval() >= SHORTEST_TICK_MS:
                each.timeout.emit()
        self.calm()

    def _timers(self) -> list[QTimer]:
        windows = [each for each in self.app.topLevelWidgets() if isinstance(each, QMainWindow)]
        roots = (self.console, *windows)
        return [each for root in roots for each in root.findChildren(QTimer) if each.isActive()]

    def current(self, kind: type[QWidget]) -> QWidget:
        """The page on show, waited for."""
        self.until(kind.__name__, lambda: isinstance(self._shown(), kind))
        self.calm()
        page = self._shown()
        assert page is not None
        return page

    def _shown(self) -> QWidget | None:
        """The page; of the settings, the section that is open."""
        page = self.console.window.pages.currentWidget()
        return page.section if isinstance(page, SettingsPage) else page

    def leave_settings(self) -> None:
        """Back to the console."""
        page = self.console.window.pages.currentWidget()
        assert isinstance(page, SettingsPage)
        page.done.emit()

    def shoot(self, name: str, widget: QWidget | None = None, *, calm: bool = True) -> None:
        """Have the camera look at the window, or at one dialog. Not `calm`: in the middle of it."""
        settle = self.tick if calm else self.app.processEvents
        settle()
        if self.camera.wants(name):
            self.camera.take(name, widget or self.console.window, settle)
