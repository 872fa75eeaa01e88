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
from ui.dialogs.approve import ApproveDialog
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.settings.accounts_page import AccountsPage
from ui.settings.first_account import FirstAccount
from ui.settings.people_page import PeoplePage
from ui.settings.settings_page import SettingsPage

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
        """The page on screen; of the settings, the section that is open."""
        page = self.console.window.pages.currentWidget()
        return page.section if isinstance(page, SettingsPage) else page

    @property
    def page(self) -> ConsolePage:
        """The console's page, signed in."""
        assert self.console.page is not None
        return self.console.page

    def first_run(self) -> AccountsPage:
        """Become this desk's first operator; from the guide to the page of all accounts."""
        self.click(self.console.start_page.live)
        self.until(lambda: isinstance(self.shown, FirstOperator), "the card for the first operator")
        card = self.shown
        assert isinstance(card, FirstOperator)
        self.type(card.name, NAME)
        self.type(card.passphrase, PASSPHRASE)
        self.type(card.again, PASSPHRASE)
        self.press("Return")
        self.until(lambda: isinstance(self.shown, FirstAccount), "the guide to a first channel")
        assert isinstance(self.shown, FirstAccount)
        self.click(self.shown.all)
        self.until(lambda: isinstance(self.shown, AccountsPage), "the accounts page")
        assert isinstance(self.shown, AccountsPage)
        return self.shown

    def sign_in(self) -> None:
        """Sign in to a desk that has operators."""
        self.click(self.console.start_page.live)
        self.until(lambda: isinstance(self.shown, SignIn), "the sign-in card")
        card = self.shown
        assert isinstance(card, SignIn)
        self.type(card.name, NAME)
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

    def hire(self, name: str, passphrase: str) -> None:
        """Add a second person, who approves."""
        self.console.open_people()
        self.until(lambda: isinstance(self.shown, PeoplePage), "the page of people")
        people = self.shown
        assert isinstance(people, PeoplePage)
        self.type(people.name, name)
        self.type(people.passphrase, passphrase)
        self.click(people.add)
        self.until(lambda: name in people.notice.words, "the second person")
        self.press("Escape")
        self.until(lambda: self.shown is self.page, "the console")

    def hold_to_broadcast(self) -> AlertCard:
        """Hold the button by keyboard; the new card on the right."""
        pane = self.page.broadcast
        self.press("F4")
        self.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
        before = set(pane.cards)
        self.hold(lambda: self.page.sending.busy or set(pane.cards) - before)
        return self._new_card(before)

    def ask(self) -> None:
        """Hold the button of a message that needs a second person."""
        pane = self.page.broadcast
        assert "ASK A SECOND PERSON" in pane.hold.text()
        self.press("F4")
        self.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
        self.hold(lambda: pane.approvals.cards)

    def agree(self, passphrase: str) -> None:
        """The second person types their passphrase, by keyboard from F7 on."""
        area = self.page.broadcast.approvals
        self.press("F7")
        self.until(
            lambda: QApplication.focusWidget() is area.cards[0].decide, "the keyboard on Approve"
        )
        self.press("Space")
        self.until(lambda: self.page.findChildren(ApproveDialog), "the dialog")
        dialog = self.page.findChildren(ApproveDialog)[-1]
        self.until(lambda: QApplication.focusWidget() is dialog.passphrase, "the keyboard in it")
        self.write(passphrase)
        self.press("Return")
        self.until(lambda: area.cards and area.cards[0].waiting.approved, dialog.notice.words)

    def send_approved(self) -> AlertCard:
        """Hold the button of the approved message; the new card on the right."""
        pane = self.page.broadcast
        before = set(pane.cards)
        self.press("F7")
        hold = pane.approvals.cards[0].hold
        self.until(lambda: QApplication.focusWidget() is hold, "the keyboard on the button")
        self.hold(lambda: self.page.sending.busy or set(pane.cards) - before)
        return self._new_card(before)

    def _new_card(self, before: set[str]) -> AlertCard:
        pane = self.page.broadcast
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
