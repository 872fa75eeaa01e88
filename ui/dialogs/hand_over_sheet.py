"""Handing the desk over: the brief, what the officer adds, and who signs for it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from crisisdesk.model.brief import LETTERS, Brief, Offered
from crisisdesk.model.operator import Operator
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from ui.widgets.flow import Flow
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 760
READ_HEIGHT = 380


class HandOverSheet(Sheet):
    """First the letters of IIMARCH to read and add to, then the signature. It writes nothing."""

    offer_asked = Signal(object)
    """What was added, by letter."""
    sign_asked = Signal(object, str)
    """The Operator who takes over, None for the simulated one, and their passphrase."""

    def __init__(self, parent: QWidget, brief: Brief, takers: Sequence[Operator] | None) -> None:
        """`takers` may sign; None in an exercise, where the one who takes over is simulated."""
        super().__init__(parent)
        self.setWindowTitle("Hand over")
        self.setModal(False)
        self._takers = takers
        self.notice = Notice()
        self.fields = {key: self._field(title) for key, title in LETTERS.items()}
        inside = column(label("Hand over the desk", "title"), space=SPACE)
        self.letters = self._make_letters(brief)
        inside.addWidget(self.letters)
        inside.addWidget(self.notice)
        self.reading = QPlainTextEdit()
        self.reading.setReadOnly(True)
        self.reading.setTabChangesFocus(True)
        self.reading.setAccessibleName("The brief as it is signed")
        self.reading.setMinimumHeight(Theme.scaled(READ_HEIGHT))
        self.reading.hide()
        inside.addWidget(self.reading, 1)
        self._add_signing(inside)
        self.fill(inside, WIDTH)
        self.fields["intent"].setFocus()

    def _make_letters(self, brief: Brief) -> QWidget:
        words = "Read each letter aloud to the officer who takes over, and add what is missing."
        inside = column(label(words, "muted", wrap=True), space=SPACE)
        for key, title in LETTERS.items():
            said = "\n".join(f"• {each}" for each in brief.lines[key])
            part = column(label(title, "heading"), label(said, wrap=True), self.fields[key])
            part.setSpacing(SPACE_TIGHT)
            inside.addLayout(part)
        inside.addSpacing(SPACE_WIDE)
        made = QWidget()
        made.setLayout(inside)
        return made

    def _field(self, title: str) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setAccessibleName(f"{title}: add")
        made.setPlaceholderText("add to this")
        made.setTabChangesFocus(True)
        made.setFixedHeight(made.fontMetrics().lineSpacing() * 2 + 14)
        return made

    def _add_signing(self, inside: QBoxLayout) -> None:
        self.log_it = button("Log the brief", self._offer, "primary")
        self.taker = QComboBox()
        self.taker.setAccessibleName("Who takes over")
        for each in self._takers or ():
            self.taker.addItem(each.name, each.id)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName("Their passphrase")
        self.passphrase.returnPressed.connect(self._sign)
        self.sign = button("Sign and take over", self._sign, "primary")
        self.signing = QWidget()
        simulated = self._takers is None
        parts = (
            [label("In the exercise the duty manager comes in and signs.")]
            if simulated
            else [label("Takes over"), self.taker, label("Passphrase"), self.passphrase]
        )
        self.signing.setLayout(Flow(*parts, self.sign, spread=True))
        self.signing.hide()
        inside.addWidget(self.signing)
        inside.addLayout(row(button("Not now", self.close), None, self.log_it))

    def _offer(self) -> None:
        self.log_it.setEnabled(False)
        self.offer_asked.emit({key: each.toPlainText() for key, each in self.fields.items()})

    def offered(self, offered: Offered) -> None:
        """The brief stands in the log: now it can be signed, and changed no more."""
        self.letters.hide()
        self.reading.setPlainText(offered.text)
        self.reading.show()
        self.log_it.hide()
        words = f"The brief is entry {offered.seq} of the log. "
        nobody = self._takers is not None and not self._takers
        self.notice.good(words + ("Nobody else has a key to sign with." if nobody else ""))
        self.signing.setVisible(not nobody)
        (self.sign if self._takers is None else self.passphrase).setFocus()

    def failed(self, error: Exception) -> None:
        """It was not logged or not signed."""
        self.log_it.setEnabled(not self.signing.isVisible())
        self.sign.setEnabled(True)
        self.notice.error(error)
        self.passphrase.clear()

    def _sign(self) -> None:
        self.sign.setEnabled(False)
        chosen = next(
            (each for each in self._takers or () if each.id == self.taker.currentData()), None
        )
        self.sign_asked.emit(chosen, self.passphrase.text())
