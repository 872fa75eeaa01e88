"""The fields of one kind of account, each with what is wrong beside it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from crisisdesk.model.account import AccountKind, SettingField
from ui.theme import SPACE_TIGHT, SPACE_WIDE
from ui.widgets.parts import column, label, restyle

NAME = "name on screen"


class AccountFields(QWidget):
    """Keeps what was typed for as long as it lives. `entered`: Enter was pressed in a line."""

    entered = Signal()

    def __init__(self, kind: AccountKind) -> None:
        super().__init__()
        self._kind = kind
        self.editors: dict[str, QLineEdit | QComboBox] = {}
        self.problems: dict[str, QLabel] = {}
        self._box = column(space=SPACE_WIDE)
        for field in kind.fields:
            self._add(field)
        self._add(SettingField(NAME, "Name on screen", required=False, default=kind.title))
        self.setLayout(self._box)

    def values(self) -> dict[str, str]:
        """What is typed for the account's own fields."""
        return {each.name: _text(self.editors[each.name]) for each in self._kind.fields}

    @property
    def name(self) -> str:
        """What the account shall be called."""
        return _text(self.editors[NAME]).strip() or self._kind.title

    def show_problems(self, problems: dict[str, str]) -> None:
        """Say what is wrong beside each field, and go to the first."""
        for name, words in self.problems.items():
            found = problems.get(name, "")
            words.setText(f"! {found}" if found else "")
            words.setVisible(bool(found))
            editor = self.editors[name]
            restyle(editor, "problem", "true" if found else "false")
            editor.setAccessibleDescription(found)
        first = next((self.editors[name] for name in self.editors if problems.get(name)), None)
        if first:
            first.setFocus()

    def focus_first_empty(self) -> None:
        """Put the keyboard where something is still to be typed."""
        lines = [each for each in self.editors.values() if isinstance(each, QLineEdit)]
        (next((each for each in lines if not each.text()), None) or lines[0]).setFocus()

    def _add(self, field: SettingField) -> None:
        editor = self._editor(field)
        caption = field.label + ("" if field.required else " (optional)")
        editor.setAccessibleName(caption)
        editor.setObjectName(field.name)
        said = label(caption, "strong", wrap=True)
        said.setBuddy(editor)
        problem = label("", "problem", wrap=True)
        problem.hide()
        self.editors[field.name], self.problems[field.name] = editor, problem
        self._box.addLayout(column(said, editor, problem, space=SPACE_TIGHT))

    def _editor(self, field: SettingField) -> QLineEdit | QComboBox:
        if field.choices:
            chooser = QComboBox()
            chooser.addItems(field.choices)
            chooser.setCurrentText(field.default)
            return chooser
        line = QLineEdit(field.default)
        line.setPlaceholderText(field.hint)
        if field.secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textEdited.connect(lambda _: self._mend(field.name))
        line.returnPressed.connect(self.entered)
        return line

    def _mend(self, name: str) -> None:
        """A problem is not held against what is being typed; it is looked at again afterwards."""
        self.problems[name].hide()
        restyle(self.editors[name], "problem", "false")


def _text(editor: QLineEdit | QComboBox) -> str:
    return editor.currentText() if isinstance(editor, QComboBox) else editor.text()
