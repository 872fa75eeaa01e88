"""People and roles: who may sit at this desk, and the printed codes of approvers."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.desk import Desk
from crisisdesk.model.approval import CodeList
from crisisdesk.model.operator import Operator, Role
from crisisdesk.system.passphrases import SHORTEST
from ui.dialogs.asking import ask_secret
from ui.dialogs.code_sheet import CodeSheet
from ui.dialogs.once import open_once
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE, Theme
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, clear, column, label, pane, row, scrolling, set_tip

WIDTH = 760
ROLE_LETTERS = 42
"""Room for what most roles may do; the longest is whole in its tip where text is large."""
LOW = 5
"""With so few codes left it is time for a new list."""


class PeoplePage(QWidget):
    """Lists the people with what each may do. Only administrators change anything."""

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self.notice = Notice()
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        inside = column(
            label("People and roles", "title"),
            label(
                "Severe messages need a second person: have at least two approvers, and give each "
                "a printed list of codes for the telephone.",
                "muted",
                wrap=True,
            ),
            self.notice,
        )
        inside.addLayout(self._list)
        if operator.role.may_configure:
            inside.addWidget(self._make_form())
        inside.addStretch(1)
        inside.setContentsMargins(0, 24, 0, 24)
        middle = QWidget()
        middle.setMaximumWidth(Theme.scaled(WIDTH))
        middle.setLayout(inside)
        whole = row(SPACE_PAGE, middle, None)
        whole.setStretch(1, 100)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(whole))
        self.reload()

    def _make_form(self) -> QWidget:
        self.name = QLineEdit()
        self.role = QComboBox()
        self.role.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.role.setMinimumContentsLength(ROLE_LETTERS)
        self.role.currentTextChanged.connect(partial(set_tip, self.role))
        for role in Role:
            self.role.addItem(f"{role.value.capitalize()}: {role.words}", role)
        self.role.setCurrentIndex(self.role.findData(Role.APPROVER))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(f"typed by them, at least {SHORTEST} characters")
        self.add = button("Add this person", self._add)
        self.passphrase.returnPressed.connect(self._add)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setSpacing(10)
        for words, editor in (
            ("Name", self.name),
            ("Role", self.role),
            ("Their passphrase", self.passphrase),
        ):
            editor.setAccessibleName(words)
            form.addRow(words, editor)
        box = column(label("ADD", "heading"))
        box.addLayout(form)
        box.addLayout(row(self.add, None))
        return pane(box, "card", 14)

    def reload(self) -> None:
        """Read the people again."""
        people, approving = self._desk.people, self._desk.approving
        self._tasks.read(
            lambda: (
                people.operators(),
                {each.id: codes for each, codes in approving.approvers()},
            ),
            self._show,
        )

    def _show(self, found: tuple[list[Operator], dict[str, int]]) -> None:
        people, codes = found
        clear(self._list)
        for person in people:
            self._list.addWidget(self._card(person, codes.get(person.id)))

    def _card(self, person: Operator, codes: int | None) -> QWidget:
        about = label(person.role.words, "muted", wrap=True)
        top = column(label(person.name, "strong", wrap=True), about, space=0)
        actions: list[QWidget] = []
        if codes is not None:
            words = f"{codes} codes left on the printed list" if codes else "no printed list yet"
            actions.append(label(words, "small" if codes > LOW else "problem"))
            actions.append(self._action("Print codes…", self._ask_codes, person))
        mine = person.id == self._operator.id
        if mine or self._operator.role.may_configure:
            actions.append(self._action("New passphrase…", self._ask_passphrase, person))
        if self._operator.role.may_configure:
            actions.append(self._role_box(person))
            actions.append(self._action("Remove…", self._ask_remove, person, "danger"))
        box = column(space=4)
        box.addLayout(top)
        box.addWidget(flowing(*actions, space=4))
        return pane(box, "card")

    def _action(
        self, words: str, act: Callable[[Operator], None], person: Operator, role: str = "lane"
    ) -> QWidget:
        made = button(words, partial(act, person), role)
        made.setAccessibleName(f"{words} {person.name}")
        return made

    def _role_box(self, person: Operator) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Role of {person.name}")
        for role in Role:
            box.addItem(role.value, role)
        box.setCurrentIndex(box.findData(person.role))
        box.activated.connect(lambda _: self._set_role(person, Role(box.currentData())))
        return box

    def _set_role(self, person: Operator, role: Role) -> None:
        self._do(
            lambda: self._desk.people.set_role(person.id, role, self._operator),
            f"{person.name} is {role.value} from the next sign-in.",
        )

    def _add(self) -> None:
        name, passphrase = self.name.text(), self.passphrase.text()
        role = Role(self.role.currentData())  # Qt keeps it as plain text
        self.passphrase.clear()
        self._do(
            lambda: self._desk.people.add_operator(name, role, passphrase, self._operator),
            f"{name} can sign in now.",
        )

    def _ask_passphrase(self, person: Operator) -> None:
        words = f"{person.name} types a new passphrase. It brings a new approval key."

        def change(passphrase: str) -> None:
            self._do(
                lambda: self._desk.people.set_passphrase(person.id, passphrase, self._operator),
                f"{person.name} has a new passphrase.",
            )

        ask_secret(self, "New passphrase", words, change)

    def _ask_codes(self, person: Operator) -> None:
        words = f"{person.name} types their own passphrase. An older list becomes void."

        def make(passphrase: str) -> None:
            self._tasks.read(
                lambda: self._desk.approving.new_codes(person.id, passphrase),
                self._show_codes,
                self.notice.error,
            )

        ask_secret(self, "Print codes", words, make)

    def _show_codes(self, codes: CodeList) -> None:
        self.reload()
        open_once(CodeSheet(self, codes, self._desk.composing.organisation))

    def _ask_remove(self, person: Operator) -> None:
        words = f"Remove {person.name}? They cannot sign in or approve any more."
        box = QMessageBox(QMessageBox.Icon.Question, "Remove", words, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(
            lambda: self._do(
                lambda: self._desk.people.remove(person.id, self._operator),
                f"{person.name} was removed.",
            )
        )
        open_once(box)

    def _do(self, act: Callable[[], object], words: str) -> None:
        def done(_: object) -> None:
            self.notice.good(words)
            self.reload()

        self._tasks.read(act, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self.notice.error(error)
        self.reload()
