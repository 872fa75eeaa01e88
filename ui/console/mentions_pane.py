"""What the public says: lanes with counts, a list that stays quick, search, and one in detail."""

from functools import partial

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.desk import Desk
from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from ui.actions import key_of, tip_of
from ui.console.mention_detail import MentionDetail
from ui.console.mentions_table import MentionsTable
from ui.delegates.mention_delegate import MentionDelegate
from ui.delegates.spoken import spoken
from ui.leaving import open_address
from ui.models.mentions_model import MENTION, MentionsModel
from ui.tasks import Tasks
from ui.theme import SPACE_TIGHT
from ui.widgets.fitting_scroll import FittingScroll
from ui.widgets.pane import Pane
from ui.widgets.pane_head import pane_head
from ui.widgets.parts import button, column, label, restyle, set_tip, toggle
from ui.widgets.sparkline import Sparkline
from ui.widgets.state_view import PaneState, StateView

PAGE = 200
LANES_IN_A_ROW = 3
FLOOD = 120
"""Mentions a minute: two a second is more than anybody reads."""
FLOOD_WORDS = "More comes in than anybody can read. Everything is kept: work through Needs first."
COUNTS_MS = 250
SEARCH_MS = 200
LANE_WORDS = {
    "need": "Needs",
    "rumour": "Rumours",
    "question": "Questions",
    "eyewitness": "Eyewitness",
    "media": "Media",
    "all": "All",
}


