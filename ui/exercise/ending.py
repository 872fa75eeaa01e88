"""After ENDEX: the report is written, shown, named and added to, none of it on the GUI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.exercise import Lesson
from crisisdesk.rules.exercise.improving import Improvement
from crisisdesk.services.after_action import Outcome
from ui.exercise.report_view import ReportView
from ui.exercise.result import Result
from ui.tasks import Tasks


class Ending(QObject):
    """Made once for each exercise; `page` is the console's."""

    review_asked = Signal()
    leave_asked = Signal()

    def __init__(self, page: QWidget, desk: ExerciseDesk, tasks: Tasks) -> None:
        super().__init__(page)
        self._page, self._tasks = page, tasks
        self._after, self._folder = desk.after_action, desk.paths.home
        self.result: Result | None = None
        self.view: ReportView | None = None

    def words(self, outcome: Outcome) -> str:
        """In a line: how it went, and where the report lies."""
        report = outcome.report
        return (
            f"ENDEX: {report['goals_met']} of {len(report['goals'])} goals met. "
            f"The report is in {self._folder / 'report.html'}."
        )

    def show(self, outcome: Outcome, practised: Sequence[Lesson]) -> None:
        """Show how it went; `practised` are a drill's lessons, none otherwise."""
        self.result = result = Result(self._page, outcome, practised, self._folder)
        result.review_asked.connect(self.review_asked)
        result.leave_asked.connect(self.leave_asked)
        result.report_asked.connect(self.open_report)
        result.named.connect(self._name)
        result.agreeing.added.connect(self._add)
        result.open()

    def open_report(self) -> None:
        """Show the whole report in a window of our own."""
        self._tasks.read(lambda: self._after.page(self._folder), self._show_page, self._failed)

    def _show_page(self, page: str) -> None:
        self.view = ReportView(page, self._folder)
        self.view.show()
        self.view.text.setFocus()

    def _name(self, player: str) -> None:
        self._tasks.read(
            lambda: self._after.name_player(self._folder, player), self._named, self._failed
        )

    def _named(self, outcome: Outcome) -> None:
        if self.result:
            self.result.counted(outcome)

    def _add(self, action: str, owner: str, due: str) -> None:
        self._tasks.read(
            lambda: self._after.improve(self._folder, action, owner, due),
            self._added,
            self._failed,
        )

    def _added(self, listed: Sequence[Improvement]) -> None:
        if self.result:
            self.result.agreeing.show_all(listed)
            self.result.agreeing.empty()

    def _failed(self, error: Exception) -> None:
        if self.result:
            self.result.notice.error(error)
