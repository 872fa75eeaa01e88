"""Who sits at the desk: the first operator of a new desk, signing in, and unlocking."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.administering import Administering
from crisisdesk.services.people import People
from crisisdesk.system.passphrases import SHORTEST
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE
from ui.widgets.centred import Centred
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, pane

WIDTH = 440


class _Card(QWidget):
    """A centred card that ends with an operator."""

    signed_in = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.notice = Notice()

    def _fill(self, *parts: QWidget | int | None) -> None:
        card = pane(column(*parts), "card", SPACE_PAGE)
        self.setLayout(column(Centred(column(None, card, None), WIDTH)))

    def _ask(self, act: Callable[[], Operator], go: QWidget) -> None:
        if not go.isEnabled():  # Enter must not go round the waiting time
            return
        go.setEnabled(False)
        self._tasks.read(act, self._done(go), lambda error: self._refused(error, go))

    def _done(self, go: QWidget) -> Callable[[Operator], None]:
        def done(operator: Operator) -> None:
            go.setEnabled(True)
            self.notice.hide()
            self.signed_in.emit(operator)

        return done

    def _refused(self, error: Exception, go: QWidget) -> None:
        self.notice.error(error)
        go.setEnabled(True)


class FirstOperator(_Card):
    """Makes the first operator, who may configure everything."""

    def __init__(self, people: People, administering: Administering, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._people = people
        self._administering = administering
        self.name = QLineEdit()
        self.name.setPlaceholderText("as the log shall show it")
        self.organisation = QLineEdit()
        self.organisation.setPlaceholderText("Riverside Council")
        self.passphrase = _secret()
        self.again = _secret()
        self.go = button("Create and sign in", self._create, "primary")
        self._fill(
            label("Welcome to CrisisDesk", "title", wrap=True),
            label(
                "This desk has no operator yet. You will be its administrator.", "muted", wrap=True
            ),
            8,
            _asked("Your name", self.name),
            self.name,
            _asked("Your organisation, as the public knows it", self.organisation),
            self.organisation,
            _asked(f"Passphrase (at least {SHORTEST} characters; a few words)", self.passphrase),
            self.passphrase,
            _asked("The passphrase again", self.again),
            self.again,
            self.notice,
            8,
            self.go,
        )
        self.again.returnPressed.connect(self._create)

    def begin(self) -> None:
        """The keyboard to the first thing that is asked."""
        self.name.setFocus()

    def _create(self) -> None:
        if self.passphrase.text() != self.again.text():
            self.notice.problem("The two passphrases differ.", "Type them again.")
            return
        name, passphrase = self.name.text(), self.passphrase.text()
        organisation = self.organisation.text()

        def create() -> Operator:
            operator = self._people.add_operator(name, Role.ADMINISTRATOR, passphrase)
            if organisation.strip():
                self._administering.name_organisation(organisation, operator)
            return operator

        self._ask(create, self.go)


class SignIn(_Card):
    """Name and passphrase. After wrong ones it waits a little longer each time, never for ever."""

    def __init__(
        self,
        people: People,
        tasks: Tasks,
        operators: list[Operator],
        locked_for: Operator | None = None,
    ) -> None:
        super().__init__(tasks)
        self._people = people
        self.name = QComboBox()
        self.name.addItems([operator.name for operator in operators])
        if locked_for:
            self.name.setCurrentText(locked_for.name)
        self.passphrase = _secret()
        self.go = button("Unlock" if locked_for else "Sign in", self._sign_in, "primary")
        words = "What was being sent goes on." if locked_for else ""
        self._fill(
            label("Desk locked" if locked_for else "Sign in", "title"),
            label(words, "muted", wrap=True),
            _asked("Name", self.name),
            self.name,
            _asked("Passphrase", self.passphrase),
            self.passphrase,
            self.notice,
            8,
            self.go,
        )
        self.passphrase.returnPressed.connect(self._sign_in)

    def begin(self) -> None:
        """The keyboard to the first thing that is asked."""
        self.passphrase.setFocus()

    def _sign_in(self) -> None:
        name, passphrase = self.name.currentText(), self.passphrase.text()
        self._ask(lambda: self._people.sign_in(name, passphrase), self.go)

    def _refused(self, error: Exception, go: QWidget) -> None:
        self.notice.error(error)
        self.passphrase.clear()
        pause = self._people.wait_before_next_try(self.name.currentText())
        QTimer.singleShot(int(pause * 1000), self, lambda: go.setEnabled(True))


def who_is_here(
    people: People, administering: Administering, tasks: Tasks, operators: list[Operator]
) -> FirstOperator | SignIn:
    """Who signs in at this desk; where nobody is known yet, who is the first."""
    if operators:
        return SignIn(people, tasks, operators)
    return FirstOperator(people, administering, tasks)


def _secret() -> QLineEdit:
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made


def _asked(text: str, editor: QWidget) -> QWidget:
    made = label(text, "strong", wrap=True)
    made.setBuddy(editor)
    editor.setAccessibleName(text)
    return made
