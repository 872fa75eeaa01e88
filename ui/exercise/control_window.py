"""Exercise control: the directing staff's own window, on a second screen or beside the player's."""

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.events import ExerciseTold
from crisisdesk.model.mode import Mode
from crisisdesk.rules.exercise.standing import Situation
from crisisdesk.services.controlling import CONTROL
from ui import actions
from ui.dialogs.once import open_once
from ui.dialogs.palette import Palette, action_choices
from ui.exercise.briefing import BriefingAgain
from ui.exercise.channels_panel import ChannelsPanel
from ui.exercise.control_bar import ControlBar
from ui.exercise.directing import Directing
from ui.exercise.goals_panel import GoalsPanel
from ui.exercise.inject_detail import InjectDetail
from ui.exercise.inject_form import InjectForm, ring_form
from ui.exercise.notes_panel import NotesPanel
from ui.exercise.public_panel import PublicPanel
from ui.exercise.roles_panel import RolesPanel
from ui.exercise.timeline_model import in_words, said_by
from ui.exercise.timeline_table import Timeline
from ui.tasks import Tasks
from ui.theme import SPACE, Theme
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.paging import page
from ui.widgets.parts import column
from ui.widgets.reading_order import arrange, bring_into_view, next_stop

SMALLEST, USUAL = (1180, 680), (1366, 768)
TICK_MS = 1000
BESIDE = 1000
"""Pixels at 100 % text: below, the timeline is one of the tabs."""

PLACE = "control-window"
TIMELINE, CALLS = "Timeline", "Calls"


