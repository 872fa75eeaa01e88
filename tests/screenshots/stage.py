"""A console on an invisible screen, and a camera in front of it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from crisisdesk import config
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.draft import Draft
from ui.app import Console
from ui.console.approval_card import ApprovalCard
from ui.console.console_page import ConsolePage
from ui.theme import Theme

SIZE = (1366, 768)
"""Logical pixels of a picture: the smallest screen the console is made for."""

SETTINGS = """\
watch_terms = ["Wend Mill", "RiversideFire"]
places = ["Mill Lane", "Weir Street", "Lower Town", "Riverside"]
"""
SECOND, SECOND_PASSPHRASE = "A. Second", "four words of slate"
DEADLINE = 60.0
CALM_SECONDS = 0.6
"""How long the screen is left alone before a picture: timers of up to half a second feed it."""

MOVING = frozenset({DeliveryState.PREPARED, DeliveryState.SENDING, DeliveryState.RETRYING})


class Stage:
    """One console in a data folder of its own. `shoot` writes a picture into `out`."""

    def __init__(self, out: Path, theme: str, suffix: str) -> None:
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self.app = app
        Theme.apply(app, theme)
        self.out = out.absolute()
        self._ending = f"{theme}{suffix}"
        self.home = Path(tempfile.mkdtemp(prefix="crisisdesk-pictures-"))
        paths = config.Paths(self.home / "riverside")
        paths.home.mkdir(mode=0o700)
        paths.settings.write_text(SETTINGS, encoding="utf-8")
        self.console = Console(paths)
        self.console.window.resize(*SIZE)
        self.console.window.show()

    @property
    def page(self) -> ConsolePage:
        """The console page, once a desk is open."""
        assert self.console.page is not None
        return self.console.page

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Let the screen live until something holds. Raises TimeoutError naming it."""
        end = time.monotonic() + DEADLINE
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"never came: {what}")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def calm(self) -> None:
        """Let everything that was begun reach the screen."""
        end = time.monotonic() + CALM_SECONDS
        self.until("a calm screen", lambda: time.monotonic() > end)

    def current(self, kind: type[QWidget]) -> QWidget:
        """The page on show, waited for."""
        pages = self.console.window.pages
        self.until(kind.__name__, lambda: isinstance(pages.currentWidget(), kind))
        page = pages.currentWidget()
        assert page is not None
        return page

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Draw the window, or one dialog, into a file."""
        self.calm()
        file = self.out / f"{name}-{self._ending}.png"
        if not (widget or self.console.window).grab().save(str(file)):
            raise OSError(f"cannot write {file}")

    def fill(self, template_id: str, values: dict[str, str] | None = None) -> None:
        """Choose a template and fill in its examples, or the values given."""
        message = self.page.message
        message.start(template_id)
        assert message.template is not None
        for field in message.template.fields:
            if field.name in message.form.editors():
                words = (values or {}).get(field.name, field.default or field.example)
                message.form.set_value(field.name, words)

    def open_incident(self, name: str) -> None:
        """Open an incident and wait for it."""
        self.page.choose_incident(self.page.desk.composing.open_incident(name, self.page.operator))
        self.calm()

    def ask(self) -> ApprovalCard:
        """Hold the button of a message that needs a second person; its card in the queue."""
        area = self.page.broadcast.approvals
        self.page.broadcast.hold.held.emit()
        self.until("the card", lambda: area.cards)
        return area.cards[0]

    def agree(self, card: ApprovalCard) -> ApprovalCard:
        """The second person signs; the card as it is then."""
        desk, area = self.page.desk, self.page.broadcast.approvals
        request = card.waiting.request.id
        if isinstance(desk, ExerciseDesk):
            desk.approve(request)
        else:
            approver = next(each for each in desk.people.operators() if each.role.may_approve)
            desk.approving.sign(request, approver.id, SECOND_PASSPHRASE)
        self.until("the approval", lambda: area.cards and area.cards[0].waiting.approved)
        return area.cards[0]

    def broadcast(self) -> None:
        """Send what is filled in and wait until every channel has come to rest."""
        draft = self.page.draft()
        assert isinstance(draft, Draft)
        before = len(self.page.desk.dispatch.recent())
        if "ASK" in self.page.broadcast.hold.text():
            self.agree(self.ask()).hold.held.emit()
        else:
            self.page.broadcast.hold.held.emit()
        self.until("the broadcast", lambda: len(self._past()) > before)
        self.until("the deliveries", lambda: not self._moving())

    def _past(self) -> list[list[DeliveryState]]:
        recent = self.page.desk.dispatch.recent()
        return [[each.state for each in deliveries] for _, deliveries in recent]

    def _moving(self) -> bool:
        return any(state in MOVING for states in self._past() for state in states)

    def close(self) -> None:
        """End as the program does, and leave nothing behind."""
        self.console.window.leave()
        self.console.close()
        os.chdir(self.out)
        shutil.rmtree(self.home)
