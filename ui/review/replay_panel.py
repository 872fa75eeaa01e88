"""The replay: a timeline, a scrubber, and one moment or two side by side."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QSplitter, QVBoxLayout, QWidget

from crisisdesk.model.heard import HeardThen
from crisisdesk.model.replay import Moment
from crisisdesk.rules.replay import Replay
from crisisdesk.services.replaying import Replaying
from ui.review.moment_view import MomentView
from ui.review.timeline import LogTimeline
from ui.tasks import Tasks
from ui.theme import SPACE_TIGHT, Theme
from ui.widgets.announcing import announce
from ui.widgets.flow import flowing
from ui.widgets.parts import button, label, toggle

UNHEARD = HeardThen(0, {}, ())
PAGE_STEPS = 20
VIEW_WIDTH = 500
TALL = 28


class ReplayPanel(QWidget):
    """Moves through a log that is read already; what the public said is read as it is needed."""

    moved = Signal(int)
    """The entry that the moment comes after."""

    def __init__(self, tasks: Tasks, entries: QWidget) -> None:
        """`entries` stands beside the moments."""
        super().__init__()
        self._tasks = tasks
        self._replaying: Replaying | None = None
        self._replay: Replay | None = None
        self._moment: Moment | None = None
        self._held: Moment | None = None
        self._asked = 0
        self.timeline = LogTimeline()
        self.timeline.asked.connect(self._point)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Moment: entry of the log")
        self.slider.setMinimumHeight(Theme.scaled(TALL))
        self.slider.valueChanged.connect(self._show)
        self.before = button("Earlier mark", partial(self._step, -1), icon="back")
        self.after = button("Later mark", partial(self._step, 1))
        self.hold = toggle("Hold this moment beside", self._hold)
        self.view = MomentView("What was known, said and public then")
        self.beside = MomentView("The moment held beside")
        self.beside.hide()
        self._lay_out(entries)

    def _lay_out(self, entries: QWidget) -> None:
        views = QSplitter(Qt.Orientation.Horizontal)
        views.setChildrenCollapsible(False)
        for each in (self.beside, self.view, entries):
            views.addWidget(each)
        views.setSizes([VIEW_WIDTH, VIEW_WIDTH, VIEW_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_TIGHT)
        box.addWidget(self.timeline)
        box.addWidget(self.slider)
        hint = label("● said, decided, promised   ▲ went wrong   ▮ mentions a minute", "small")
        box.addWidget(flowing(self.before, self.after, self.hold, hint, spread=True))
        box.addWidget(views, 1)

    def show_log(self, replaying: Replaying, replay: Replay, bars: list[tuple[int, int]]) -> None:
        """Replay this log, from its end."""
        self._replaying, self._replay = replaying, replay
        first, last = replay.first, replay.last
        end = replay.at_ms(last)
        begin = min([replay.at_ms(first), *(at_ms for at_ms, _ in bars[:1])])
        self.timeline.show_log(begin, end, replay.marks, bars)
        self.slider.setRange(first, last)
        self.slider.setPageStep(PAGE_STEPS)
        self.slider.setValue(last)
        self._show(last)

    def go_to(self, seq: int) -> None:
        """Look at the moment right after an entry."""
        self.slider.setValue(seq)

    def _point(self, at_ms: int) -> None:
        if self._replay:
            self.slider.setValue(self._replay.seq_at(at_ms))

    def _step(self, step: int) -> None:
        if self._moment is None:
            return
        mark = self.timeline.mark_from(self._moment.seq, step)
        if mark:
            self.slider.setValue(mark.seq)
            announce(self, f"{self.view.heading.text()}: {mark.words}")

    def _show(self, seq: int) -> None:
        if self._replay is None:
            return
        self._moment = self._replay.moment(seq)
        self.timeline.point_at(self._moment.at_ms, self._held.at_ms if self._held else 0)
        self.view.show_moment(self._moment, UNHEARD)
        self._read_heard(self._moment)
        self.moved.emit(seq)

    def _read_heard(self, moment: Moment) -> None:
        """A scrubber moves faster than a disk: only the last moment's answer is shown."""
        self._asked += 1
        if self._replaying:
            read = partial(self._replaying.heard, moment.at_ms)
            self._tasks.read(read, partial(self._show_heard, self._asked, moment))

    def _show_heard(self, asked: int, moment: Moment, heard: HeardThen) -> None:
        if asked == self._asked:
            self.view.show_moment(moment, heard)

    def _hold(self, held: bool) -> None:
        self._held = self._moment if held else None
        self.beside.setVisible(held)
        self.hold.setText("Let it go" if held else "Hold this moment beside")
        if self._held:
            self.beside.heading.setText(self.view.heading.text())
            self.beside.body.setPlainText(self.view.body.toPlainText())
        if self._moment:
            self.timeline.point_at(self._moment.at_ms, self._held.at_ms if self._held else 0)
