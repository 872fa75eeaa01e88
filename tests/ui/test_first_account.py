"""The guided first account: by keyboard, nothing lost on the way, kept only when it works."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from crisisdesk.model.operator import Role
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.world import MASTODON_HOST, TOKEN
from tests.ui.seat import PASSPHRASE, Seat, account_values
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import FirstOperator
from ui.settings.account_guides import GUIDES, guide_to, still_advised
from ui.settings.account_step import AccountStep
from ui.settings.accounts_page import AccountsPage
from ui.settings.first_account import FirstAccount
from ui.settings.people_page import PeoplePage

SERVER = f"https://{MASTODON_HOST}"


class Newcomer:
    """Somebody at a fresh desk, who reads and presses keys."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        seat.click(seat.console.start_page.live)
        seat.until(lambda: isinstance(seat.shown, FirstOperator), "the first operator")
        card = seat.shown
        assert isinstance(card, FirstOperator)
        for line, words in (
            (card.name, "Jo Officer"),
            (card.organisation, "Riverside Council"),
            (card.passphrase, PASSPHRASE),
            (card.again, PASSPHRASE),
        ):
            seat.type(line, words)
        seat.press("Return")
        seat.until(lambda: isinstance(seat.shown, FirstAccount), "the guide")

    @property
    def guide(self) -> FirstAccount:
        """The conversation."""
        assert isinstance(self.seat.shown, FirstAccount)
        return self.seat.shown

    def choose(self, kind: str) -> AccountStep:
        """Choose by keyboard."""
        self.seat.until(self.guide.choices[kind].isVisible, "the choices")
        self.guide.choices[kind].setFocus()
        self.seat.press("Return")
        step = self.guide.steps[kind]
        self.seat.until(step.isVisible, "the form")
        return step

    def fill(self, step: AccountStep, values: dict[str, str]) -> None:
        """Type every field."""
        for name, value in values.items():
            self.seat.type(step.fields.editors[name], value)

    def until_kept(self) -> None:
        """Wait for the page after it was kept."""
        self.seat.until(self.guide.kept.isVisible, "the account to be kept")

    @property
    def rows(self) -> list[str]:
        """The channels as the console shows them."""
        return [each.box.text() for each in self.seat.page.broadcast.rows]

    @property
    def accounts(self) -> list[str]:
        """The names of what is set up."""
        return [each.name for each in self.seat.desk.administering.accounts()]


@pytest.fixture
def newcomer(new_seat: Seat) -> Iterator[Newcomer]:
    """After the first operator, before any account."""
    return Newcomer(new_seat)


def words(root: QWidget) -> str:
    return "\n".join(each.text() for each in root.findChildren(QLabel) if each.isVisible())


def test_from_nothing_to_a_checked_account_by_keyboard_alone(newcomer: Newcomer) -> None:
    seat, guide = newcomer.seat, newcomer.guide
    seat.until(lambda: QApplication.focusWidget() is guide.choices["mastodon"], "the first choice")
    seat.press("Return")
    step = guide.steps["mastodon"]
    seat.until(lambda: QApplication.focusWidget() is step.fields.editors["server"], "the server")
    seat.write(SERVER)
    seat.press("Tab")
    seat.write(TOKEN)
    seat.press("Return")
    newcomer.until_kept()
    assert newcomer.accounts == ["Mastodon"]
    assert guide.headline.text() == "Mastodon works"
    assert "Signed in as @riverside" in guide.verdict.text()
    assert "1 of 3 channels" in guide.advice.text()
    assert QApplication.focusWidget() is guide.another
    seat.until(lambda: newcomer.rows == ["Mastodon"], "the console to know it")
    seat.click(guide.console)
    seat.until(lambda: isinstance(seat.shown, ConsolePage), "the console")


@pytest.mark.parametrize("kind", ["bluesky", "email", "cap", "feed"])
def test_every_kind_is_kept_after_its_check(newcomer: Newcomer, kind: str) -> None:
    values = account_values(newcomer.seat.folder)[kind][1]
    if kind == "cap":
        Path(values["folder"]).mkdir()
    step = newcomer.choose(kind)
    newcomer.fill(step, values)
    newcomer.seat.click(step.go)
    newcomer.until_kept()
    (account,) = newcomer.seat.desk.administering.accounts()
    assert account.kind == kind
    assert newcomer.seat.desk.administering.unchecked() == frozenset()


