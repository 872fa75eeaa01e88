"""An exercise on screen: the briefing, the player's console, exercise control, and how it ends."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.errors import Refused
from crisisdesk.model.events import CallCame
from crisisdesk.model.exercise import Method
from ui import actions
from ui.console.console_page import ConsolePage
from ui.dialogs.helping import Help
from ui.exercise.control_window import BY, ControlWindow
from ui.exercise.no_duff import NoDuffPage
from ui.exercise.room import Room
from ui.exercise.stopping import Stopping
from ui.main_window import MainWindow
from ui.start.launching import LIVE
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.clocks import clock_time
from ui.widgets.marking import Marks

TITLE = "EXERCISE – CrisisDesk"
OPEN = "control-open"


class Playing(QObject):
    """Leads through one exercise. Whoever made the desk closes it."""

    review_asked = Signal()

    def __init__(
        self,
        desk: ExerciseDesk,
        tasks: Tasks,
        window: MainWindow,
        help_: Help,
        say: Callable[[str], object] | None,
    ) -> None:
        """`say` tells the program that waits out of sight; None where none does."""
        super().__init__(window)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            Theme.apply(app, Theme.tokens.name, exercise=True)
        self._marks = Marks(self)
        self._desk, self._tasks, self._window = desk, tasks, window
        self._help, self._say = help_, say
        self.control: ControlWindow | None = None
        self.page = page = ConsolePage(desk, tasks, desk.player)
        self.stopping = Stopping(desk, tasks, page.bridge)
        self.room = Room(page, desk, tasks, page.bridge, page.notice, self.stopping)
        self.room.furnish(page.top, page.seen, page.message.changed, page.calls.calling)
        self._connect()
        window.show_page(self.room.briefing, f"{TITLE} – briefing")

    def _connect(self) -> None:
        page, room, window, stopping = self.page, self.room, self._window, self.stopping
        room.control.no_duff.watch(window)
        page.calls.places["call"] = room.calls.focus
        bound = actions.bind(page, "control", self.open_control, self._why_no_control)
        bound.refused.connect(partial(page.notice.problem, "That cannot be done now."))
        room.control.control_asked.connect(self.open_control)
        room.begun.connect(self._begin)
        room.review_asked.connect(self.review_asked)
        room.leave_asked.connect(window.leave)
        stopping.stopped.connect(self._stop)
        stopping.leave_asked.connect(window.leave)
        stopping.live_asked.connect(self._ask_for_live)
        page.bridge.call_came.connect(self._on_call)
        room.calls.moved.connect(self._on_moved)
        window.closing.connect(self._close)

    def _begin(self) -> None:
        self._window.ask_before_closing = True
        self._window.show_page(self.page, TITLE)
        self._window.drop_page(self.room.briefing)
        if self._desk.controlling.directed:
            self.open_control()

    def _why_no_control(self) -> str:
        directed = self._desk.controlling.directed
        return "" if directed else "You play alone, and it would tell you what comes next."

    def open_control(self) -> None:
        """The directing staff's window, made once and kept."""
        if self.control is None:
            self.control = self._make_control()
        self.control.show()
        self.control.raise_()
        self.control.activateWindow()

    def _make_control(self) -> ControlWindow:
        bridge = self.page.bridge
        made = ControlWindow(self._desk, self._tasks, self._window.remember)
        bridge.story_moved.connect(lambda _: made.on_story())
        bridge.log_grew.connect(made.on_story)
        bridge.exercise_told.connect(made.on_told)
        made.roles.ring_asked.connect(self.room.ring)
        made.bar.no_duff.watch(made)
        self.stopping.serve(made.bar.no_duff, BY)
        actions.bind(made, "help", self._help.open_here)
        return made

    def _on_call(self, event: CallCame) -> None:
        """With a directing staff a role player rings first, unless the staff just did; an e-mail
        needs nobody's voice."""
        call = event.inject
        own = self._desk.controlling.is_own(call) or call.method is Method.EMAIL
        if self._desk.controlling.directed and self.control:
            due = clock_time(self.room.begins + timedelta(seconds=event.at))
            self.control.roles.take(call, due, rung=own)
            if not own:
                return
        self.room.ring(call)

    def _on_moved(self, call: object, stage: object, _note: str) -> None:
        if self.control:
            self.control.roles.follow(call, stage)  # type: ignore[arg-type]

    def _stop(self) -> None:
        page = self.stopping.new_page(self._desk.player.name)
        self._window.show_page(page, f"{TITLE} – NO DUFF")
        page.call()
        if self.control:
            beside: NoDuffPage = self.stopping.new_page(BY)
            self.control.stop(beside)

    def _ask_for_live(self) -> None:
        """An exercise's process starts nothing: the one that waits out of sight does."""
        if self._say is None:
            self.stopping.fail(
                Refused(
                    "This exercise was started by itself, so nothing here can open the live desk.",
                    "Start CrisisDesk as always and choose the live desk.",
                )
            )
            return
        self._say(LIVE)
        self.stopping.say("The live desk opens in a window of its own.")

    def _close(self) -> None:
        if self.control:
            self.control.close()
            self.control.deleteLater()
            self.control = None
