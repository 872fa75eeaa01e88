"""Carries NO DUFF through: the story stands, both windows say so, the live desk is asked for."""

from PySide6.QtCore import QObject, Signal

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.events import NoDuff
from ui.bridge import Bridge
from ui.exercise.no_duff import NoDuffButton, NoDuffPage
from ui.tasks import Tasks
from ui.widgets.clocks import clock_time, since


class Stopping(QObject):
    """One for an exercise. Each window has a button of it, and gets a page when it comes."""

    stopped = Signal()
    live_asked = Signal()
    leave_asked = Signal()

    def __init__(self, desk: ExerciseDesk, tasks: Tasks, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._tasks = desk, tasks
        self._words = ""
        self.pages: list[NoDuffPage] = []
        self._buttons: list[NoDuffButton] = []
        bridge.no_duff.connect(self._on_no_duff)

    def serve(self, button: NoDuffButton, by: str) -> None:
        """A button of a window, where `by` says who stands at it."""
        self._buttons.append(button)
        button.held.connect(lambda: self.call(by))

    def call(self, by: str) -> None:
        """A real event. The story stops here and now; the rest follows as the disk allows."""
        self._desk.pause()
        for each in self._buttons:
            each.setEnabled(False)
        control = self._desk.controlling
        self._tasks.read(lambda: control.no_duff(by))

    def _on_no_duff(self, event: NoDuff) -> None:
        when = f"{clock_time(self._desk.clock.now())} story time ({since(event.at)})"
        self._words = f"Stopped at {when} by {event.by}."
        self.stopped.emit()

    def new_page(self, by: str) -> NoDuffPage:
        """A page for one more window."""
        page = NoDuffPage(self._words)
        page.live_asked.connect(self.live_asked)
        page.leave_asked.connect(self.leave_asked)
        page.end_asked.connect(lambda: self._tasks.read(self._desk.controlling.end))
        page.named.connect(lambda words: self._name(words, by))
        self.pages.append(page)
        return page

    def say(self, words: str) -> None:
        """Something went well, on every page."""
        for page in self.pages:
            page.notice.good(words)

    def over(self, words: str) -> None:
        """ENDEX came, and the report is written."""
        self.say(words)
        for page in self.pages:
            page.end.setEnabled(False)

    def fail(self, error: Exception) -> None:
        """Something did not go well, on every page."""
        for page in self.pages:
            page.notice.error(error)

    def _name(self, words: str, by: str) -> None:
        control = self._desk.controlling
        self._tasks.read(
            lambda: control.name_real_event(words, by), lambda _: self._named(words), self.fail
        )

    def _named(self, words: str) -> None:
        for page in self.pages:
            page.event_kept(words)
