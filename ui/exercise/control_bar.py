"""Exercise control: where the story stands, what was just played in, pause and end."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.events import ExerciseTold
from ui.widgets.clocks import clock_seconds, since
from ui.widgets.elided import ElidedLabel
from ui.widgets.parts import button, label, set_tip

SECOND_MS = 500
SPEEDS = (1, 2, 4, 10, 60)


class ControlBar(QWidget):
    """A line below the header, only in an exercise."""

    ended = Signal()

    def __init__(self, desk: ExerciseDesk) -> None:
        super().__init__()
        self._desk = desk
        self.story = label("", "strong")
        self.told = ElidedLabel("STARTEX", "muted")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Story speed")
        for factor in SPEEDS:
            self.speed.addItem(f"Speed ×{factor}", float(factor))
        self.speed.setCurrentIndex(max(0, self.speed.findData(desk.clock.speed)))
        self.speed.currentIndexChanged.connect(
            lambda _: self._desk.set_speed(self.speed.currentData())
        )
        self.pause = button("Pause (PAUSEX)", self._toggle, "lane")
        self.end = button("End (ENDEX)", self._end, "danger")
        box = QHBoxLayout(self)
        box.setContentsMargins(10, 0, 10, 6)
        for part in (self.story, self.told, self.speed, self.pause, self.end):
            box.addWidget(part, 1 if part is self.told else 0)
        self._timer = QTimer(self)
        self._timer.setInterval(SECOND_MS)
        self._timer.timeout.connect(self._show_time)
        self._timer.start()
        self._show_time()

    def on_told(self, told: ExerciseTold) -> None:
        """Exercise control has something to say."""
        self.told.setText(told.words)
        set_tip(self.told, told.words)
        if told.ended:
            self.pause.setEnabled(False)
            self.end.setEnabled(False)
            self.ended.emit()

    def _show_time(self) -> None:
        clock = self._desk.clock
        elapsed = clock.elapsed().total_seconds()
        self.story.setText(f"Story {clock_seconds(clock.now())} · {since(elapsed)}")

    def _toggle(self) -> None:
        if self._desk.clock.running:
            self._desk.pause()
            self.pause.setText("Go on")
        else:
            self._desk.resume()
            self.pause.setText("Pause (PAUSEX)")

    def _end(self) -> None:
        self.end.setEnabled(False)
        self._desk.workers.read(self._desk.exercising.end)
