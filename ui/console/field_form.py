"""The fields of a template, with what is wrong said beside each of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QScrollArea, QWidget

from crisisdesk.model.template import FieldType, Step, Template, TemplateField
from crisisdesk.rules.templating import problem_with, used_fields
from ui.theme import Theme
from ui.widgets.parts import column, label, restyle
from ui.widgets.tips import give_tip

CAPTION_WIDTH = 150


class FieldForm(QScrollArea):
    """One editor for each field that the step uses. Nothing is corrected by itself."""

    changed = Signal()
    filled = Signal()
    """Enter was pressed, and nothing that has to be filled in is empty or wrong any more."""

    def __init__(self, below: QWidget | None = None) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows = QWidget()
        self._inside = column(self._rows)
        if below:
            self._inside.addWidget(below)
        self._inside.addStretch(1)
        self._inside.setContentsMargins(0, 0, 6, 0)
        holder = QWidget()
        holder.setLayout(self._inside)
        self.setWidget(holder)
        self._editors: dict[str, QLineEdit | QComboBox] = {}
        self._problems: dict[str, QLabel] = {}
        self._kept: dict[str, str] = {}
        self._fields: dict[str, TemplateField] = {}

    def show_template(self, template: Template, step: Step, values: dict[str, str]) -> None:
        """Show the fields of this step; values of fields not shown are kept for later steps."""
        used = used_fields(template, step)
        self._fields = {field.name: field for field in template.fields if field.name in used}
        self._kept = {field.name: field.default for field in template.fields} | values
        self._editors, self._problems = {}, {}
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in self._fields.values():
            self._add_row(form, field)
        old, self._rows = self._rows, QWidget()
        self._rows.setLayout(form)
        self._inside.replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()
        self._check_all()

    def values(self) -> dict[str, str]:
        """Everything typed, fields of other steps included."""
        typed = {name: _text(editor) for name, editor in self._editors.items()}
        return {**self._kept, **typed}

    def set_value(self, name: str, value: str) -> None:
        """Fill one field, as a person would."""
        editor = self._editors[name]
        if isinstance(editor, QComboBox):
            editor.setCurrentText(value)
        else:
            editor.setText(value)
            editor.setCursorPosition(0)

    def editors(self) -> dict[str, QLineEdit | QComboBox]:
        """The editors by the names of their fields."""
        return dict(self._editors)

    def focus_first_empty(self) -> None:
        """Put the keyboard into the first required field that is empty, else the first one."""
        for name, editor in self._editors.items():
            if self._wants(name):
                editor.setFocus()
                return
        for editor in self._editors.values():
            editor.setFocus()
            return

    def go_on(self, name: str) -> None:
        """From this field to the next one that needs something; tell when none does."""
        names = list(self._editors)
        after = names.index(name) + 1
        wanting = (each for each in [*names[after:], *names[:after]] if self._wants(each))
        if (wanted := next(wanting, None)) is None:
            self.filled.emit()
        else:
            self._editors[wanted].setFocus()

    def is_filled(self) -> bool:
        """Whether nothing that has to be filled in is empty or wrong."""
        return not any(map(self._wants, self._editors))

    def _wants(self, name: str) -> bool:
        field, text = self._fields[name], _text(self._editors[name])
        return bool(problem_with(field, text)) or (field.required and not text.strip())

    def _add_row(self, form: QFormLayout, field: TemplateField) -> None:
        editor = self._make_editor(field)
        problem = label(role="problem", wrap=True)
        problem.hide()
        holder = QWidget()
        holder.setLayout(column(editor, problem, space=2))
        caption = label(field.label if field.required else f"{field.label} (optional)", wrap=True)
        caption.setFixedWidth(Theme.scaled(CAPTION_WIDTH))
        caption.setBuddy(editor)
        editor.setAccessibleName(field.label)
        give_tip(editor, field.hint)
        form.addRow(caption, holder)
        self._editors[field.name] = editor
        self._problems[field.name] = problem

    def _make_editor(self, field: TemplateField) -> QLineEdit | QComboBox:
        value = self._kept.get(field.name, "")
        if field.type is FieldType.CHOICE:
            chooser = _Chooser()
            chooser.addItems(["", *field.choices])
            chooser.setCurrentText(value)
            chooser.currentTextChanged.connect(lambda _: self._on_edit(field.name))
            chooser.entered.connect(lambda: self.go_on(field.name))
            return chooser
        line = QLineEdit(value)
        line.setCursorPosition(0)
        line.setPlaceholderText(f"for example {field.example}" if field.example else field.hint)
        line.textChanged.connect(lambda _: self._on_edit(field.name))
        line.returnPressed.connect(lambda: self.go_on(field.name))
        return line

    def _on_edit(self, name: str) -> None:
        self._check(name)
        self.changed.emit()

    def _check_all(self) -> None:
        for name in self._editors:
            self._check(name)

    def _check(self, name: str) -> None:
        editor, problem = self._editors[name], self._problems[name]
        words = problem_with(self._fields[name], _text(editor))
        problem.setText(words)
        problem.setVisible(bool(words))
        restyle(editor, "problem", "true" if words else "false")


class _Chooser(QComboBox):
    entered = Signal()
    """Enter, while the list is closed: the arrows have chosen already."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def _text(editor: QLineEdit | QComboBox) -> str:
    return editor.currentText() if isinstance(editor, QComboBox) else editor.text()
