"""The real console as an officer sits at it, over a desk with many mentions stored.

It reaches its networks through real sockets: they are simulated in a process of their own, so that
all that this one takes is the console's.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

import crisisdesk.desk
from crisisdesk.config import Paths
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Role
from crisisdesk.net import Net
from crisisdesk.system.secrets import MemorySecrets
from tests.benchmarks.networks import Networks
from tests.live_desk import NAME, PASSPHRASE, account_values, open_desk
from ui.app import Console
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn
from ui.theme import Theme

PATIENCE = 140.0
TURN_MS = 20


class Sitting:
    """Signed in, with four channels and a feed. `close` when done."""

    def __init__(self, folder: Path) -> None:
        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        self.app = app
        Theme.apply(app, "dark")
        self.networks = Networks()
        self.secrets = MemorySecrets()
        crisisdesk.desk.open_live = self._open
        paths = Paths(folder)
        self._prepare(paths)
        self.console = Console(paths)
        self.console.window.show()
        began = time.perf_counter()
        self.console.open_live()
        self.until("the sign-in card", lambda: isinstance(self.shown, SignIn))
        self.opened_ms = (time.perf_counter() - began) * 1000
        card = self.shown
        assert isinstance(card, SignIn)
        card.passphrase.setText(PASSPHRASE)
        began = time.perf_counter()
        card.passphrase.returnPressed.emit()
        self.until("the console", lambda: self.console.page)
        self.app.processEvents()
        self.entered_ms = (time.perf_counter() - began) * 1000

    def _open(self, paths: Paths, secrets: object = None, *, alone: bool = False) -> LiveDesk:
        return open_desk(paths, Net(Mode.LIVE), self.secrets)

    def _prepare(self, paths: Paths) -> None:
        """The person and the accounts, as on an earlier day. A second run finds them there."""
        desk = self._open(paths)
        people = desk.people.operators()
        officer = (
            people[0] if people else desk.people.add_operator(NAME, Role.ADMINISTRATOR, PASSPHRASE)
        )
        known = {each.kind: each.id for each in desk.administering.accounts()}
        for kind, (name, values) in account_values(paths.home, self.networks.places).items():
            desk.administering.save_account(kind, name, values, officer, known.get(kind, ""))
        desk.close()

    @property
    def shown(self) -> object:
        """The page on screen."""
        return self.console.window.pages.currentWidget()

    @property
    def page(self) -> ConsolePage:
        """The console's page."""
        assert self.console.page is not None
        return self.console.page

    def until(self, what: object, holds: Callable[[], object]) -> None:
        """Let the screen live until something holds."""
        loop, turn = QEventLoop(), QTimer(interval=TURN_MS)
        end = time.monotonic() + PATIENCE
        turn.timeout.connect(lambda: loop.quit() if holds() or time.monotonic() > end else None)
        turn.start()
        loop.exec()
        turn.stop()
        if not holds():
            raise TimeoutError(f"never came: {what}")

    def live_for(self, seconds: float) -> None:
        """Let the screen live for a while."""
        end = time.monotonic() + seconds
        self.until("the end of the while", lambda: time.monotonic() > end)

    def close(self) -> None:
        """End as the program does."""
        self.console.window.leave()
        self.console.close()
        self.networks.close()