class ControlWindow(QMainWindow):
    """Everything the player must not see. It may be closed and opened again as one likes."""

    def __init__(self, desk: ExerciseDesk, tasks: Tasks, remember: QSettings | None) -> None:
        super().__init__()
        self._desk, self._remember = desk, remember
        scenario = desk.exercising.scenario
        self._begins = desk.clock.now() - desk.clock.elapsed()
        self.notice = Notice()
        self.directing = Directing(desk, tasks, self.notice, self)
        self.bar = ControlBar(desk, tasks, directing=True)
        self.timeline = Timeline(scenario, self._begins)
        self.detail = InjectDetail(scenario)
        self.goals = GoalsPanel()
        self.public = PublicPanel(scenario, self._begins)
        self.channels = ChannelsPanel()
        self.notes = NotesPanel(scenario, self._begins)
        self.roles = RolesPanel()
        self.pages = QStackedWidget()
        self._stale = True
        self._lay_out()
        self._connect()
        self._bind()
        self.setWindowTitle(f"EXERCISE – exercise control: {scenario.name}")
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL)
        if remember and isinstance(kept := remember.value(PLACE), QByteArray):
            self.restoreGeometry(kept)

    def _lay_out(self) -> None:
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.addWidget(self.timeline)
        self._left.addWidget(self.detail)
        self._left.setSizes([460, 220])
        self._left.setStretchFactor(0, 1)
        self._left.setChildrenCollapsible(False)
        self.tabs = QTabWidget()
        for name, panel in (
            ("Goals", self.goals),
            ("Public", self.public),
            ("Channels", self.channels),
            ("Notes", self.notes),
            (CALLS, self.roles),
        ):
            panel.setObjectName("pane")
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.tabs.addTab(panel, name)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.addWidget(self._left)
        self._across.addWidget(self.tabs)
        self._across.setSizes([880, 440])
        self._across.setStretchFactor(0, 1)
        self._across.setChildrenCollapsible(False)
        body = column(self.notice, self._across, space=SPACE)
        body.setStretch(1, 1)
        body.setContentsMargins(SPACE, 0, SPACE, SPACE)
        whole = column(ModeBand(Mode.EXERCISE), SPACE, self.bar, space=0)
        whole.addLayout(body, 1)
        playing = QWidget()
        playing.setLayout(whole)
        self.pages.addWidget(playing)
        self.setCentralWidget(self.pages)

    def _connect(self) -> None:
        directing = self.directing
        directing.seen.connect(self._show)
        directing.noted.connect(self.notes.kept)
        self.timeline.chosen.connect(self.detail.show_line)
        self.timeline.chosen.connect(self.notes.choose)
        self.timeline.table.activated.connect(lambda _: self.detail.play.setFocus())
        self.detail.play_asked.connect(self.play)
        self.detail.skip_asked.connect(self.skip)
        self.detail.change_asked.connect(self.change)
        self.detail.add_asked.connect(self.add)
        self.channels.break_asked.connect(directing.break_network)
        self.channels.mend_asked.connect(directing.mend)
        self.notes.note_asked.connect(directing.note)
        self.roles.phone_asked.connect(self.ring)
        self.roles.counted.connect(self._count_calls)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)

    def _bind(self) -> None:
        pages, why_not = self.pages, self.detail.why_not
        actions.bind(pages, "play", self.play, why_not).refused.connect(self._refuse)
        actions.bind(pages, "change", self.change, why_not).refused.connect(self._refuse)
        for name, act in (
            ("insert", self.add),
            ("ring", self.ring),
            ("observe", self.observe),
            ("pause", self.bar.buttons.toggle),
            ("briefing", self._brief),
            ("no-duff", self.bar.no_duff.setFocus),
            ("search", self.timeline.search.setFocus),
            ("end", self.bar.end.click),
        ):
            actions.bind(pages, name, act)
        actions.bind(self, "palette", self._find)

    def on_story(self) -> None:
        """The story moved, or the player did something."""
        self._stale = True

    def on_told(self, told: ExerciseTold) -> None:
        """Exercise control told the player something, or that it is over."""
        self.bar.on_told(told)
        if told.ended:
            for each in (self.detail, self.channels, self.roles):
                each.over()
            self.on_story()

    def play(self) -> None:
        """Play the chosen inject now."""
        if line := self.timeline.line:
            self.directing.play(line)

    def skip(self) -> None:
        """Leave the chosen inject out."""
        if line := self.timeline.line:
            self.directing.skip(line)

    def change(self) -> None:
        """Other words or another time for the chosen inject."""
        if line := self.timeline.line:
            self.directing.change(InjectForm(self, line))

    def add(self) -> None:
        """Write one more inject."""
        self.directing.add(InjectForm(self))

    def ring(self) -> None:
        """Somebody telephones, at once."""
        self.directing.ring(ring_form(self))

    def observe(self) -> None:
        """Write down what is seen."""
        self.tabs.setCurrentWidget(self.notes)
        self.notes.focus()

    def stop(self, over: QWidget) -> None:
        """NO DUFF: this page takes the place of everything."""
        self._clock.stop()
        self.pages.addWidget(over)
        self.pages.setCurrentWidget(over)

    def _refuse(self, words: str) -> None:
        self.notice.problem(f"That cannot be done now: {words}", "Choose another inject.")

    def _brief(self) -> None:
        open_once(BriefingAgain(self, self._desk.exercising.scenario, self._begins))

    def _find(self) -> None:
        open_once(Palette(self, action_choices(actions.on_screen(self))))

    def _count_calls(self, number: int) -> None:
        self.tabs.setTabText(
            self.tabs.indexOf(self.roles), f"{CALLS} ({number})" if number else CALLS
        )
        at = self.focusWidget()
        if number and not (at and self.tabs.isAncestorOf(at)):  # nobody writes a note just now
            self.tabs.setCurrentWidget(self.roles)

    def _tick(self) -> None:
        if self._stale or self._desk.clock.running:
            self._stale = False
            self.directing.look()

    def _show(self, situation: Situation) -> None:
        first = self.timeline.next is None
        self.timeline.show_lines(situation.lines, situation.at)
        self.goals.show_goals(situation.goals, situation.at)
        self.public.show_public(situation.public)
        self.channels.show_broken(situation.broken)
        self.notes.show_notes(situation.observations)
        self.timeline.headline.setText(self._next_words(situation.at))
        if first:
            self.timeline.table.setFocus()

    def _next_words(self, now: int) -> str:
        if self._desk.exercising.ended:
            return "The exercise is over."
        line = self.timeline.next
        if line is None or line.due is None:
            return "Nothing more comes by the clock."
        return f"Next {in_words(line.due - now)}: {said_by(line)} – {line.inject.id}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        panel = self.tabs.currentWidget()
        if not page(panel.findChild(QScrollArea) if panel else None, event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self.directing.look()
        arrange(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        if self._remember:
            self._remember.setValue(PLACE, self.saveGeometry())
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refit()

    def _refit(self) -> None:
        beside = self.width() >= Theme.scaled(BESIDE)
        if beside == (self._across.count() == 2):
            return
        if beside:
            self._across.insertWidget(0, self._left)
            self._across.setSizes([880, 440])
        else:
            self.tabs.insertTab(0, self._left, TIMELINE)
            self.tabs.setCurrentIndex(0)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes by what stands in the window now, as in the main one."""
        shown = self.pages.currentWidget()
        target = next_stop(shown, self.focusWidget(), forward=forward) if shown else None
        if target is None:
            return super().focusNextPrevChild(forward)
        reason = Qt.FocusReason
        target.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
        bring_into_view(target)
        return True


BY = CONTROL
"""Who stands at this window, for the log."""
