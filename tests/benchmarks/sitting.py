"""The real console as an officer sits at it, over a desk with many mentions stored.

Networks are simulated inside the process, as in an exercise: what they cost counts against us.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

import crisisdesk.desk
from crisisdesk.config import DATABASE_NAME, Paths, Settings
from crisisdesk.desk.desk import Parts
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Role
from crisisdesk.net import Net
from crisisdesk.simnet.world import BLUESKY_HOST, COUNCIL, FEED_HOST, MASTODON_HOST, TOKEN, World
from crisisdesk.store.places import prepare_folder
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.clock import Clock
from crisisdesk.system.keys import desk_key
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import MemorySecrets
from crisisdesk.system.workers import Workers
from ui.app import Console
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn
from ui.theme import Theme

NAME, PASSPHRASE = "Jo Officer", "four plain words here"
PATIENCE = 140.0
TURN_MS = 20
FILLED = {
    "road_name": "Weir Bridge",
    "area_name": "Lower Town, Riverside",
    "reason": "deep flood water",
    "since_time": "03:40",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/roads",
}


class Sitting:
    """Signed in, with four channels and a feed. `close` when done."""

    def __init__(self, folder: Path) -> None:
        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        self.app = app
        Theme.apply(app, "dark")
        self.world = World(lambda: datetime.now(UTC))
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
        """The live desk, but for where its networks and its secrets are."""
        prepare_folder(paths.home)
        schedule = Schedule()
        parts = Parts(
            mode=Mode.LIVE,
            paths=paths,
            settings=Settings(organisation="Riverside Council", sender="alerts@riverside.example"),
            database_url=f"sqlite:///{paths.home / DATABASE_NAME}",
            desk_id="desk-1",
            clock=Clock(),
            net=Net(Mode.EXERCISE, apps=self.world.apps, mail=self.world.mail.session),
            secrets=self.secrets,
            signer=desk_key(self.secrets),
            later=schedule.after,
            workers=Workers(),
            chance=SYSTEM_CHANCE,
            watch_terms=("weir",),
        )
        return LiveDesk(parts, schedule)

    def _prepare(self, paths: Paths) -> None:
        """The person and the accounts, as on an earlier day. A second run finds them there."""
        desk = self._open(paths)
        people = desk.people.operators()
        officer = (
            people[0] if people else desk.people.add_operator(NAME, Role.ADMINISTRATOR, PASSPHRASE)
        )
        known = {each.kind: each.id for each in desk.administering.accounts()}
        for kind, name, values in _accounts(paths.home):
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


def _accounts(folder: Path) -> list[tuple[str, str, dict[str, str]]]:
    return [
        ("mastodon", "Mastodon", {"server": f"https://{MASTODON_HOST}", "token": TOKEN}),
        (
            "bluesky",
            "Bluesky",
            {"server": f"https://{BLUESKY_HOST}", "handle": f"{COUNCIL}.test", "password": TOKEN},
        ),
        (
            "email",
            "Press list",
            {
                "host": "mail.example",
                "port": "25",
                "security": "none",
                "sender": "alerts@riverside.example",
                "recipients": "ann@example.org, bob@example.org",
            },
        ),
        (
            "cap",
            "CAP feed",
            {"folder": str(folder / "cap"), "base_url": "https://riverside.example/alerts"},
        ),
        ("feed", "Warnings", {"url": f"https://{FEED_HOST}/feed.atom"}),
    ]
