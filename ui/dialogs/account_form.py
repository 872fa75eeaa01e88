"""The form for one account. It is made from the account kind's own description of its fields."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from crisisdesk.model.account import Account, AccountKind, CheckResult, SettingField
from crisisdesk.model.operator import Operator
from crisisdesk.services.administering import Administering
from ui.tasks import Tasks
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label
from ui.widgets.sheet import Sheet

WIDTH = 560

_CORRECT = "Correct what it names, then press Check again."
_NOT_USABLE = "So far nothing can be said through this account. Nothing was published."


class AccountForm(Sheet):
    """Adds or changes an account. "Check" tries it and publishes nothing."""

    def __init__(
        self,
        administering: Administering,
        tasks: Tasks,
        operator: Operator,
        kind: AccountKind,
        account: Account | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._administering = administering
        self._tasks = tasks
        self._operator = operator
        self._kind = kind
        self._account = account
        self.setWindowTitle(f"{'Change' if account else 'Add'} {kind.title}")
        self._inputs: dict[str, Callable[[], str]] = {}
        self.notice = Notice()
        self._build()

    def _build(self) -> None:
        form = QFormLayout()
        form.setSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.name = QLineEdit(self._account.name if self._account else self._kind.title)
        form.addRow(_named("Name on screen", self.name), self.name)
        for field in self._kind.fields:
            editor = self._editor(field)
            form.addRow(
                _named(field.label + ("" if field.required else " (optional)"), editor), editor
            )
        self.check = button("&Check – publishes nothing", self._on_check)
        self.save = button("&Save", self._on_save, "primary")
        outer = column(
            label(f"{self._kind.title}", "title"),
            label(self._kind.advice, "muted", wrap=True),
            label(self._secrets_words(), "small", wrap=True),
        )
        outer.addLayout(form)
        outer.addWidget(self.notice)
        outer.addWidget(flowing(self.check, button("Cancel", self.reject), self.save))
        self.fill(outer, WIDTH)

    def _secrets_words(self) -> str:
        if not any(field.secret for field in self._kind.fields):
            return ""
        if self._administering.secrets_last:
            return "Secrets are kept in this computer's keyring, never in a file."
        return (
            f"Secrets will be kept in {self._administering.secrets_place}. "
            "You will be asked for them again next time."
        )

    def _editor(self, field: SettingField) -> QWidget:
        value = self._account.settings.get(field.name, "") if self._account else field.default
        if field.choices:
            chooser = QComboBox()
            chooser.addItems(field.choices)
            chooser.setCurrentText(value or field.default)
            self._inputs[field.name] = chooser.currentText
            return chooser
        line = QLineEdit("" if field.secret else value)
        line.setPlaceholderText("unchanged" if field.secret and self._account else field.hint)
        if field.secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setObjectName(field.name)
        self._inputs[field.name] = line.text
        return line

    def values(self) -> dict[str, str]:
        """What is typed in."""
        return {name: read() for name, read in self._inputs.items()}

    def _on_check(self) -> None:
        typed = self.values()
        self._busy(True)
        self._tasks.network(lambda: self._try(typed), self._on_checked, self._on_failed)

    def _try(self, typed: dict[str, str]) -> CheckResult:
        """Not on the GUI thread: the keyring may ask for its own password."""
        kept = self._administering.secrets_of(self._account) if self._account else {}
        values = {name: value or kept.get(name, "") for name, value in typed.items()}
        return self._administering.check(self._kind.kind, values)

    def _on_checked(self, result: CheckResult) -> None:
        self._busy(False)
        if result.ok:
            self.notice.good(result.words)
        else:
            self.notice.problem(result.words, _CORRECT, _NOT_USABLE)

    def _on_save(self) -> None:
        values, name = self.values(), self.name.text()
        account_id = self._account.id if self._account else ""
        self._busy(True)
        self._tasks.read(
            lambda: self._administering.save_account(
                self._kind.kind, name, values, self._operator, account_id
            ),
            lambda _: self.accept(),
            self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self._busy(False)
        self.notice.error(error)

    def _busy(self, busy: bool) -> None:
        self.check.setEnabled(not busy)
        self.save.setEnabled(not busy)


def _named(text: str, editor: QWidget) -> QWidget:
    made = label(text)
    made.setBuddy(editor)
    made.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    editor.setAccessibleName(text)
    return made
