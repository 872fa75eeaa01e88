"""From the first start to accounts that work, and the same desk locked."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from crisisdesk.rules.exercise.improving import Improvement
from tests.gallery.networks import mastodon_settings
from tests.gallery.stage import Stage, type_into
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.settings.accounts_page import AccountsPage
from ui.settings.first_account import FirstAccount
from ui.start.actions_sheet import ActionsSheet
from ui.start.offers import Agreed, read_offers

TWO_LANGUAGES = (
    "Die Rufbereitschaft der Stadtentwässerungsbetriebe im Sprechzettel aufführen, a gofyn i'r "
    "Gwasanaethau Democrataidd a Chyfathrebu ddiweddaru'r rhestr bob chwarter"
)
AGREED = (
    ("Print the numbers of the night team", "A. Second", "2026-01-05"),
    (TWO_LANGUAGES, "Jo Officer", "2026-12-31"),
    ("Drill the approval by telephone", "Jo Officer", "2026-02-14", True),
)
LATE = ("Jo Officer: last drill 40 days ago, 10 days overdue", "1 improvement action is overdue")

DRAWS = (
    "start",
    "actions",
    "first-operator",
    "first-account",
    "accounts",
    "account-form",
    "console-empty",
    "locked",
)


def tell(stage: Stage) -> None:
    """Draw what somebody sees who never was here."""
    stage.shoot("start")
    _look_at_actions(stage)
    _enter(stage)
    stage.shoot("console-empty")
    _lock(stage)


def _enter(stage: Stage) -> None:
    stage.console.workers.reading.clear()
    stage.console.open_live()
    stage.shoot("start-opening", calm=False)
    stage.console.workers.reading.set()
    card = stage.current(FirstOperator)
    assert isinstance(card, FirstOperator)
    stage.shoot("first-operator")
    card.name.setText("Jo Officer")
    card.passphrase.setText("short")
    card.again.setText("short")
    card.go.click()
    stage.until("the refusal", lambda: card.notice.words)
    stage.shoot("first-operator-refused")
    stage.sign_up(card)
    _look_at_guide(stage)
    page = stage.current(AccountsPage)
    assert isinstance(page, AccountsPage)
    stage.shoot("accounts-empty")
    _try_form(stage, page)
    stage.add_accounts()
    page.reload()
    stage.calm()
    for name in ("Bluesky", "Mastodon", "Press list"):
        _press_check(page, name)
    stage.shoot("accounts")
    page.done.emit()
    stage.current(ConsolePage)
    stage.hire()


def _look_at_guide(stage: Stage) -> None:
    guide = stage.current(FirstAccount)
    assert isinstance(guide, FirstAccount)
    stage.shoot("first-account")
    guide.choices["mastodon"].click()
    guide.steps["mastodon"].go.click()
    stage.shoot("first-account-mastodon")
    guide.steps["mastodon"].back.click()
    guide.all_asked.emit()


def _press_check(page: AccountsPage, name: str) -> None:
    for button in page.findChildren(QPushButton):
        if button.accessibleName() == f"Check {name}":
            button.click()


def _try_form(stage: Stage, page: AccountsPage) -> None:
    page.adders["mastodon"].click()
    form = page.form
    assert form is not None
    stage.shoot("account-form-mastodon", form)
    for name, words in mastodon_settings().items():
        type_into(form, name, words)
    form.check.click()
    stage.until("a good check", lambda: form.notice.words.startswith("✓"))
    stage.shoot("account-form-good", form)
    type_into(form, "token", "mistyped")
    form.check.click()
    stage.until("a failed check", lambda: form.notice.words.startswith("!"))
    stage.shoot("account-form-failed", form)
    form.reject()
    for kind in ("email", "bluesky", "cap", "feed"):
        page.adders[kind].click()
        assert page.form is not None
        stage.shoot(f"account-form-{kind}", page.form)
        page.form.reject()


def _lock(stage: Stage) -> None:
    stage.console.lock()
    card = stage.current(SignIn)
    assert isinstance(card, SignIn)
    stage.shoot("locked")
    card.passphrase.setText("wrong words here")
    card.go.click()
    stage.until("another try", lambda: card.notice.words and card.go.isEnabled())
    stage.shoot("locked-refused")


def _look_at_actions(stage: Stage) -> None:
    page, paths = stage.console.start_page, stage.console.paths
    page.show_offers(replace(read_offers(paths), practice=LATE, agreed=True))
    stage.calm()
    stage.shoot("start-practised")
    agreed = [_agreed(*each) for each in AGREED]
    sheet = ActionsSheet(page, stage.console.tasks, agreed, stage.clock.now().date())
    sheet.open()
    stage.shoot("actions", sheet)
    sheet.reject()
    page.show_offers(read_offers(paths))
    stage.calm()


def _agreed(action: str, owner: str, due: str, done: bool = False) -> Agreed:
    what = Improvement(action, owner, due, done)
    return Agreed(Path("20260203-120000-night-flood"), "night-flood, 3 Feb 2026", what)
