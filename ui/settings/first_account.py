"""The first channel of a new desk, step by step: choose, get what is asked for, check, go on."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from crisisdesk.desk import Desk
from crisisdesk.model.account import Account, AccountKind
from crisisdesk.model.operator import Operator
from ui import actions
from ui.settings.account_guides import INDEPENDENT, guide_to, still_advised
from ui.settings.account_step import AccountStep
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE, SPACE_WIDE, Theme
from ui.widgets.announcing import announce
from ui.widgets.choice import choice
from ui.widgets.parts import button, column, label, pane, restyle, row, scrolling

WIDTH = 760
CHOOSE = (
    "Begin with the one that most people follow. It takes a few minutes, is tried without "
    "publishing anything, and is kept only if it works."
)
SECOND = (
    "Severe messages need a second person's word. Add somebody who can be telephoned at night, "
    "before you need them."
)


class FirstAccount(QWidget):
    """A conversation that can be left and taken up again; what was typed stays until it is kept."""

    done = Signal()
    people_asked = Signal()
    all_asked = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, operator: Callable[[], Operator]) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self.steps: dict[str, AccountStep] = {}
        self.choices: dict[str, QPushButton] = {}
        self.choosing, self.kept = QWidget(), QWidget()
        self.shown = self.choosing
        self.choosing.setLayout(self._make_choosing())
        self.kept.setLayout(self._make_kept())
        self._middle = QWidget()
        self._inside = column(self.choosing, self.kept)
        self._middle.setLayout(self._inside)
        self._inside.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_PAGE, SPACE_PAGE)
        self._middle.setMaximumWidth(Theme.scaled(WIDTH))
        across = row(space=0)
        across.addStretch(1)
        across.addWidget(self._middle, 1000)
        across.addStretch(1)
        self._scroll = scrolling(across)
        self.setLayout(column(self._scroll))
        self._go_to(self.choosing)
        actions.bind(self, "back", self._leave_step)

    def _make_choosing(self) -> QVBoxLayout:
        for kind in self._desk.administering.kinds():
            guide = guide_to(kind)
            small = f"Have at hand: {guide.at_hand}"
            act = partial(self.open_step, kind)
            self.choices[kind.kind] = choice(guide.icon, kind.title, guide.what, act, small=small)
        self.later = button("Not now", self.done.emit)
        self.all = button("All channels and sources…", self.all_asked.emit, "link")
        title = label("Where does your public follow you?", "title", wrap=True)
        box = column(title, label(CHOOSE, "muted", wrap=True), *self.choices.values())
        box.addLayout(row(self.later, None, self.all))
        box.addStretch(1)
        box.setSpacing(SPACE_WIDE)
        return box

    def _make_kept(self) -> QVBoxLayout:
        self.headline = label("", "title", wrap=True)
        self.verdict = label("", wrap=True)
        self.advice = label("", wrap=True)
        self.second = label(SECOND, wrap=True)
        self.people = button("Add a second person…", self.people_asked.emit, icon="people")
        self.another = button("Add another", self.choose, icon="add")
        self.console = button("Go to the console", self.done.emit, "primary")
        person = column(self.second)
        person.addLayout(row(self.people, None))
        box = column(self.headline, self.verdict, pane(column(self.advice), "card", SPACE_WIDE))
        box.addWidget(pane(person, "card", SPACE_WIDE))
        box.addLayout(row(self.another, None, self.console))
        box.addStretch(1)
        box.setSpacing(SPACE_WIDE)
        return box

    def choose(self) -> None:
        """Show the kinds, with the keyboard on the first."""
        self._go_to(self.choosing)
        next(iter(self.choices.values())).setFocus()

    def open_step(self, kind: AccountKind) -> None:
        """Show how to set up one kind, with what was typed for it before."""
        if kind.kind not in self.steps:
            self.steps[kind.kind] = self._make_step(kind)
        step = self.steps[kind.kind]
        self._go_to(step)
        step.fields.focus_first_empty()

    def _leave_step(self) -> None:
        """One step back; from the first, to the console."""
        if isinstance(self.shown, AccountStep):
            self.shown.back.click()
        else:
            self.done.emit()

    def _make_step(self, kind: AccountKind) -> AccountStep:
        step = AccountStep(kind, self._desk.administering, self._tasks, self._operator)
        step.back_asked.connect(lambda: self._back_from(kind))
        step.kept.connect(self._on_kept)
        self._inside.addWidget(step)
        return step

    def _back_from(self, kind: AccountKind) -> None:
        self._go_to(self.choosing)
        self.choices[kind.kind].setFocus()

    def _on_kept(self, account: Account, words: str, checked: bool) -> None:
        """Its form, with the secret in it, is no longer needed."""
        step = self.steps.pop(account.kind)
        self._tasks.read(
            self._desk.administering.accounts,
            lambda accounts: self._show_kept(account, words, accounts, checked=checked),
        )
        step.deleteLater()

    def _show_kept(
        self, account: Account, words: str, accounts: list[Account], *, checked: bool
    ) -> None:
        self.headline.setText(f"{account.name} {'works' if checked else 'is kept, not checked'}")
        self.verdict.setText(f"{'✓' if checked else '!'} {words}")
        restyle(self.verdict, "tone", "good" if checked else "warn")
        kinds = [each.kind for each in accounts if self._publishes(each)]
        missing = still_advised(kinds)
        self.advice.setText(_advice(len(set(kinds)), missing))
        self._go_to(self.kept)
        (self.another if missing else self.console).setFocus()
        announce(self, f"{self.headline.text()}. {words} {self.advice.text()}")

    def _publishes(self, account: Account) -> bool:
        return self._desk.administering.kind(account.kind).publishes

    def _go_to(self, page: QWidget) -> None:
        """One page at a time: a stack would be as high as its highest page."""
        for each in (self.choosing, self.kept, *self.steps.values()):
            each.setVisible(each is page)
        self.shown = page
        self._scroll.verticalScrollBar().setValue(0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.shown is self.choosing:
            next(iter(self.choices.values())).setFocus()


def _advice(channels: int, missing: int) -> str:
    if not missing:
        return f"✓ {channels} channels that do not depend on each other: a good footing."
    return (
        f"{channels} of {INDEPENDENT} channels. {INDEPENDENT} that do not depend on each other are "
        "a good minimum, so that one network's bad night does not silence you."
    )