class MentionsPane(Pane):
    """Asks for what is new when told so, never more often than it can show."""

    sources_asked = Signal()
    verdict_asked = Signal(object, object)
    take_back_asked = Signal()
    needs_counted = Signal(int)
    """How many needs are open."""

    rate_counted = Signal(list)
    """How many mentions came in each of the last minutes."""

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__("Mentions")
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self._lane = "all"
        self._asking = self._asked_again = False
        self._no_more = self._inserting = False
        self._sources: tuple[PaneState, str] | None = None
        self._listening = True
        self._rate = ""
        self.model = MentionsModel(self, lambda mention: spoken(mention, MentionDelegate.now_ms()))
        self._build()
        self._counts_timer = _single_shot(self, COUNTS_MS, self._ask_counts)
        self._search_timer = _single_shot(self, SEARCH_MS, self.reload)
        self.search.textChanged.connect(lambda _: self._search_timer.start())
        self.reload()

    def _build(self) -> None:
        self.spark = Sparkline()
        self.rate = label("0/min", "small")
        self.search = QLineEdit()
        self.search.setPlaceholderText(f"Search ({key_of('search')})")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search mentions")
        set_tip(self.search, tip_of("search"))
        self.newer = button("", self._go_to_newest, "primary")
        self.newer.hide()
        self.flood = label(FLOOD_WORDS, "small", wrap=True)
        self.flood.setProperty("tone", "warn")
        self.flood.hide()
        self.empty = StateView()
        self.empty.say(PaneState.LOADING, "Reading the mentions…")
        may_judge = self._operator.role.may_record
        self.detail = MentionDetail(may_open=self._desk.mode is Mode.LIVE, may_judge=may_judge)
        self.detail.verdicts.verdict_asked.connect(self.judge)
        self.detail.verdicts.take_back_asked.connect(self.take_back_asked)
        self.table = self._make_table()
        self.detail.open_asked.connect(self._open)
        box = QVBoxLayout()
        box.setContentsMargins(10, 10, 10, 10)
        head = pane_head("mentions", "MENTIONS", key_of("mentions"), self.search)
        head.addWidget(self.spark)
        head.addWidget(self.rate)
        box.addLayout(head)
        box.addLayout(self._make_lanes())
        box.addWidget(self.flood)
        box.addWidget(self.newer)
        box.addWidget(self.empty, 1)
        box.addWidget(self.table, 1)
        box.addWidget(FittingScroll(column(self.detail)))
        self.setLayout(box)

    def _make_lanes(self) -> QGridLayout:
        group = QButtonGroup(self)
        self.lanes: dict[str, QPushButton] = {}
        for lane, words in LANE_WORDS.items():
            made = toggle(words, partial(self._on_lane, lane), icon=lane)
            made.setChecked(lane == self._lane)
            group.addButton(made)
            self.lanes[lane] = made
        grid = QGridLayout()
        grid.setSpacing(SPACE_TIGHT)
        for place, made in enumerate(self.lanes.values()):
            grid.addWidget(made, place // LANES_IN_A_ROW, place % LANES_IN_A_ROW)
        return grid

    def _make_table(self) -> MentionsTable:
        table = MentionsTable(self.model)
        table.selectionModel().currentChanged.connect(self._on_current)
        table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        table.verdict_asked.connect(self.judge)
        table.take_back_asked.connect(self.take_back_asked)
        table.number_chosen.connect(self.detail.verdicts.show_number)
        return table

    def focus_search(self) -> None:
        """Put the keyboard into the search."""
        self.wanted.emit()
        self.search.setFocus()

    def focus(self) -> None:
        """Put the keyboard into the list, at the newest mention if none is chosen."""
        self.wanted.emit()
        if not self.model.rowCount():
            (self.empty.action if self.empty.action.isVisible() else self.search).setFocus()
            return
        self.table.setFocus()
        self.table.selectRow(max(0, self.table.currentIndex().row()))

    def choose_lane(self, lane: str) -> None:
        """Show one lane."""
        self.lanes[lane].setChecked(True)

    def _on_lane(self, lane: str, down: bool) -> None:
        if down and lane != self._lane:
            self._lane = lane
            self.reload()

    def reload(self) -> None:
        """Read the lane, or the search, from its newest end."""
        lane, words = self._lane, self.search.text().strip()
        reviewing = self._desk.reviewing
        self._no_more = False
        read = (
            (lambda: reviewing.search(words, limit=PAGE))
            if words
            else (lambda: reviewing.page(lane, limit=PAGE))
        )
        self._tasks.read(read, lambda rows: self._show(rows, lane, words), self._not_read)
        self._counts_timer.start()

    def _show(self, rows: list[Mention], lane: str, words: str) -> None:
        if (lane, words) != (self._lane, self.search.text().strip()):
            return
        self.model.replace(rows)
        self.table.scrollToTop()
        self.newer.hide()
        self._show_empty()

    def _show_empty(self) -> None:
        empty = self.model.rowCount() == 0
        if self.search.text().strip():
            self.empty.say(
                PaneState.EMPTY,
                "No mention has all these words.",
                "The whole store was searched.",
                "Clear the search",
                self.search.clear,
            )
        elif not self._listening:
            self.empty.say(
                PaneState.EMPTY,
                "Nobody listens yet",
                "Add an account or a feed that hears what the public says.",
                "Set up what listens…",
                self.sources_asked.emit,
            )
        elif self._sources:
            self._say_sources(*self._sources)
        else:
            self.empty.say(
                PaneState.EMPTY, "Nothing here yet", "New mentions appear by themselves."
            )
        self.empty.setVisible(empty)
        self.table.setVisible(not empty)

    def _say_sources(self, state: PaneState, words: str) -> None:
        ask = "Look at channels and sources…"
        self.empty.say(state, "Nothing comes in", words, ask, self.sources_asked.emit)

    def show_listening(self, listening: bool) -> None:
        """Whether any account is set up that could bring mentions."""
        if listening is not self._listening:
            self._listening = listening
            self._show_empty()

    def show_sources(self, known: int, troubles: list[str]) -> None:
        """Say why nothing comes in, where that is known; `known`: how many accounts answered."""
        if known and len(troubles) >= known:
            self._sources = PaneState.OFFLINE, f"No source answers. {troubles[0]}"
        else:
            self._sources = None
        self._show_empty()

    def _not_read(self, error: Exception) -> None:
        words = f"{error} What was stored is still there."
        self.empty.say(
            PaneState.ERROR, "The mentions could not be read.", words, "Try again", self.reload
        )
        self.empty.show()
        self.table.hide()

    def on_stored(self) -> None:
        """New mentions are in the store: fetch what this lane shows of them."""
        if not self._counts_timer.isActive():
            self._counts_timer.start()
        if self.search.text().strip():
            return
        if self._asking:
            self._asked_again = True
            return
        self._asking = True
        lane, after = self._lane, self.model.newest_id
        self._tasks.read(
            lambda: self._desk.reviewing.newer(lane, after, PAGE),
            lambda rows: self._add_newer(rows, lane),
            self._asked_in_vain,
        )

    def _asked_in_vain(self, error: Exception) -> None:
        self._asking = False
        self._tasks.fail(error)

    def _add_newer(self, rows: list[Mention], lane: str) -> None:
        self._asking = False
        # What was asked before the list was read anew may stand there already.
        rows = [each for each in rows if each.id > self.model.newest_id]
        if lane == self._lane and rows:
            self._insert(rows)
            self._show_empty()
        if self._asked_again:
            self._asked_again = False
            self.on_stored()

    def _insert(self, rows: list[Mention]) -> None:
        """Who has scrolled down or works in the list keeps the place; new rows wait above."""
        bar = self.table.verticalScrollBar()
        if bar.value() <= 4 and not self._at_work():
            (self.model.replace if len(rows) >= PAGE else self._prepend)(rows)
            self._tell_newer(0)
            return
        if len(rows) >= PAGE:  # some between would be missing: all wait until they are asked for
            self.newer.setText(f"▲ {PAGE} or more new")
            self.newer.show()
            return
        before = bar.value()
        self._prepend(rows)
        bar.setValue(before + len(rows) * self.table.verticalHeader().defaultSectionSize())
        self._tell_newer(len(rows) if bar.value() > 4 else 0)

    def _prepend(self, rows: list[Mention]) -> None:
        """The one that is being read stays in sight, also when its row is let go meanwhile."""
        self._inserting = True
        self.model.prepend(rows)
        read = self.detail.mention
        if read and self.table.currentIndex().isValid() and self.model.row_of(read.id) < 0:
            self.table.selectionModel().clear()
        self._inserting = False

    def _at_work(self) -> bool:
        """Whether somebody goes through the list: nothing may move under the next verdict."""
        return self.table.hasFocus() and self.table.currentIndex().isValid()

    def _tell_newer(self, number: int) -> None:
        waiting = (self.newer.property("waiting") or 0) + number if number else 0
        self.newer.setProperty("waiting", waiting)
        self.newer.setText(f"▲ {waiting} new")
        self.newer.setVisible(bool(waiting))

    def _go_to_newest(self) -> None:
        self.reload()

    def _on_scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        if value <= 4:
            self._tell_newer(0)
        if value >= bar.maximum() - 200 and self.model.rowCount() and not self._no_more:
            self._read_older()

    def _read_older(self) -> None:
        self._no_more = True
        lane, words, before = self._lane, self.search.text().strip(), self.model.oldest_id
        reviewing = self._desk.reviewing
        read = (
            (lambda: reviewing.search(words, before, PAGE))
            if words
            else (lambda: reviewing.page(lane, before, PAGE))
        )
        self._tasks.read(read, lambda rows: self._add_older(rows, before))

    def _add_older(self, rows: list[Mention], before: int) -> None:
        if before != self.model.oldest_id:  # the end was let go meanwhile: ask from the new one
            self._no_more = False
            self._on_scrolled(self.table.verticalScrollBar().value())
            return
        self.model.append(rows)
        self._no_more = len(rows) < PAGE

    def _ask_counts(self) -> None:
        self._tasks.read(self._desk.reviewing.counts, self._show_counts)

    def _show_counts(self, counts: dict[str, tuple[int, int]]) -> None:
        for lane, made in self.lanes.items():
            stored, still_open = counts.get(lane, (0, 0))
            number = stored if lane == "all" else still_open
            made.setText(f"{LANE_WORDS[lane]} {number:,}")
        self.needs_counted.emit(counts.get("need", (0, 0))[1])
        minutes = self._desk.intake.per_minute()
        self.spark.show_values(minutes)
        self.flood.setVisible(minutes[-1] >= FLOOD)
        self._rate = f"{minutes[-1]:,}/min"
        self.rate_counted.emit(minutes)

    def show_spike(self, spiking: bool) -> None:
        """Show the rate, and whether it is far above what it was."""
        self.rate.setText(f"▲ {self._rate}, rising fast" if spiking else self._rate)
        restyle(self.rate, "tone", "warn" if spiking else "")

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._inserting:
            return
        mention = current.data(MENTION)
        if not isinstance(mention, Mention):
            self.detail.clear()
            return
        self.detail.show_mention(mention)
        self._tasks.read(lambda: self._desk.reviewing.mention(mention.id), self.detail.show_repeats)

    def why_not_judge(self) -> str:
        """Why no verdict can be given now; "" when one can."""
        if not self._operator.role.may_record:
            return f"Your role, {self._operator.role}, only reads."
        return "" if self.detail.mention else f"Choose a mention first ({key_of('mentions')})."

    def judge(self, verdict: Verdict) -> None:
        """Ask for a verdict on all that are chosen, and go on to the next."""
        chosen = self.table.chosen() or list(filter(None, [self.detail.mention]))
        if chosen and self._operator.role.may_record:
            self.verdict_asked.emit(chosen, verdict)
            self.table.go_on()

    def on_judged(self, mention_ids: tuple[int, ...]) -> None:
        """Show what people made of these mentions."""
        self._tasks.read(lambda: self._desk.reviewing.mentions(mention_ids), self._update)
        self._counts_timer.start()

    def _update(self, judged: list[Mention]) -> None:
        self.model.update(judged)
        for each in judged:
            if self.detail.mention and self.detail.mention.id == each.id:
                self.detail.show_mention(each)

    def _open(self, url: str) -> None:
        open_address(url)


def _single_shot(parent: QWidget, ms: int, act: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(act)
    return timer
