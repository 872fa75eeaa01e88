"""A seat at the real console, whose networks are simulated inside the process."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crisisdesk import config
from crisisdesk.config import Paths
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.alert import Alert
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.net import Net
from crisisdesk.simnet.world import World
from crisisdesk.system.secrets import MemorySecrets
from tests.live_desk import NAME, PASSPHRASE, ROAD, account_values, open_desk
from tests.town import Later
from tests.ui.hands import Hands, sweep
from ui.app import Console
from ui.console.alert_card import AlertCard
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn
from ui.settings.settings_page import SettingsPage

CHANNELS = ("bluesky", "cap", "email", "mastodon")


class Seat(Hands):
    """One console over one data folder; `take` signs in. The networks outlive a restart."""

    def __init__(self, qtbot: QtBot, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.world = World(lambda: datetime.now(UTC))
        self.secrets = MemorySecrets()
        self.later = Later()
        self.console = Console(config.paths(str(folder / "data")))
        super().__init__(qtbot, self.console.window)
        patch.setattr("crisisdesk.desk.open_live", self._open)
        self.open_window()

    def open_window(self) -> None:
        """Show the start screen."""
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow, "the window to be active")

    def _open(self, paths: Paths, *, alone: bool = False) -> LiveDesk:
        net = Net(Mode.EXERCISE, apps=self.world.apps, mail=self.world.mail.session)
        return open_desk(paths, net, self.secrets, self.later, sounds=False)

    def prepare(self, kinds: tuple[str, ...] = CHANNELS) -> None:
        """Make the operator and these accounts beforehand, as on an earlier day."""
        desk = self._open(self.console.paths)
        operator = desk.people.add_operator(NAME, Role.ADMINISTRATOR, PASSPHRASE)
        for kind in kinds:
            add_account(desk, kind, operator, self.folder)
        desk.close()

    def take(self) -> ConsolePage:
        """Sign in at the start screen."""
        self.click(self.console.start_page.live)
        self.until(lambda: isinstance(self.shown, SignIn), "the sign-in card")
        card = self.shown
        assert isinstance(card, SignIn)
        self.type(card.passphrase, PASSPHRASE)
        self.press("Return")
        self.until(lambda: self.console.page, "the console")
        return self.page

    @property
    def shown(self) -> object:
        """The page on screen; of the settings, the section that is open."""
        page = self.console.window.pages.currentWidget()
        return page.section if isinstance(page, SettingsPage) else page

    @property
    def page(self) -> ConsolePage:
        """The console's page."""
        assert self.console.page is not None
        return self.console.page

    @property
    def desk(self) -> LiveDesk:
        """The desk behind it."""
        assert isinstance(self.console.desk, LiveDesk)
        return self.console.desk

    def open_incident(self, name: str = "Flood at the weir") -> None:
        """Open an incident by keyboard."""
        self.press("Ctrl+I")
        self.answer(self.page, name)
        self.until(lambda: self.page.incident, "the incident")

    def write_road_closure(self) -> None:
        """Choose the template and fill it in."""
        self.page.message.start("road-closure", dict(ROAD))
        self.until(self.page.broadcast.hold.isEnabled, self.why_not())

    def why_not(self) -> str:
        """Why the button cannot be held."""
        return self.page.broadcast.problems.text()

    def choose(self, *kinds: str) -> None:
        """Choose these channels and no others."""
        for row in self.page.broadcast.rows:
            row.box.setChecked(row.account.kind in kinds)

    def broadcast(self) -> AlertCard:
        """Hold the button by keyboard; the new card on the right."""
        pane = self.page.broadcast
        self.press("F4")
        self.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
        before = set(pane.cards)
        self.hold(lambda: self.page.sending.busy or set(pane.cards) - before)
        self.until(lambda: set(pane.cards) - before, "the card of the broadcast")
        (new,) = set(pane.cards) - before
        return pane.cards[new]

    def state(self, alert: Alert, kind: str) -> str:
        """What the screen says of one channel of an alert."""
        accounts = {each.account.kind: each.account.id for each in self.page.broadcast.rows}
        shown = self.page.broadcast.cards[alert.id].states.get(accounts[kind])
        return shown.text() if shown else ""

    def until_state(self, alert: Alert, kind: str, wanted: str) -> None:
        """Wait until the screen says so."""
        self.until(lambda: self.state(alert, kind) == wanted, f"{kind} to be {wanted}")

    def run_later(self) -> int:
        """Let the pauses asked for so far be over; returns how many there were."""
        return self.later.run()

    def restart(self) -> None:
        """Leave and come back to the start screen of a new run."""
        self.gone()
        self.console = Console(self.console.paths)
        self.window = self.console.window
        self.open_window()

    def gone(self) -> None:
        """Leave no thread and no window behind."""
        if not shiboken6.isValid(self.console.window):
            return
        self.console.window.leave()
        self.console.close()
        self.console.window.deleteLater()
        sweep()


SeatMaker = Callable[[], Seat]


def add_account(desk: LiveDesk, kind: str, operator: Operator, folder: Path) -> None:
    """Set up one of the simulated accounts."""
    name, values = account_values(folder)[kind]
    desk.administering.save_account(kind, name, values, operator)
