"""An officer at the real window, who only types, presses keys and clicks."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from crisisdesk import config
from tests.ui.hands import Hands, sweep
from ui.app import Console
from ui.console.alert_card import AlertCard
from ui.console.console_page import ConsolePage
from ui.dialogs.account_form import AccountForm
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.settings.accounts_page import AccountsPage

NAME = "Jo Officer"
PASSPHRASE = "four plain words here"


class Officer(Hands):
    """Drives one console over one data folder, from its start screen to its end."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.console = Console(config.paths(str(home)))
        super().__init__(qtbot, self.console.window)
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow, "the window to be active")

    @property
    def shown(self) -> object:
        """The page on screen."""
        return self.console.window.pages.currentWidget()

    @property
    def page(self) -> ConsolePage:
        """The console's page, signed in."""
        assert self.console.page is not None
        return self.console.page

    def first_run(self) -> AccountsPage:
        """Become this desk's first operator; the accounts page opens by itself."""
        self.click(self.console.start_page.live)
        self.until(lambda: isinstance(self.shown, FirstOperator), "the card for the first operator")
        card = self.shown
        assert isinstance(card, FirstOperator)
        self.type(card.name, NAME)
        self.type(card.passphrase, PASSPHRASE)
        self.type(card.again, PASSPHRASE)
        self.press("Return")
        self.until(lambda: isinstance(self.shown, AccountsPage), "the accounts page")
        assert isinstance(self.shown, AccountsPage)
        return self.shown

    def sign_in(self) -> None:
        """Sign in to a desk that has operators."""
        self.click(self.console.start_page.live)
        self.until(lambda: isinstance(self.shown, SignIn), "the sign-in card")
        card = self.shown
        assert isinstance(card, SignIn)
        assert card.name.currentText() == NAME
        self.type(card.passphrase, PASSPHRASE)
        self.press("Return")
        self.until(lambda: isinstance(self.shown, ConsolePage), "the console")

    def open_form(self, accounts: AccountsPage, kind: str, values: dict[str, str]) -> AccountForm:
        """Open the form for a new account and fill it in."""
        self.click(accounts.adders[kind])
        self.until(lambda: accounts.form and accounts.form.isVisible(), "the form")
        form = accounts.form
        assert form is not None
        for name, value in values.items():
            editor = form.findChild(QLineEdit, name)
            assert editor is not None, name
            self.type(editor, value)
        return form

    def check(self, form: AccountForm) -> str:
        """What the form's check says."""
        self.click(form.check)
        self.until(form.check.isEnabled, "the check to end")
        return form.notice.words

    def save(self, form: AccountForm) -> None:
        """Keep the account."""
        self.click(form.save)
        self.until(lambda: not form.isVisible(), "the form to close")

    def fill(self, values: dict[str, str]) -> None:
        """Type the fields of the message that are named."""
        editors = self.page.message.form.editors()
        for name, value in values.items():
            self.type(editors[name], value)

    def hold_to_broadcast(self) -> AlertCard:
        """Hold the button by keyboard; the new card on the right."""
        pane = self.page.broadcast
        self.press("F4")
        self.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
        before = set(pane.cards)
        self.hold(lambda: self.page.sending.busy or set(pane.cards) - before)
        self.until(lambda: set(pane.cards) - before, "the card of the broadcast")
        (new,) = set(pane.cards) - before
        return pane.cards[new]

    def states(self, alert_id: str) -> dict[str, str]:
        """What the screen says of each channel of an alert."""
        names = {each.id: each.name for each in self.page.desk.composing.accounts()}
        states = self.page.broadcast.cards[alert_id].states
        return {names[account]: state.text() for account, state in states.items()}

    def leave(self) -> None:
        """Close the window and say yes."""
        self.console.window.close()
        box = self.console.window.findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        self.click(box.button(QMessageBox.StandardButton.Close))
        self.until(lambda: not self.console.window.isVisible(), "the window to close")

    def gone(self) -> None:
        """Whatever happened, leave no thread and no window behind."""
        self.console.window.leave()
        self.console.close()
        self.console.window.deleteLater()
        sweep()
