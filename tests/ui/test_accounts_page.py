"""Channels are added, changed, checked and removed on one page, with words for what fails."""

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton

from crisisdesk.model.operator import Operator, Role
from crisisdesk.simnet.faults import Fault
from tests.ui.seat import Seat, account_values
from ui.dialogs.account_form import AccountForm
from ui.settings.accounts_page import AccountsPage


@pytest.fixture
def accounts(seat: Seat) -> AccountsPage:
    """The page over the open desk, with its list read."""
    seat.page.settings_asked.emit()
    seat.until(lambda: isinstance(seat.shown, AccountsPage), "the page")
    page = seat.shown
    assert isinstance(page, AccountsPage)
    seat.until(lambda: "Mastodon" in words(page), "the list")
    return page


def words(page: AccountsPage) -> str:
    """Everything the page says."""
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def press(seat: Seat, page: AccountsPage, name: str, text: str) -> None:
    """Press a button on an account's card."""
    cards = [each for each in page.findChildren(QLabel) if each.text() == name and each.isVisible()]
    card = cards[0].parentWidget()
    assert card is not None
    buttons = [each for each in card.findChildren(QPushButton) if each.text() == text]
    seat.click(buttons[0])


def form_of(seat: Seat, page: AccountsPage) -> AccountForm:
    """The form that is open."""
    seat.until(lambda: page.form and page.form.isVisible(), "the form")
    assert page.form is not None
    return page.form


def fill(seat: Seat, form: AccountForm, values: dict[str, str]) -> None:
    """Type into the form."""
    for name, value in values.items():
        editor = form.findChild(QLineEdit, name)
        if editor is not None:
            seat.type(editor, value)


def test_an_account_is_added_checked_and_used(seat: Seat, accounts: AccountsPage) -> None:
    name, values = account_values(seat.folder)["feed"]
    seat.click(accounts.adders["feed"])
    form = form_of(seat, accounts)
    fill(seat, form, values)
    seat.type(form.name, name)
    seat.click(form.check)
    seat.until(lambda: form.notice.words.startswith("✓"), "the check")
    seat.click(form.save)
    seat.until(lambda: name in words(accounts), "the new account in the list")
    seat.world.feed.publish("a", "Flood warning", "River Wend is rising")
    seat.desk.listen()
    seat.until(lambda: seat.page.mentions.model.rowCount() == 1, "what it says")


def test_every_kind_can_be_added(seat: Seat, accounts: AccountsPage) -> None:
    assert set(accounts.adders) == {each.kind for each in seat.desk.administering.kinds()}
    for kind, adder in accounts.adders.items():
        seat.click(adder)
        form = form_of(seat, accounts)
        assert form.findChildren(QLineEdit)
        about = seat.desk.administering.kind(kind)
        assert set(form.values()) == {field.name for field in about.fields}
        form.reject()


def test_a_check_publishes_nothing_and_says_what_is_wrong(
    seat: Seat, accounts: AccountsPage
) -> None:
    seat.click(accounts.adders["mastodon"])
    form = form_of(seat, accounts)
    _, values = account_values(seat.folder)["mastodon"]
    fill(seat, form, {**values, "token": "wrong"})
    seat.click(form.check)
    seat.until(lambda: form.notice.words.startswith("!"), "the refusal")
    assert "token" in form.notice.words
    fill(seat, form, values)
    seat.click(form.check)
    seat.until(lambda: form.notice.words.startswith("✓"), "the check")
    assert list(seat.world.mastodon.statuses) == []
    assert not any(line.startswith("POST") for line in seat.world.mastodon.requests)
    form.reject()


def test_an_empty_form_is_refused_in_words(seat: Seat, accounts: AccountsPage) -> None:
    seat.click(accounts.adders["email"])
    form = form_of(seat, accounts)
    seat.click(form.save)
    seat.until(form.notice.isVisible, "what is missing")
    assert "Mail server is empty" in form.notice.words
    assert form.isVisible()
    assert form.save.isEnabled()
    form.reject()


def test_secrets_are_hidden_and_never_shown_again(seat: Seat, accounts: AccountsPage) -> None:
    press(seat, accounts, "Mastodon", "Change…")
    form = form_of(seat, accounts)
    token = form.findChild(QLineEdit, "token")
    assert token is not None
    assert token.text() == ""
    assert token.placeholderText() == "unchanged"
    assert token.echoMode() is QLineEdit.EchoMode.Password
    seat.click(form.check)
    seat.until(lambda: form.notice.words.startswith("✓"), "the check with the kept secret")
    form.reject()


