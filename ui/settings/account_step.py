"""One kind of account: how to get what it asks for, the form, and the check that keeps it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from crisisdesk.model.account import Account, AccountKind, CheckResult
from crisisdesk.model.operator import Operator
from crisisdesk.rules.filling_in import field_problems
from crisisdesk.services.administering import Administering
from ui.settings.account_fields import AccountFields
from ui.settings.account_guides import guide_to
from ui.tasks import Tasks
from ui.theme import SPACE_WIDE, Theme
from ui.widgets.announcing import announce
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, pane, row
from ui.widgets.reading_order import bring_into_view

LAID_OUT_MS = 50
"""Until new words have their place, after which one can scroll to what lies below them."""

SILENT = "Is this computer online? Try again, or keep it unchecked: it is tried again by itself."
UNCHECKED = "It is kept, but nobody has checked it: do not count on it yet."


class AccountStep(QWidget):
    """Kept only when its network has said yes, or knowingly without that when nobody answers."""

    back_asked = Signal()
    kept = Signal(object, str, bool)
    """The account, what to say about it, and whether its network has said yes."""

    def __init__(
        self,
        kind: AccountKind,
        administering: Administering,
        tasks: Tasks,
        operator: Callable[[], Operator],
    ) -> None:
        super().__init__()
        self.kind = kind
        self._administering = administering
        self._tasks = tasks
        self._operator = operator
        self._try = 0
        self._guide = guide_to(kind)
        self.fields = AccountFields(kind)
        self.fields.entered.connect(self.check)
        self.notice = Notice()
        self._build()
        self._waiting(False)
        self.keep.hide()

    def _build(self) -> None:
        steps = column(label("HOW TO GET WHAT IS ASKED FOR", "heading"))
        for number, words in enumerate(self._guide.steps, 1):
            steps.addLayout(_numbered(number, words))
        self.secrets = label(self._about_secrets(), "small", wrap=True)
        self.motion = QProgressBar()
        self.motion.setRange(0, 0)
        self.motion.setTextVisible(False)
        self.motion.setAccessibleName("Checking")
        self.back = button("Back", self._go_back, icon="back")
        self.keep = button("Keep it unchecked", self._keep_unchecked)
        self.go = button("Check and keep", self.check, "primary", tip="Publishes nothing")
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_WIDE)
        for part in (label(self.kind.title, "title"), pane(steps, "card", SPACE_WIDE)):
            box.addWidget(part)
        box.addWidget(pane(column(self.fields, self.secrets), "card", SPACE_WIDE))
        for line in (self.notice, self.motion):
            box.addWidget(line)
        box.addLayout(row(self.back, None, self.keep, self.go))
        box.addStretch(1)
        self.setLayout(box)

    def _about_secrets(self) -> str:
        if not any(field.secret for field in self.kind.fields):
            return "The check publishes nothing."
        if self._administering.secrets_last:
            kept = "Secrets are kept in this computer's keyring, never in a file."
        else:
            where = self._administering.secrets_place
            kept = f"Secrets are kept in {where}: you will be asked again next time."
        return f"{kept} The check publishes nothing."

    def check(self) -> None:
        """Try what is typed; if the network says yes, keep it."""
        if not self.go.isEnabled():
            return
        typed = self.fields.values()
        problems = field_problems(self.kind, typed)
        self.fields.show_problems(problems)
        if problems:
            announce(self, " ".join(problems.values()), urgent=True)
            return
        self._waiting(True)
        self._try += 1
        this = self._try
        kind = self.kind.kind
        self._tasks.network(
            lambda: self._administering.check(kind, typed),
            lambda result: self._checked(this, typed, result),
            lambda error: self._failed(this, error),
        )

    def _checked(self, this: int, typed: dict[str, str], result: CheckResult) -> None:
        if this != self._try:
            return
        if result.ok:
            self._keep(typed, result.words, unchecked=False)
            return
        self._waiting(False)
        self.keep.setVisible(not result.reached)
        to_do = self._guide.refused if result.reached else SILENT
        self._tell(result.words, to_do)

    def _keep_unchecked(self) -> None:
        self._keep(self.fields.values(), UNCHECKED, unchecked=True)

    def _keep(self, typed: dict[str, str], words: str, *, unchecked: bool) -> None:
        self._waiting(True)
        this, name, operator = self._try, self.fields.name, self._operator()
        self._tasks.read(
            lambda: self._administering.save_account(
                self.kind.kind, name, typed, operator, unchecked=unchecked
            ),
            lambda account: self._saved(account, words, checked=not unchecked),
            lambda error: self._failed(this, error),
        )

    def _saved(self, account: Account, words: str, *, checked: bool) -> None:
        self._waiting(False)
        self.kept.emit(account, words, checked)

    def _failed(self, this: int, error: Exception) -> None:
        if this == self._try:
            self._waiting(False)
            self.notice.error(error)
            self._bring()

    def _tell(self, problem: str, to_do: str) -> None:
        self.notice.problem(problem, to_do, "Nothing was kept, and nothing was published.")
        self._bring()

    def _bring(self) -> None:
        QTimer.singleShot(LAID_OUT_MS, self.notice, lambda: bring_into_view(self.go))

    def _go_back(self) -> None:
        """An answer that comes later is not waited for: nothing is kept behind anybody's back."""
        self._try += 1
        self._waiting(False)
        self.back_asked.emit()

    def _waiting(self, waiting: bool) -> None:
        self.go.setEnabled(not waiting)
        self.keep.setEnabled(not waiting)
        self.go.setText("Checking…" if waiting else "Check and keep")
        self.motion.setVisible(waiting and not Theme.calm)
        if waiting:
            self.notice.hide()


def _numbered(number: int, words: str) -> QVBoxLayout:
    said = label(words, wrap=True)
    mark = label(f"{number}.", "strong")
    line = row(mark, said)
    line.setStretch(1, 1)
    line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    box = column()
    box.addLayout(line)
    return box
