"""The night flood with a directing staff: both windows, calls, NO DUFF, briefing and debrief."""

from datetime import timedelta

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crisisdesk.desk.autopilot import Autopilot
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.directing import Break, Rating
from crisisdesk.model.exercise import Inject, Method
from tests.gallery.exercise import begin, open_night, play
from tests.gallery.people import posts
from tests.gallery.stage import Stage
from tests.gallery.studio import SIZE
from ui.exercise.briefing import BriefingAgain
from ui.exercise.control_window import ControlWindow
from ui.exercise.debrief import Debrief
from ui.exercise.inject_form import InjectForm

DRAWS = ("briefing", "call", "debrief", "directing", "no-duff", "side-by-side")
MINUTES = 40
CROWD = 40
QUESTIONS = (
    "What told you first that something was wrong?",
    "Which message would you write differently now?",
    "What did you miss at this desk?",
)


CALL = Inject(
    "head-teacher",
    2400,
    Method.TELEPHONE,
    "Head teacher, Northfield School",
    "The fire service told us to keep everybody inside, but parents are at the gate. Do we open it "
    "or not? I need an answer now, and I will tell them that it comes from you.",
    expected_action="Does not decide for the fire service: rings them, and rings the school back.",
)


class SideBySide(QWidget):
    """Two windows as they stand on two screens."""

    def __init__(self, *windows: QWidget) -> None:
        super().__init__()
        self._windows = windows
        self.resize(SIZE[0] * len(windows), SIZE[1])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Both as they are now."""
        painter = QPainter(self)
        for place, window in enumerate(self._windows):
            window.render(painter, QPoint(place * SIZE[0], 0))
        painter.end()


def tell(stage: Stage) -> None:
    """Draw an exercise with a directing staff, from its briefing to a real event."""
    desk = open_night(stage)
    stage.shoot("briefing")
    begin(stage, directed=True)
    control = stage.console.playing.control
    assert control is not None
    control.resize(*SIZE)
    stage.shoot("directing-begins", control)
    Autopilot(desk, "good").plan()
    play(stage, desk, MINUTES)
    _direct(stage, desk, control)
    _call(stage, desk, control)
    _overload(stage, desk, control)
    _ask(stage, control)
    control.bar.no_duff.held.emit()
    stage.until("NO DUFF", lambda: stage.console.playing.stopping.pages)
    stage.shoot("no-duff")
    stage.shoot("no-duff-control", control)


def _direct(stage: Stage, desk: ExerciseDesk, control: ControlWindow) -> None:
    desk.controlling.break_network("bluesky", Break.ANSWERS_LOST)
    desk.controlling.observe("Asked the police before answering.", "bridge-down", Rating.WELL)
    desk.controlling.observe("Nobody read the warning aloud before it went out.")
    _look(stage, control)
    stage.shoot("directing", control)
    pair = SideBySide(stage.console.window, control)
    stage.shoot("side-by-side", pair)
    pair.deleteLater()
    for panel, name in (
        (control.public, "public"),
        (control.channels, "channels"),
        (control.notes, "notes"),
    ):
        control.tabs.setCurrentWidget(panel)
        stage.shoot(f"directing-{name}", control)


def _look(stage: Stage, control: ControlWindow) -> None:
    control.on_story()
    stage.tick()


def _call(stage: Stage, desk: ExerciseDesk, control: ControlWindow) -> None:
    desk.exercising.play(CALL)
    _look(stage, control)
    stage.shoot("directing-calls", control)
    control.roles.cards[-1].ring.click()
    stage.shoot("call-rings")
    card = stage.console.playing.room.calls
    card.take_it.click()
    card.note.setText("Gate stays shut; the fire service speaks to the parents")
    stage.shoot("call-answered")
    card.end.click()
    stage.calm()


def _overload(stage: Stage, desk: ExerciseDesk, control: ControlWindow) -> None:
    """Far more than anybody planned: long words, many injects, three calls that wait."""
    for number in range(CROWD):
        long = "Is it true that the whole of Lower Town has to leave tonight? " * 4
        at = int(desk.clock.elapsed() / timedelta(seconds=1)) + 60 * number + 60
        desk.controlling.insert(Method.MASTODON, f"worried {number}", long, at)
    for name in ("Councillor R. Beddoes, Lower Town", "Wend Valley Radio", "A parent"):
        desk.controlling.insert(Method.TELEPHONE, name, "Call me back about the flood.")
    for network in ("mastodon", "mail"):
        desk.controlling.break_network(network, Break.SLOW)
    stage.page.desk.intake.accept(posts(desk.clock.now()))
    _look(stage, control)
    control.tabs.setCurrentWidget(control.goals)
    stage.shoot("directing-overload", control)
    stage.shoot("call-overload")


def _ask(stage: Stage, control: ControlWindow) -> None:
    control.add()
    form = control.findChild(InjectForm)
    assert form is not None
    stage.shoot("directing-add", form)
    form.reject()
    stage.console.playing.room._brief_again()
    again = stage.dialog(BriefingAgain)
    stage.shoot("briefing-again", again)
    again.reject()
    asked = Debrief(stage.console.window, QUESTIONS)
    asked.open()
    stage.shoot("debrief", asked)
    asked.reject()
