"""Deciding as, or with, a second person: the consequence, every word, and three ways to agree."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.alert import Rendered
from crisisdesk.model.operator import Operator
from crisisdesk.rules.approving import consequence
from crisisdesk.services.approving import Approving, Waiting
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, expanding, label, literal, row
from ui.widgets.sheet import Sheet

WIDTH, HEIGHT, TEXT_HEIGHT, WAYS_HEIGHT = 720, 690, 200, 290
WAYS = ("They are here", "By telephone", "Nobody can be reached")


class ApproveDialog(Sheet):
    """Shows exactly what would go out. Nothing here sends: approving only opens the way."""

    decided = Signal()

    def __init__(
        self,
        parent: QWidget,
        waiting: Waiting,
        approving: Approving,
        tasks: Tasks,
        operator: Operator,
        names: dict[str, str],
        recipients: int,
        telephone: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._waiting = waiting
        self._approving = approving
        self._tasks = tasks
        self._operator = operator
        self._names = names
        self._telephone = telephone
        self.setWindowTitle("Second person")
        self.notice = Notice()
        code = waiting.code
        words = consequence(waiting.alert, names, recipients)
        box = column()
        box.addWidget(label(words, "strong", wrap=True))
        box.addWidget(
            label(
                f"Check code {code[:3]} {code[3:]}: another desk shows the same code only for "
                "exactly these words, channels and times.",
                "small",
                wrap=True,
            )
        )
        box.addWidget(self._make_texts())
        self.ways = QTabWidget()
        self.ways.setAccessibleName("How the second person agrees")
        for title, page in zip(
            WAYS, (self._make_here(), self._make_call(), self._make_glass()), strict=True
        ):
            self.ways.addTab(page, title)
        self.ways.setMinimumHeight(Theme.scaled(WAYS_HEIGHT))
        self.ways.setTabEnabled(2, approving.break_glass_allowed)
        box.addWidget(self.ways)
        box.addWidget(self.notice)
        box.addLayout(row(None, button("Close", self.reject)))
        self.fill(box, WIDTH, HEIGHT)
        tasks.read(lambda: approving.approvers(waiting.alert.author_id), self._show_approvers)

    def _make_texts(self) -> QTabWidget:
        """Every word on every channel, and the follow-ups that are approved with it."""
        self.texts = QTabWidget()
        self.texts.setAccessibleName("What would go out")
        alert = self._waiting.alert
        self.texts.addTab(_reader(self._listed(alert.rendered), alert.step.words), alert.step.words)
        for step, parts in alert.prepared.items():
            if parts:
                title = f"Ready: {step.words.lower()}"
                self.texts.addTab(_reader(self._listed(parts), title), title)
        if alert.images:
            shown = "\n".join(f"Picture: {each.alt}" for each in alert.images)
            self.texts.addTab(_reader(shown, "Pictures"), "Pictures")
        self.texts.setFixedHeight(Theme.scaled(TEXT_HEIGHT))
        return self.texts

    def _listed(self, parts: tuple[Rendered, ...]) -> str:
        return "\n\n".join(
            f"── {self._names.get(part.account_id, 'a removed channel')} ({part.language}) ──\n"
            + "\n".join(each for each in (part.subject, part.text, part.instruction) if each)
            for part in parts
        )

    def _make_here(self) -> QWidget:
        self.who = QComboBox()
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("only to send it back or to reject it: what has to change?")
        self.sign = button("Approve", self._sign, "primary")
        self.sign.setDefault(True)
        self.send_back = button("Send back", lambda: self._refuse(rejected=False))
        self.turn_down = button("Reject", lambda: self._refuse(rejected=True), "danger")
        self.passphrase.returnPressed.connect(self._sign)
        page = column(
            *_asked("Who is the second person?", self.who),
            *_asked("Their own passphrase", self.passphrase),
            *_asked("Reason", self.reason),
        )
        page.addLayout(row(self.sign, None, self.send_back, self.turn_down))
        return _page(page)

    def _make_call(self) -> QWidget:
        self.called = QComboBox()
        self.called.currentIndexChanged.connect(lambda _: self._show_line())
        self.line = label("", "strong", wrap=True)
        self.code = QLineEdit()
        self.code.setMaxLength(12)
        self.code.setPlaceholderText("six letters and figures")
        self.confirm = button("Approve by telephone", self._read_back, "primary")
        self.code.returnPressed.connect(self._read_back)
        self.ring = button("Telephone them (exercise)", self._ring, "lane")
        self.ring.setVisible(self._telephone is not None)
        page = column(
            *_asked("Whom do you have on the telephone?", self.called),
            label("Read the words out to them, then the check code.", wrap=True),
            self.line,
            *_asked("The code they read from their list", self.code),
        )
        page.addLayout(row(self.confirm, self.ring, None))
        return _page(page)

    def _make_glass(self) -> QWidget:
        self.why = QLineEdit()
        self.why.setMaxLength(500)
        self.why.setPlaceholderText("whom did you try to reach, and why can it not wait?")
        self.smash = button("Break the glass: I take it upon myself", self._break, "danger")
        page = column(
            label(
                "You alone answer for this message. It is marked in the log for ever, and every "
                "approver is told and has to say that they saw it.",
                wrap=True,
            ),
            *_asked("Why", self.why),
        )
        page.addLayout(row(self.smash, None))
        return _page(page)

    def _show_approvers(self, found: list[tuple[Operator, int]]) -> None:
        for person, codes in found:
            self.who.addItem(literal(person.name), person.id)
            left = f"{codes} codes left" if codes else "no printed list"
            self.called.addItem(literal(f"{person.name} · {left}"), person.id)
        if any(person.id == self._operator.id for person, _ in found):
            self.who.setCurrentIndex(self.who.findData(self._operator.id))
        if not found:
            self.notice.problem(
                "Nobody at this desk is an approver.",
                "Break the glass if it cannot wait. Then have an administrator add an approver "
                "under People and roles.",
            )
            self.ways.setCurrentIndex(2)
        for part in (self.sign, self.send_back, self.turn_down, self.confirm):
            part.setEnabled(bool(found))
        (self.passphrase if found else self.why).setFocus()

    def _show_line(self) -> None:
        request_id, person = self._waiting.request.id, self.called.currentData()
        if person:
            self._tasks.read(lambda: self._approving.line(request_id, person), self._say_line)

    def _say_line(self, line: str) -> None:
        words = f"Ask them for the code of line {line} on their printed list."
        none = "None of their lines fits this message: choose another way."
        self.line.setText(words if line else none)
        self.confirm.setEnabled(bool(line))

    def _ring(self) -> None:
        if self._telephone:
            ring, request_id = self._telephone, self._waiting.request.id
            self._tasks.read(lambda: ring(request_id), self._hear, self._failed)

    def _hear(self, code: str) -> None:
        self.notice.good(f"“I agree. The code is {code[:3]} {code[3:]}.”")
        self._show_line()
        self.code.setFocus()

    def _sign(self) -> None:
        request_id, person = self._waiting.request.id, self.who.currentData()
        passphrase = self.passphrase.text()
        self._decide(lambda: self._approving.sign(request_id, person, passphrase))

    def _read_back(self) -> None:
        request_id, person = self._waiting.request.id, self.called.currentData()
        code, operator = self.code.text(), self._operator
        self._decide(lambda: self._approving.read_back(request_id, person, code, operator))

    def _break(self) -> None:
        request_id, why, operator = self._waiting.request.id, self.why.text(), self._operator
        self._decide(lambda: self._approving.break_glass(request_id, operator, why))

    def _refuse(self, *, rejected: bool) -> None:
        request_id, person = self._waiting.request.id, self.who.currentData()
        passphrase, reason = self.passphrase.text(), self.reason.text()

        def refuse() -> None:
            approver = self._approving.authenticate(person, passphrase)
            self._approving.refuse(request_id, approver, reason, rejected=rejected)

        self._decide(refuse)

    def _decide(self, act: Callable[[], None]) -> None:
        self.ways.setEnabled(False)
        self._tasks.read(act, lambda _: self._done(), self._failed)

    def _done(self) -> None:
        self.decided.emit()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.ways.setEnabled(True)
        self.notice.error(error)
        for line in (self.passphrase, self.code):
            line.clear()


def _reader(text: str, name: str) -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setAccessibleName(name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    return made


def _asked(text: str, editor: QWidget) -> tuple[QWidget, QWidget]:
    made = label(text, "strong")
    made.setBuddy(editor)
    editor.setAccessibleName(text)
    return made, expanding(editor)


def _page(layout: QVBoxLayout) -> QWidget:
    page = QWidget()
    layout.setContentsMargins(14, 14, 14, 14)
    layout.addStretch(1)
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    page.setLayout(layout)
    return page
