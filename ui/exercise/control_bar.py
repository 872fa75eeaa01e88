"""The exercise's own line in a window: where the story stands, pause, end, NO DUFF."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.events import ExerciseTold
from crisisdesk.rules.showing import one_line
from ui import actions
from ui.exercise.no_duff import NoDuffButton
from ui.tasks import Tasks
from ui.theme import SPACE, Theme
from ui.widgets.clocks import clock_seconds, since
from ui.widgets.parts import button, label, row, set_tip

SECOND_MS = 500
SPEEDS = (1, 2, 4, 10, 60)
LONGEST_TOLD = 200
"""Letters: two or three lines. All of it stands in the tip."""
WIDE = 1080
"""Pixels at 100 % text: from here on everything stands in one line."""

PAUSE, GO_ON = "Pause (PAUSEX)", "Go on"


class StoryButtons(QWidget):
    """Speed, pause and end: for whoever directs, or plays alone."""

    def __init__(self, desk: ExerciseDesk, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.speed = QComboBox()
        self.speed.setAccessibleName("Story speed")
        for factor in SPEEDS:
            self.speed.addItem(f"Speed ×{factor}", float(factor))
        self.speed.setCurrentIndex(max(0, self.speed.findData(desk.clock.speed)))
        self.speed.activated.connect(self._set_speed)
        self.pause = button(PAUSE, self.toggle, "lane")
        self.end = button("End (ENDEX)", self._end, "danger")
        self.setLayout(row(self.speed, self.pause, self.end))

    def show_state(self) -> None:
        """As the clock is now: another window may have stopped it, or changed its speed."""
        self.pause.setText(PAUSE if self._desk.clock.running else GO_ON)
        if not self.speed.view().isVisible():
            self.speed.setCurrentIndex(max(0, self.speed.findData(self._desk.clock.speed)))

    def over(self) -> None:
        """Nothing is paused or ended any more."""
        for each in (self.speed, self.pause, self.end):
            each.setEnabled(False)

    def toggle(self) -> None:
        """PAUSEX, or on again."""
        control = self._desk.controlling
        running = self._desk.clock.running
        self._tasks.read(control.pause if running else control.resume, lambda _: self.show_state())

    def _set_speed(self) -> None:
        speed, control = float(self.speed.currentData()), self._desk.controlling
        self._tasks.read(lambda: control.set_speed(speed))

    def _end(self) -> None:
        self.end.setEnabled(False)
        self._tasks.read(self._desk.controlling.end)


class ControlBar(QWidget):
    """A line below the header, only in an exercise."""

    ended = Signal()
    control_asked = Signal()

    def __init__(self, desk: ExerciseDesk, tasks: Tasks, *, directing: bool = False) -> None:
        """`directing`: it stands in the directing staff's own window."""
        super().__init__()
        self._desk, self._directing = desk, directing
        self.story = label("", "strong")
        self.told = label("" if directing else "STARTEX", "muted", wrap=True)
        self.buttons = StoryButtons(desk, tasks)
        self.speed, self.pause, self.end = (
            self.buttons.speed,
            self.buttons.pause,
            self.buttons.end,
        )
        words = f"Exercise control ({actions.key_of('control')})"
        self.control = button(words, self.control_asked.emit, "lane")
        self.no_duff = NoDuffButton()
        self._box = row()
        said = row(self.story, self.told)
        said.setStretch(1, 1)
        self._box.addLayout(said, 1)
        self._box.addLayout(row(self.buttons, self.control, None, self.no_duff))
        self._box.setContentsMargins(SPACE + 2, 0, SPACE + 2, SPACE - 2)
        self.setLayout(self._box)
        self._timer = QTimer(self)
        self._timer.setInterval(SECOND_MS)
        self._timer.timeout.connect(self.show_time)
        self._timer.start()
        self.show_time()

    def on_told(self, told: ExerciseTold) -> None:
        """Exercise control has something to say."""
        self.told.setText(one_line(told.words, LONGEST_TOLD))
        set_tip(self.told, told.words)
        if told.ended:
            self.buttons.over()
            self.ended.emit()

    def show_time(self) -> None:
        """The story's time, and who may change it: with a directing staff, they alone."""
        clock, directed = self._desk.clock, self._desk.controlling.directed
        elapsed = clock.elapsed().total_seconds()
        still = "" if clock.running or not self.pause.isEnabled() else " · PAUSED"
        self.story.setText(f"Story {clock_seconds(clock.now())} · {since(elapsed)}{still}")
        self.buttons.setVisible(self._directing or not directed)
        self.control.setVisible(directed and not self._directing)
        self.buttons.show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refit()

    def _refit(self) -> None:
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if self.width() >= Theme.scaled(WIDE) else down)
