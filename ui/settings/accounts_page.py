"""Channels and sources: what is set up, and the guide to add the first."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.desk import Desk
from crisisdesk.model.account import Account, AccountKind, CheckResult
from crisisdesk.model.operator import Operator
from crisisdesk.system.program_log import explained
from ui.dialogs.account_form import AccountForm
from ui.dialogs.once import open_once
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE, Theme
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, clear, column, label, pane, restyle, row, scrolling

WIDTH = 760


class AccountsPage(QWidget):
    """Lists the accounts with a check for each, and offers every kind that can be added."""

    done = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self.form: AccountForm | None = None
        self.notice = Notice()
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.continue_button = button("Go to the console", self.done.emit, "primary")
        inside = column(
            label("Channels and sources", "title"),
            label(
                "Where you speak and listen. “Check” tries an account and publishes nothing. "
                "Three independent channels are a good minimum.",
                "muted",
                wrap=True,
            ),
            self.notice,
        )
        inside.addLayout(self._make_organisation())
        inside.addLayout(self._list)
        inside.addWidget(label("ADD", "heading"))
        self.adders = {
            kind.kind: button(f"+ {kind.title}", partial(self.open_form, kind))
            for kind in desk.administering.kinds()
        }
        inside.addWidget(flowing(*self.adders.values()))
        inside.addStretch(1)
        inside.addLayout(row(None, self.continue_button))
        middle = QWidget()
        middle.setMaximumWidth(Theme.scaled(WIDTH))
        middle.setLayout(inside)
        inside.setContentsMargins(0, 24, 0, 24)
        whole = row(SPACE_PAGE, middle, None)
        whole.setStretch(1, 100)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(whole))
        self.reload()

    def _make_organisation(self) -> QHBoxLayout:
        """Who we are to the public: it stands in every message."""
        self.organisation = QLineEdit(self._desk.composing.organisation)
        self.organisation.setAccessibleName("Your organisation, as the public knows it")
        self.organisation.setPlaceholderText("as the public knows it")
        self.organisation.editingFinished.connect(self._name_organisation)
        box = row(label("Your organisation", "strong"), self.organisation)
        if self._desk.settings.organisation:
            self.organisation.setEnabled(False)
            box.addWidget(label("set for this computer, under This desk", "muted"))
        return box

    def _name_organisation(self) -> None:
        name = self.organisation.text().strip()
        if name and name != self._desk.composing.organisation:
            self._tasks.read(
                lambda: self._desk.administering.name_organisation(name, self._operator),
                lambda _: self.notice.good(f"Messages now say {name}."),
                self.notice.error,
            )

    def reload(self) -> None:
        """Read the accounts again."""
        administering = self._desk.administering
        self._tasks.read(lambda: (administering.accounts(), administering.unchecked()), self._show)

    def open_form(self, kind: AccountKind, account: Account | None = None) -> None:
        """Open the form to add or change an account."""
        self.form = AccountForm(
            self._desk.administering, self._tasks, self._operator, kind, account, self
        )
        self.form.accepted.connect(self.reload)
        self.form.open()

    def _show(self, found: tuple[list[Account], frozenset[str]]) -> None:
        accounts, unchecked = found
        clear(self._list)
        for account in accounts:
            self._list.addWidget(self._card(account, unchecked=account.id in unchecked))
        if not accounts:
            words = "Nothing is set up yet. Begin with the channel your public follows most."
            self._list.addWidget(label(words, "muted", wrap=True))

    def _card(self, account: Account, *, unchecked: bool) -> QWidget:
        kind = self._desk.administering.kind(account.kind)
        verdict = label("", "small", wrap=True)
        check = button("Check", lambda: self._check(account, verdict), "lane")
        check.setAccessibleName(f"Check {account.name}")
        change = button("Change…", lambda: self.open_form(kind, account), "lane")
        change.setAccessibleName(f"Change {account.name}")
        remove = button("Remove…", lambda: self._ask_remove(account), "danger")
        remove.setAccessibleName(f"Remove {account.name}")
        what = " and ".join(
            word for word, it in (("publishes", kind.publishes), ("listens", kind.listens)) if it
        )
        box = QVBoxLayout()
        about = column(
            label(account.name, "strong", wrap=True),
            label(f"{kind.title} · {what}", "muted", wrap=True),
            space=0,
        )
        top = row(check, change, remove)
        top.insertLayout(0, about, 1)
        box.addLayout(top)
        box.addWidget(verdict)
        if unchecked:
            _say(verdict, "! Not checked yet: nobody answered when it was set up.", "problem")
        else:
            verdict.hide()
        return pane(box, "card")

    def _check(self, account: Account, verdict: QLabel) -> None:
        verdict.show()
        _say(verdict, "checking…", "small")
        self._tasks.network(
            lambda: self._desk.administering.check_account(account),
            lambda result: _show_result(verdict, result),
            lambda error: _say(verdict, f"! {explained(error)}", "problem"),
        )

    def _ask_remove(self, account: Account) -> None:
        words = f"Remove {account.name}? Its secrets are removed from the keyring too."
        box = QMessageBox(QMessageBox.Icon.Question, "Remove", words, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: self._remove(account))
        open_once(box)

    def _remove(self, account: Account) -> None:
        self._tasks.read(
            lambda: self._desk.administering.remove_account(account, self._operator),
            lambda _: self.reload(),
            self.notice.error,
        )


def _show_result(verdict: QLabel, result: CheckResult) -> None:
    _say(verdict, f"{'✓' if result.ok else '!'} {result.words}", "good" if result.ok else "problem")


def _say(target: QLabel, words: str, role: str) -> None:
    target.setText(words)
    restyle(target, "role", role)
