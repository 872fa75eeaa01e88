"""What an exercise adds to the console: its control, a coach if it has one, and how it went."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.rules.exercise.coaching import Seen
from ui import actions
from ui.bridge import Bridge
from ui.exercise.coach import Coach
from ui.exercise.control_bar import ControlBar
from ui.exercise.result import Result
from ui.tasks import Tasks
from ui.widgets.notice import Notice

BELOW_HEADER = 2
"""Where in the console's column exercise control stands."""


class Room(QObject):
    """Puts itself into the console's page and listens to its bridge."""

    review_asked = Signal()
    leave_asked = Signal()

    def __init__(
        self, page: QWidget, desk: ExerciseDesk, tasks: Tasks, bridge: Bridge, notice: Notice
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._tasks = page, desk, tasks
        self._bridge, self._notice = bridge, notice
        self.coach: Coach | None = None
        self.result: Result | None = None
        self.control = ControlBar(desk)
        bridge.exercise_told.connect(self.control.on_told)

    def furnish(self, top: QVBoxLayout, seen: Callable[[], Seen], typed: Any) -> None:
        """Take a place in the page's column. `typed` is the signal that something was typed."""
        top.insertWidget(BELOW_HEADER, self.control)
        actions.bind(self._page, "end", self.control.end.click)
        self.control.ended.connect(self._write_report)
        if self._desk.exercising.scenario.coach:
            self.coach = self._make_coach(seen, typed)
            top.insertWidget(BELOW_HEADER + 1, self.coach)

    def _make_coach(self, seen: Callable[[], Seen], typed: Any) -> Coach:
        desk = self._desk
        coach = Coach(desk.exercising, self._tasks, seen, lambda: desk.settings.broadcast_by)
        coach.end_asked.connect(self.control.end.click)
        self._bridge.log_grew.connect(coach.look)
        typed.connect(coach.on_screen_changed)
        actions.bind(self._page, "coach", coach.toggle)
        return coach

    def _write_report(self) -> None:
        desk = self._desk
        self._tasks.read(lambda: desk.after_action.write(desk.paths.home), self._show)

    def _show(self, report: dict[str, Any]) -> None:
        folder = self._desk.paths.home
        self._notice.good(
            f"ENDEX: {report['goals_met']} of {len(report['goals'])} goals met. "
            f"The report is in {folder / 'report.html'}."
        )
        if self.coach is None:
            return
        lessons = self._desk.exercising.scenario.coach
        done = [each for each in lessons if each.id in self.coach.done]
        self.coach.hide()
        self.result = Result(self._page, report, done, folder)
        self.result.review_asked.connect(self.review_asked)
        self.result.leave_asked.connect(self.leave_asked)
        self.result.open()