def test_what_is_missing_is_said_beside_its_field(newcomer: Newcomer) -> None:
    step = newcomer.choose("mastodon")
    newcomer.seat.type(step.fields.editors["server"], "our server")
    newcomer.seat.click(step.go)
    assert "no web address" in step.fields.problems["server"].text()
    assert step.fields.problems["token"].text() == "! Access token is empty."
    assert QApplication.focusWidget() is step.fields.editors["server"]
    assert "no web address" in step.fields.editors["server"].accessibleDescription()
    newcomer.seat.type(step.fields.editors["server"], SERVER)
    assert not step.fields.problems["server"].isVisible()
    assert newcomer.accounts == []


def test_a_network_that_says_no_keeps_nothing(newcomer: Newcomer) -> None:
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": "wrong"})
    newcomer.seat.click(step.go)
    newcomer.seat.until(step.notice.isVisible, "the refusal")
    assert "refused the token" in step.notice.words
    assert "Copy the whole token again" in step.notice.words
    assert not step.keep.isVisible()
    assert newcomer.accounts == []
    newcomer.seat.type(step.fields.editors["token"], TOKEN)
    newcomer.seat.click(step.go)
    newcomer.until_kept()


def test_when_nobody_answers_it_may_be_kept_and_is_marked(newcomer: Newcomer) -> None:
    seat = newcomer.seat
    seat.world.mastodon.faults.add(Fault("refuse", times=-1))
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": TOKEN})
    seat.click(step.go)
    seat.until(step.keep.isVisible, "the offer")
    assert newcomer.accounts == []
    seat.click(step.keep)
    newcomer.until_kept()
    assert newcomer.guide.headline.text() == "Mastodon is kept, not checked"
    assert "do not count on it yet" in newcomer.guide.verdict.text()
    seat.until(lambda: newcomer.rows == ["Mastodon (not checked)"], "the mark at the console")
    seat.console.open_settings()
    page = seat.shown
    assert isinstance(page, AccountsPage)
    seat.until(lambda: "! Not checked yet" in words(page), "the mark in the list")
    seat.world.mastodon.faults.clear()
    (account,) = seat.desk.administering.accounts()
    assert seat.desk.administering.check_account(account).ok
    seat.until(lambda: newcomer.rows == ["Mastodon"], "the mark to go")


def test_back_and_leaving_lose_nothing_that_was_typed(newcomer: Newcomer) -> None:
    seat, guide = newcomer.seat, newcomer.guide
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": "half a tok"})
    seat.click(step.back)
    assert guide.choosing.isVisible()
    assert QApplication.focusWidget() is guide.choices["mastodon"]
    mail = newcomer.choose("email")
    newcomer.fill(mail, {"host": "smtp.example"})
    seat.press("Esc")
    seat.until(guide.choosing.isVisible, "the choices")
    seat.press("Esc")
    seat.until(lambda: isinstance(seat.shown, ConsolePage), "the console")
    seat.press("F4")
    seat.press("Return")
    seat.until(lambda: seat.shown is guide, "the guide again")
    again = newcomer.choose("mastodon")
    assert again.fields.values() == {"server": SERVER, "token": "half a tok", "hashtags": ""}
    assert guide.steps["email"].fields.values()["host"] == "smtp.example"


