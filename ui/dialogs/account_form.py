"""The form for one account. It is made from the account kind's own description of its fields."""

from collections.abc import Callable
from functools import partial

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

_CORRECT = "Correct what it names, then try again. Nothing was saved."
_SILENT = "Is this computer online? Try again, or save it unchecked: it is marked as such."
_NOT_USABLE = "So far nothing can be said through this account. Nothing was published."


class AccountForm(Sheet):
    """Adds or changes an account. It is kept once its network said yes; where nobody answers, it
    can be kept unchecked, and is marked so. A check publishes nothing."""

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
        self._proved: dict[str, str] | None = None
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
        self.save = button("Check and &save", self._on_save, "primary")
        self.keep = button("Save &unchecked", self._save_unchecked)
        self.keep.hide()
        outer = column(
            label(f"{self._kind.title}", "title"),
            label(self._kind.advice, "muted", wrap=True),
            label(self._secrets_words(), "small", wrap=True),
        )
        outer.addLayout(form)
        outer.addWidget(self.notice)
        outer.addWidget(flowing(self.check, button("Cancel", self.reject), self.keep, self.save))
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
        self._tasks.network(
            lambda: self._try(typed), partial(self._on_checked, typed), self._on_failed
        )

    def _try(self, typed: dict[str, str]) -> CheckResult:
        """Not on the GUI thread: the keyring may ask for its own password."""
        kept = self._administering.secrets_of(self._account) if self._account else {}
        values = {name: value or kept.get(name, "") for name, value in typed.items()}
        return self._administering.check(self._kind.kind, values)

    def _on_checked(self, typed: dict[str, str], result: CheckResult) -> None:
        self._busy(False)
        self.keep.setVisible(not result.ok and not result.reached)
        if result.ok:
            self._proved = typed
            self.notice.good(result.words)
        else:
            to_do = _CORRECT if result.reached else _SILENT
            self.notice.problem(result.words, to_do, _NOT_USABLE)

    def _on_save(self) -> None:
        typed = self.values()
        if typed == self._proved or not self._operator.role.may_configure:  # that is told first
            self._keep(typed, unchecked=False)
        elif self._account and not self._changed(typed):
            self._rename(self._account, typed)
        else:
            self._busy(True)
            then = partial(self._save_if_proved, typed)
            self._tasks.network(lambda: self._try(typed), then, self._on_failed)

    def _save_if_proved(self, typed: dict[str, str], result: CheckResult) -> None:
        self._on_checked(typed, result)
        if result.ok:
            self._keep(typed, unchecked=False)

    def _changed(self, typed: dict[str, str]) -> bool:
        """Whether anything but the name differs from what is kept."""
        kept = self._account.settings if self._account else {}
        return any(value != kept.get(name, "") for name, value in typed.items())

    def _rename(self, account: Account, typed: dict[str, str]) -> None:
        """A name needs no check; an account that nobody has checked stays marked."""
        save, name = self._administering.save_account, self.name.text()
        self._store(
            lambda: save(
                account.kind,
                name,
                typed,
                self._operator,
                account.id,
                unchecked=account.id in self._administering.unchecked(),
            )
        )

    def _save_unchecked(self) -> None:
        self._keep(self.values(), unchecked=True)

    def _keep(self, typed: dict[str, str], *, unchecked: bool) -> None:
        save, kind, name = self._administering.save_account, self._kind.kind, self.name.text()
        account_id = self._account.id if self._account else ""
        self._store(
            lambda: save(kind, name, typed, self._operator, account_id, unchecked=unchecked)
        )

    def _store(self, act: Callable[[], Account]) -> None:
        self._busy(True)
        self._tasks.read(act, lambda _: self.accept(), self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._busy(False)
        self.notice.error(error)

    def _busy(self, busy: bool) -> None:
        self.check.setEnabled(not busy)
        self.save.setEnabled(not busy)
        self.keep.setEnabled(not busy)


def _named(text: str, editor: QWidget) -> QWidget:
    made = label(text)
    made.setBuddy(editor)
    made.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    editor.setAccessibleName(text)
    return made
