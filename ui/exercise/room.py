"""What an exercise adds to the console: briefing, control, calls, a coach, and how it went."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.exercise import Inject
from crisisdesk.rules.calling import Kind
from crisisdesk.rules.exercise.coaching import Seen
from crisisdesk.services.after_action import Outcome
from ui import actions
from ui.bridge import Bridge
from ui.calling import Calling
from ui.dialogs.once import open_once
from ui.exercise.briefing import Briefing, BriefingAgain
from ui.exercise.call_card import CallCard, Stage
from ui.exercise.coach import Coach
from ui.exercise.control_bar import ControlBar
from ui.exercise.debrief import Debrief
from ui.exercise.ending import Ending
from ui.exercise.stopping import Stopping
from ui.tasks import Tasks
from ui.widgets.notice import Notice

BELOW_HEADER = 2
"""Where in the console's column exercise control stands."""


class Room(QObject):
    """Puts itself into the console's page and listens to its bridge."""

    begun = Signal()
    review_asked = Signal()
    leave_asked = Signal()

    def __init__(
        self,
        page: QWidget,
        desk: ExerciseDesk,
        tasks: Tasks,
        bridge: Bridge,
        notice: Notice,
        stopping: Stopping,
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._tasks = page, desk, tasks
        self._bridge, self._notice, self._stopping = bridge, notice, stopping
        self._calling: Calling | None = None
        self.coach: Coach | None = None
        self.briefing = Briefing(desk.exercising.scenario, desk.clock.now())
        self.begins = desk.clock.now()
        self.briefing.begin_asked.connect(self._begin)
        after, folder = desk.after_action, desk.paths.home
        tasks.read(lambda: after.known(folder), self.briefing.offer_name)
        self.briefing.leave_asked.connect(self.leave_asked)
        self.control = ControlBar(desk, tasks)
        self.calls = CallCard(lambda: desk.controlling.directed)
        self.ending = Ending(page, desk, tasks)
        self.ending.review_asked.connect(self.review_asked)
        self.ending.leave_asked.connect(self.leave_asked)
        bridge.exercise_told.connect(self.control.on_told)

    def furnish(
        self, top: QVBoxLayout, seen: Callable[[], Seen], typed: Any, calling: Calling
    ) -> None:
        """Take a place in the page's column. `typed` is the signal that something was typed."""
        self._calling = calling
        page, control = self._page, self.control
        top.insertWidget(BELOW_HEADER, control)
        top.insertWidget(BELOW_HEADER + 1, self.calls)
        self.calls.moved.connect(self._on_moved)
        self._stopping.serve(control.no_duff, self._desk.player.name)
        actions.bind(page, "no-duff", control.no_duff.setFocus)
        bound = actions.bind(page, "answer", self.calls.focus, self.calls.why_not)
        bound.refused.connect(partial(self._notice.problem, "That cannot be done now."))
        actions.bind(page, "briefing", self._brief_again)
        actions.bind(page, "end", control.end.click)
        control.ended.connect(self.calls.stop_ringing)
        control.ended.connect(self._debrief)
        if self._desk.exercising.scenario.coach:
            self.coach = self._make_coach(seen, typed)
            top.insertWidget(BELOW_HEADER + 2, self.coach)

    def _make_coach(self, seen: Callable[[], Seen], typed: Any) -> Coach:
        desk = self._desk
        coach = Coach(desk.exercising, self._tasks, seen, lambda: desk.settings.broadcast_by)
        coach.end_asked.connect(self.control.end.click)
        self._bridge.log_grew.connect(coach.look)
        typed.connect(coach.on_screen_changed)
        actions.bind(self._page, "coach", coach.toggle)
        return coach

    # Before

    def _begin(self, directed: bool) -> None:
        control = self._desk.controlling
        self._desk.after_action.player = self.briefing.name
        self._tasks.read(lambda: control.begin(directed=directed), lambda _: self._begun())

    def _begun(self) -> None:
        self._desk.start()
        self.control.show_time()
        self.begun.emit()

    def _brief_again(self) -> None:
        scenario = self._desk.exercising.scenario
        open_once(BriefingAgain(self._page, scenario, self.begins))

    # Calls

    def ring(self, call: Inject) -> None:
        """Somebody speaks to the player."""
        self.calls.ring(call)
        if self._calling:
            self._calling.tell(Kind.CALL, call.id, call.sender)

    def _on_moved(self, call: Inject, stage: Stage, note: str) -> None:
        telephoning, player = self._desk.telephoning, self._desk.player
        if stage is Stage.ANSWERED:
            self._tasks.read(lambda: telephoning.answered(call, player))
            return
        self._tasks.read(
            lambda: telephoning.ended(call, player, note),
            otherwise=lambda error: self._not_kept(error, call, note),
        )

    def _not_kept(self, error: Exception, call: Inject, note: str) -> None:
        self._notice.error(error)
        self.calls.give_back(call, note)

    # After

    def _debrief(self) -> None:
        questions = self._desk.debriefing.questions
        if not questions or self._stopping.pages:
            self._write_report()
            return
        asked = Debrief(self._page, questions)
        asked.answered.connect(self._keep_answers)
        open_once(asked)

    def _keep_answers(self, answers: dict[str, str]) -> None:
        debriefing = self._desk.debriefing
        self._tasks.read(lambda: debriefing.keep(answers), lambda _: self._write_report())

    def _write_report(self) -> None:
        after, folder = self._desk.after_action, self._desk.paths.home
        self._tasks.read(lambda: after.finish(folder), self._show)

    def _show(self, outcome: Outcome) -> None:
        words = self.ending.words(outcome)
        self._notice.good(words)
        self._stopping.over(words)
        if self._stopping.pages:
            return
        lessons = self._desk.exercising.scenario.coach
        done = [each for each in lessons if self.coach and each.id in self.coach.done]
        if self.coach:
            self.coach.hide()
        self.ending.show(outcome, done)