def test_what_comes_after_going_back_keeps_nothing(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, administering = newcomer.seat, newcomer.seat.desk.administering
    check, answers = administering.check, []

    def noted(kind: str, values: dict[str, str]) -> object:
        answers.append(check(kind, values))
        return answers[-1]

    monkeypatch.setattr(administering, "check", noted)
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": TOKEN})
    step.check()
    step.back.click()
    seat.until(lambda: answers, "the answer")
    assert answers[0].ok
    newcomer.choose("mastodon")
    assert newcomer.accounts == []
    assert step.go.isEnabled()


def test_a_kept_secret_is_nowhere_on_screen_or_disk(newcomer: Newcomer) -> None:
    step = newcomer.choose("mastodon")
    token = step.fields.editors["token"]
    assert isinstance(token, QLineEdit)
    assert token.echoMode() is QLineEdit.EchoMode.Password
    newcomer.fill(step, {"server": SERVER, "token": TOKEN})
    newcomer.seat.click(step.go)
    newcomer.until_kept()
    assert "mastodon" not in newcomer.guide.steps
    home = newcomer.seat.console.paths.home
    kept = [each for each in home.rglob("*") if each.is_file()]
    assert kept
    assert not [each for each in kept if TOKEN.encode() in each.read_bytes()]
    (account,) = newcomer.seat.desk.administering.accounts()
    assert newcomer.seat.secrets.get(f"{account.id}/token") == TOKEN


def test_a_secret_that_cannot_be_kept_is_said(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_name: str, _value: str) -> None:
        raise OSError("the keyring is locked")

    monkeypatch.setattr(newcomer.seat.secrets, "set", locked)
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": TOKEN})
    newcomer.seat.click(step.go)
    newcomer.seat.until(step.notice.isVisible, "the reason")
    assert newcomer.accounts == []
    assert step.fields.values()["token"] == TOKEN


def test_another_and_a_second_person_are_one_press_away(newcomer: Newcomer) -> None:
    seat, guide = newcomer.seat, newcomer.guide
    step = newcomer.choose("mastodon")
    newcomer.fill(step, {"server": SERVER, "token": TOKEN})
    seat.click(step.go)
    newcomer.until_kept()
    assert "second person" in words(guide)
    seat.click(guide.another)
    assert guide.choosing.isVisible()
    assert newcomer.choose("mastodon").fields.values()["token"] == ""
    guide.people_asked.emit()
    seat.until(lambda: isinstance(seat.shown, PeoplePage), "people")


def test_all_channels_are_one_press_away(newcomer: Newcomer) -> None:
    newcomer.seat.click(newcomer.guide.all)
    newcomer.seat.until(lambda: isinstance(newcomer.seat.shown, AccountsPage), "all channels")


def test_a_desk_that_has_channels_goes_straight_to_the_console(new_seat: Seat) -> None:
    new_seat.prepare()
    assert new_seat.shown is not new_seat.take()
    new_seat.until(lambda: isinstance(new_seat.shown, ConsolePage), "the console")
    new_seat.page.settings_asked.emit()
    assert isinstance(new_seat.shown, AccountsPage)


def test_who_may_not_configure_is_not_led_there(new_seat: Seat) -> None:
    desk = new_seat._open(new_seat.console.paths)
    desk.people.add_operator("Ada", Role.ADMINISTRATOR, PASSPHRASE)
    ada = desk.people.sign_in("Ada", PASSPHRASE)
    desk.people.add_operator("Sam", Role.SENDER, PASSPHRASE, ada)
    desk.close()
    new_seat.click(new_seat.console.start_page.live)
    new_seat.until(lambda: hasattr(new_seat.shown, "passphrase"), "the sign-in card")
    card = new_seat.shown
    new_seat.type(card.name, "Sam")  # type: ignore[attr-defined]
    new_seat.type(card.passphrase, PASSPHRASE)  # type: ignore[attr-defined]
    new_seat.press("Return")
    new_seat.until(lambda: isinstance(new_seat.shown, ConsolePage), "the console")


def test_every_kind_has_a_guide_and_every_field_a_name(newcomer: Newcomer) -> None:
    for kind in newcomer.seat.desk.administering.kinds():
        guide = guide_to(kind)
        assert guide is GUIDES[kind.kind]
        assert guide.what
        assert len(guide.steps) >= 3
        assert all(step.endswith(".") for step in guide.steps)
        newcomer.guide.open_step(kind)
        for editor in newcomer.guide.steps[kind.kind].fields.editors.values():
            assert isinstance(editor, QLineEdit | QComboBox)
            assert editor.accessibleName()


def test_three_different_channels_are_enough() -> None:
    assert still_advised([]) == 3
    assert still_advised(["mastodon", "mastodon"]) == 2
    assert still_advised(["mastodon", "email", "cap", "bluesky"]) == 0
