"""Locking the desk: the passphrase is asked again, and the work goes on behind it."""

from PySide6.QtCore import QObject, Signal

from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn
from ui.main_window import MainWindow
from ui.tasks import Tasks


def why_not(page: ConsolePage, window: MainWindow) -> str:
    """Why the desk cannot be locked now; "" when it can."""
    if page.desk.mode is Mode.EXERCISE:
        return "An exercise is never locked."
    locked = isinstance(window.pages.currentWidget(), SignIn)
    return "It is locked already." if locked else ""


class Locking(QObject):
    """One lock over a console's page: `unlocked` brings the card that is to go."""

    unlocked = Signal(object)

    def __init__(self, page: ConsolePage, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(page)
        self._page = page
        operator, people = page.operator, page.desk.people
        tasks.read(lambda: people.signed_out(operator, "locked"))
        page.calls.calling.discreet = True
        window.warn("")
        self._card = SignIn(people, tasks, [operator], locked_for=operator)
        self._card.signed_in.connect(self._unlock)
        if page.foreign.in_short()[0]:
            self._card.notice.problem(*page.foreign.in_short())
        page.foreign.alarmed.connect(self._card.notice.problem)
        window.show_page(self._card, "CrisisDesk – locked")
        self._card.passphrase.setFocus()

    def _unlock(self, operator: Operator) -> None:
        self._page.operator = operator  # with the role as it is now
        self._page.calls.calling.discreet = False
        self.unlocked.emit(self._card)
        self.deleteLater()
