"""Taking personal words out of an entry for good: which, on which legal basis, why, and who."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from crisisdesk.model.redaction import LegalBasis, Part, Redaction
from crisisdesk.rules.redacting import name_of
from ui.theme import SPACE, SPACE_TIGHT
from ui.widgets.fields import choice_of, named, text_box
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label
from ui.widgets.sheet import Sheet

WIDTH = 640
WARNING = (
    "The words are erased from this desk for good. The entry stays, with its number and time, and "
    "the log still proves that nothing else was changed. It will say who did this and why. Backups "
    "and exports made before keep the words."
)
TAKE_AWAY = "Take away for good"


class RedactSheet(Sheet):
    """Asks for everything that the log will say of it. It changes nothing itself."""

    asked = Signal(object, str)
    """A Redaction, and the passphrase of whoever asks."""

    def __init__(self, parent: QWidget, seq: int, parts: Sequence[Part]) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Take words out of entry {seq}")
        self._seq, self._busy = seq, False
        self.rows = [PartRow(each) for each in parts]
        self.basis = choice_of("Legal basis", [(each.short, each.value) for each in LegalBasis])
        self.basis_words = label("", "small", wrap=True)
        self.basis.currentIndexChanged.connect(self._show_basis)
        self.reason = text_box("Why, without the words themselves")
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName("Your passphrase, to sign this")
        self.notice = Notice()
        self.go = button(TAKE_AWAY, self._ask, "danger")
        self.cancel = button("Leave it as it is", self.reject, "primary")
        self.cancel.setAutoDefault(False)  # Enter in the passphrase would throw all words away
        self.go.setAutoDefault(False)
        self.passphrase.returnPressed.connect(self.go.setFocus)
        self._lay_out()
        self._show_basis()
        for row in self.rows:
            row.taken.toggled.connect(self._show_what_can_be)
        self._show_what_can_be()

    def _lay_out(self) -> None:
        inside = column(
            label(f"Take words out of entry {self._seq}", "title", wrap=True), space=SPACE
        )
        inside.addWidget(label(WARNING, wrap=True))
        inside.addWidget(label("What is to go", "strong"))
        for row in self.rows:
            inside.addWidget(row)
        inside.addWidget(named("Legal basis", self.basis))
        inside.addWidget(self.basis_words)
        inside.addWidget(named("Why, without the words themselves", self.reason))
        inside.addWidget(named("Your passphrase, to sign this", self.passphrase))
        inside.addWidget(self.notice)
        inside.addWidget(flowing(self.cancel, self.go, spread=True))
        self.fill(inside, WIDTH)

    def _show_basis(self) -> None:
        self.basis_words.setText(LegalBasis(self.basis.currentData()).words)

    def _show_what_can_be(self) -> None:
        self.go.setEnabled(not self._busy and any(row.taken.isChecked() for row in self.rows))

    def _ask(self) -> None:
        taken = [row for row in self.rows if row.taken.isChecked()]
        left = {row.part.path: row.left.toPlainText().strip() for row in taken}
        asked = Redaction(
            self._seq,
            tuple(row.part.path for row in taken),
            LegalBasis(self.basis.currentData()),
            self.reason.toPlainText(),
            {path: words for path, words in left.items() if words},
        )
        self.notice.hide()
        self._set_busy(True)
        self.asked.emit(asked, self.passphrase.text())

    def refused(self, error: Exception) -> None:
        """Say why nothing was taken away; it can be tried again."""
        self.passphrase.clear()
        self._set_busy(False)
        self.notice.error(error)

    def done_with(self) -> None:
        """It is done: there is nothing more to ask."""
        self._set_busy(False)
        self.accept()

    def reject(self) -> None:
        """Nobody turns back from what is being done."""
        if not self._busy:
            super().reject()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.cancel.setEnabled(not busy)
        for row in self.rows:
            row.setEnabled(not busy)
        self._show_what_can_be()


class PartRow(QWidget):
    """One text: whether it goes, and what is to stay of it."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part
        self.name = name_of(part.path)
        self.taken = QCheckBox(self.name)
        self.taken.toggled.connect(self._show_left)
        self.left = text_box(f"What may stay of: {self.name}")
        self.left.setPlainText(part.words)
        self._left_row = named("What may stay: take out what is personal, or all of it", self.left)
        self._left_row.setVisible(False)
        self._said = label(part.words, "muted", wrap=True)
        self.setLayout(column(self.taken, self._said, self._left_row, space=SPACE_TIGHT))

    def _show_left(self, taken: bool) -> None:
        self._said.setVisible(not taken)
        self._left_row.setVisible(taken)