def test_a_changed_account_keeps_its_secret(seat: Seat, accounts: AccountsPage) -> None:
    press(seat, accounts, "Mastodon", "Change…")
    form = form_of(seat, accounts)
    seat.type(form.name, "Council on Mastodon")
    seat.click(form.save)
    seat.until(lambda: "Council on Mastodon" in words(accounts), "the new name")
    press(seat, accounts, "Council on Mastodon", "Check")
    seat.until(lambda: "Nothing was published" in words(accounts), "the check")
    rows = seat.page.broadcast
    seat.until(
        lambda: "Council on Mastodon" in [row.account.name for row in rows.rows], "the console"
    )


def test_a_check_of_an_account_that_fails_says_so_beside_it(
    seat: Seat, accounts: AccountsPage
) -> None:
    seat.world.mastodon.faults.add(Fault("refuse", times=-1))
    press(seat, accounts, "Mastodon", "Check")
    seat.until(lambda: "! " in words(accounts), "the verdict")
    assert "reached" in words(accounts)


def test_removing_asks_first(seat: Seat, accounts: AccountsPage) -> None:
    def answer(button: QMessageBox.StandardButton) -> None:
        press(seat, accounts, "CAP feed", "Remove…")
        boxes = [each for each in accounts.findChildren(QMessageBox) if each.isVisible()]
        assert boxes[0].defaultButton() is boxes[0].button(QMessageBox.StandardButton.Cancel)
        seat.click(boxes[0].button(button))

    answer(QMessageBox.StandardButton.Cancel)
    assert len(seat.desk.administering.accounts()) == 4
    answer(QMessageBox.StandardButton.Yes)
    seat.until(lambda: "CAP feed" not in words(accounts).splitlines(), "the account to go")
    assert len(seat.desk.administering.accounts()) == 3
    seat.until(lambda: len(seat.page.broadcast.rows) == 3, "the console to follow")


def test_what_its_network_refuses_is_not_kept(seat: Seat, accounts: AccountsPage) -> None:
    press(seat, accounts, "Mastodon", "Change…")
    form = form_of(seat, accounts)
    fill(seat, form, {"token": "wrong"})
    seat.click(form.save)
    seat.until(lambda: form.notice.words.startswith("!"), "the refusal")
    assert not form.keep.isVisible(), "it was reached: waiting helps nobody"
    assert form.isVisible()
    form.reject()
    press(seat, accounts, "Mastodon", "Check")
    seat.until(lambda: "Nothing was published" in words(accounts), "the old token, still kept")


def test_where_nobody_answers_it_is_kept_with_a_mark(seat: Seat, accounts: AccountsPage) -> None:
    seat.world.mastodon.faults.add(Fault("refuse", times=-1))
    press(seat, accounts, "Mastodon", "Change…")
    form = form_of(seat, accounts)
    fill(seat, form, account_values(seat.folder)["mastodon"][1])
    seat.click(form.save)
    seat.until(form.keep.isVisible, "the offer to keep it all the same")
    seat.click(form.keep)
    seat.until(lambda: "! Not checked yet" in words(accounts), "the mark in the list")
    press(seat, accounts, "Mastodon", "Change…")
    form = form_of(seat, accounts)
    seat.type(form.name, "Council on Mastodon")
    seat.click(form.save)
    seat.until(lambda: "Council on Mastodon" in words(accounts), "the new name, without a check")
    assert "! Not checked yet" in words(accounts), "a name proves nothing"


def test_who_may_not_configure_is_told(seat: Seat) -> None:
    viewer = Operator("v", "Vic", Role.SENDER)
    page = AccountsPage(seat.desk, seat.console.tasks, viewer)
    seat.window.show_page(page)
    seat.until(lambda: "CAP feed" in words(page), "the list")
    seat.click(page.adders["cap"])
    form = form_of(seat, page)
    fill(seat, form, account_values(seat.folder)["cap"][1])
    seat.click(form.save)
    seat.until(form.notice.isVisible, "the refusal")
    assert "administrator" in form.notice.words
    form.reject()
    assert len(seat.desk.administering.accounts()) == 4


def test_done_leads_back(seat: Seat, accounts: AccountsPage) -> None:
    seat.click(accounts.continue_button)
    seat.until(lambda: seat.shown is seat.page, "the console")
