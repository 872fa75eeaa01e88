"""A fire on a live desk, from the first start to what the public can see."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton

from crisisdesk.model.operator import Role
from tests.screenshots.outside import Outside, running
from tests.screenshots.people import posts
from tests.screenshots.stage import SECOND, SECOND_PASSPHRASE, SIZE, Stage
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.settings.accounts_page import AccountsPage

OFFICER = "Jo Officer"
ORGANISATION = "Riverside Council"
TALL = 1080
PASSPHRASE = "three words of chalk"
INCIDENT = "Wend Mill fire, Riverside"
FIRE = {"fire_site": "Wend Mill, Mill Lane", "roads_closed": "Mill Lane and Weir Street"}


def tell(stage: Stage) -> None:
    """Draw everything a live desk shows."""
    with running() as outside:
        stage.shoot("start")
        _enter(stage, outside)
        desk = stage.page.desk
        stage.shoot("console-empty")
        desk.intake.accept(posts(datetime.now(UTC)))
        stage.open_incident(INCIDENT)
        stage.page.mentions.focus()
        stage.shoot("console-templates")
        stage.fill("large-fire", FIRE | {"since_time": "", "next_update_at": ""})
        stage.shoot("console-not-ready")
        stage.fill("large-fire", FIRE)
        stage.page.broadcast.focus()
        stage.shoot("console-ready")
        stage.broadcast()
        stage.shoot("console-sent")
        stage.page.notice.hide()
        _shoot_states(stage)
        _follow_up(stage)
        _lock(stage)
        stage.close()


def enter_quickly(stage: Stage, outside: Outside, welsh_name: str = "Mastodon (Cymraeg)") -> None:
    """A desk with its operator and accounts, without looking around on the way."""
    stage.console.open_live()
    card = stage.current(FirstOperator)
    assert isinstance(card, FirstOperator)
    _sign_up(card)
    page = stage.current(AccountsPage)
    assert isinstance(page, AccountsPage)
    _add_accounts(stage, outside, welsh_name)
    page.done.emit()
    stage.current(ConsolePage)
    _hire(stage)


def _hire(stage: Stage) -> None:
    desk, operator = stage.page.desk, stage.page.operator
    desk.people.add_operator(SECOND, Role.APPROVER, SECOND_PASSPHRASE, operator)


def _enter(stage: Stage, outside: Outside) -> None:
    stage.console.open_live()
    card = stage.current(FirstOperator)
    assert isinstance(card, FirstOperator)
    stage.shoot("first-operator")
    card.name.setText(OFFICER)
    card.passphrase.setText("short")
    card.again.setText("short")
    card.go.click()
    stage.until("the refusal", lambda: card.notice.words)
    stage.shoot("first-operator-refused")
    _sign_up(card)
    page = stage.current(AccountsPage)
    assert isinstance(page, AccountsPage)
    stage.shoot("accounts-empty")
    _try_form(stage, page, outside)
    _add_accounts(stage, outside, "Mastodon (Cymraeg)")
    page.reload()
    stage.calm()
    for name in ("Bluesky", "Mastodon", "Press list"):
        _press_check(page, name)
    stage.shoot("accounts")
    page.done.emit()
    stage.current(ConsolePage)
    _hire(stage)


def _sign_up(card: FirstOperator) -> None:
    card.name.setText(OFFICER)
    card.organisation.setText(ORGANISATION)
    card.passphrase.setText(PASSPHRASE)
    card.again.setText(PASSPHRASE)
    card.go.click()


def _add_accounts(stage: Stage, outside: Outside, welsh_name: str) -> None:
    folder = stage.home / "alerts"
    desk, operator = stage.page.desk, stage.page.operator
    outside.add_accounts(desk.administering, operator, folder, welsh_name)


def _press_check(page: AccountsPage, name: str) -> None:
    for button in page.findChildren(QPushButton):
        if button.accessibleName() == f"Check {name}":
            button.click()


def _try_form(stage: Stage, page: AccountsPage, outside: Outside) -> None:
    page.adders["mastodon"].click()
    form = page.form
    assert form is not None
    for name, words in outside.mastodon_settings().items():
        _type(form, name, words)
    form.check.click()
    stage.until("a good check", lambda: form.notice.words.startswith("✓"))
    _type(form, "server", "https://social.example")  # where a reader's account would be
    stage.shoot("account-form-good", form)
    _type(form, "server", outside.mastodon)
    _type(form, "token", "mistyped")
    form.check.click()
    stage.until("a failed check", lambda: form.notice.words.startswith("!"))
    stage.shoot("account-form-failed", form)
    form.reject()
    for kind in ("email", "bluesky", "cap", "feed"):
        page.adders[kind].click()
        assert page.form is not None
        stage.shoot(f"account-form-{kind}", page.form)
        page.form.reject()


def _type(form: QDialog, name: str, words: str) -> None:
    line = form.findChild(QLineEdit, name)
    assert isinstance(line, QLineEdit)
    line.setText(words)


def _shoot_states(stage: Stage) -> None:
    """The pane alone, on a screen high enough to show every state at once."""
    window = stage.console.window
    window.resize(SIZE[0], TALL)
    stage.shoot("states", stage.page.broadcast)
    window.resize(*SIZE)


def _follow_up(stage: Stage) -> None:
    page = stage.page
    card = next(iter(page.broadcast.cards.values()))
    card.update_button.click()
    stage.until("the update", lambda: page.message.follows)
    page.message.form.set_value("what_changed", "smoke now reaches Station Road")
    page.message.form.set_value("next_update_at", "18:30")
    stage.shoot("console-update")
    stage.broadcast()
    page.notice.hide()
    stage.shoot("console-two-alerts")
    card = next(iter(page.broadcast.cards.values()))
    card.retract.click()
    stage.calm()
    (question,) = [each for each in page.findChildren(QDialog) if each.isVisible()]
    stage.shoot("retract", question)
    question.reject()
    page.log.note.setText("Not closing Station Road school yet: smoke is thinning there.")
    page.log.note.returnPressed.emit()
    page.log.verify.click()
    stage.shoot("console-verified")
    page.mentions.choose_lane("need")
    page.mentions.focus()
    stage.shoot("console-need")


def _lock(stage: Stage) -> None:
    stage.console.lock()
    card = stage.current(SignIn)
    assert isinstance(card, SignIn)
    stage.shoot("locked")
    card.passphrase.setText("wrong words here")
    card.go.click()
    stage.until("the refusal", lambda: card.notice.words)
    stage.shoot("locked-refused")
