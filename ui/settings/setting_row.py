"""One setting on screen: its words, its editor, what is wrong with it, and the way back."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crisisdesk.model.setting import Setting
from crisisdesk.system.program_log import explained
from ui.settings.editors import make_editor
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, label, restyle, row

NEXT_START = "Counts from the next start"


class SettingRow(QWidget):
    """Made from the declaration alone. It asks; the page saves."""

    change_asked = Signal(str, object)
    reset_asked = Signal(str)

    def __init__(self, setting: Setting, refusal: str = "") -> None:
        super().__init__()
        self.setting = setting
        self.editor = make_editor(setting)
        self.editor.setEnabled(not refusal)
        self.editor.committed.connect(lambda value: self.change_asked.emit(setting.key, value))
        default = setting.words_of(setting.default)
        self.reset = button(
            f"Reset to {default}",
            lambda: self.reset_asked.emit(setting.key),
            "link",
            name=f"{setting.words}: reset to {default}",
        )
        self.saved = label("", "good")
        self.start = label(NEXT_START if not setting.at_once else "", "small")
        self.trouble = label("", "problem", wrap=True)
        self.info = label("", "muted", wrap=True)
        self.refusal = label(refusal, "warn", wrap=True)
        for each in (self.trouble, self.info, self.reset):
            each.hide()
        self.refusal.setVisible(bool(refusal))
        self._allowed = not refusal
        top = row(label(setting.words, "strong"), self.saved, None, self.start, self.reset)
        box = column(space=4)
        box.addLayout(top)
        for part in (label(setting.help, "muted", wrap=True), self.editor, self.refusal):
            box.addWidget(part)
        box.addWidget(self.info)
        box.addWidget(self.trouble)
        self.setLayout(box)

    def show_value(self, value: Any, *, waits: bool = False) -> None:
        """Show what is set; `waits` when the desk still works with another value."""
        self.editor.show_value(value)
        differs = value != self.setting.default
        self.reset.setVisible(differs and self._allowed)
        self.start.setText("" if self.setting.at_once else NEXT_START)
        if waits:
            self.start.setText("✓ Set. Counts from the next start")
        restyle(self.start, "role", "warn" if waits else "small")

    def say_saved(self) -> None:
        """The change is in the file and in the log."""
        self.show_trouble("")
        self.saved.setText("✓ Saved")
        announce(self.editor.field, f"{self.setting.words}: saved")

    def show_trouble(self, words: str) -> None:
        """What is wrong, beside the editor; empty when nothing is."""
        self.saved.setText("")
        self.trouble.setText(f"! {words}" if words else "")
        self.trouble.setVisible(bool(words))
        if words:
            announce(self.editor.field, words, urgent=True)

    def failed(self, error: Exception) -> None:
        """The change was refused: what was typed stays, to be corrected."""
        told = explained(error)
        self.show_trouble(f"{told.problem} {told.to_do}".strip())

    def say(self, words: str) -> None:
        """Something worth knowing before a change."""
        self.info.setText(words)
        self.info.setVisible(bool(words))

    def focus(self) -> None:
        """Put the keyboard into it."""
        self.editor.field.setFocus()
