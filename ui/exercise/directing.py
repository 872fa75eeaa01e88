"""Between the control window and the service: what the staff asks, and what comes back."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.directing import Break, Rating
from crisisdesk.model.exercise import Inject, Method
from crisisdesk.rules.exercise.standing import Situation
from crisisdesk.rules.exercise.story import Line
from ui.dialogs.once import open_once
from ui.exercise.inject_form import InjectForm
from ui.tasks import Tasks
from ui.widgets.notice import Notice


class Directing(QObject):
    """Does it elsewhere, then reads the situation anew."""

    seen = Signal(object)
    """A Situation."""
    noted = Signal()

    def __init__(self, desk: ExerciseDesk, tasks: Tasks, notice: Notice, parent: QObject) -> None:
        super().__init__(parent)
        self._control, self._tasks, self._notice = desk.controlling, tasks, notice
        self._reading = self._stale = False

    def look(self) -> None:
        """Read the situation; asked meanwhile, once more after that."""
        if self._reading:
            self._stale = True
            return
        self._reading, self._stale = True, False
        self._tasks.read(self._control.situation, self._read, self._not_read)

    def _read(self, situation: Situation) -> None:
        self._reading = False
        self.seen.emit(situation)
        if self._stale:
            self.look()

    def _not_read(self, error: Exception) -> None:
        self._reading = False
        self._notice.error(error)

    def play(self, line: Line) -> None:
        """Play it now."""
        self._do(lambda: self._control.fire(line.inject.id), f"Played: {line.inject.id}")

    def skip(self, line: Line) -> None:
        """Leave it out."""
        self._do(lambda: self._control.skip(line.inject.id), f"Skipped: {line.inject.id}")

    def break_network(self, network: str, how: Break) -> None:
        """From now on."""
        self._do(lambda: self._control.break_network(network, how))

    def mend(self, network: str) -> None:
        """It works again."""
        self._do(lambda: self._control.mend(network))

    def note(self, words: str, about: str, rating: Rating) -> None:
        """An observer's note."""
        self._do(
            lambda: self._control.observe(words, about, rating), "", lambda _: self.noted.emit()
        )

    def change(self, form: InjectForm) -> None:
        """Open the form that changes an inject."""
        form.change_asked.connect(partial(self._change, form))
        open_once(form)

    def add(self, form: InjectForm) -> None:
        """Open the form that adds one."""
        form.add_asked.connect(partial(self._add, form))
        open_once(form)

    def ring(self, form: InjectForm) -> None:
        """Open the form that rings the phone."""
        self.add(form)

    def _change(self, form: InjectForm, line: Line, words: str, at: int | None) -> None:
        def act() -> None:
            self._control.edit(line, words, at)

        self._ask(form, act, f"Changed: {line.inject.id}")

    def _add(self, form: InjectForm, method: Method, who: str, words: str, at: int | None) -> None:
        def act() -> Inject:
            return self._control.insert(method, who, words, at)

        self._ask(form, act, "Added. It is played at once." if at is None else "Added.")

    def _ask(self, form: InjectForm, act: Callable[[], object], good: str) -> None:
        def done(_: object) -> None:
            form.accept()
            self._notice.good(good)
            self.look()

        self._tasks.read(act, done, form.fail)

    def _do(
        self,
        act: Callable[[], object],
        good: str = "",
        then: Callable[[object], object] = lambda _: None,
    ) -> None:
        def done(result: object) -> None:
            if good:
                self._notice.good(good)
            then(result)
            self.look()

        self._tasks.read(act, done, self._notice.error)
