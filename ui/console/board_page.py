"""What the public can see now: every message on every channel, the most urgent first."""

from collections import Counter

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from crisisdesk.desk import Desk
from crisisdesk.model.operator import Operator
from crisisdesk.model.standing import Kind, Standing
from crisisdesk.services.reading_back import MOST_ALERTS, Board
from ui import actions
from ui.console.board_detail import BoardDetail
from ui.console.board_model import STANDING, BoardModel
from ui.console.board_reading import BoardReading, number_of
from ui.console.board_table import make_board_table
from ui.leaving import open_address
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.clocks import clock_seconds
from ui.widgets.flow import flowing
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.parts import button, label, restyle, row, toggle
from ui.widgets.state_view import PaneState, StateView
from ui.widgets.way_back import way_back

REFRESH_MS = 15_000
BESIDE, LEAST_DETAIL = 1000, 310
"""Pixels at 100 % text: the page's width for list and detail side by side, and the detail's."""
_RANK_WORDS = {
    0: "contradicting or gone",
    1: "unknown",
    2: "expired or overdue",
    3: "expiring soon",
}
UNKNOWN_RANK = 1

_LOOK = "Open the page itself, or ask somebody who follows it, before you rely on it."


class BoardPage(QWidget):
    """A list on the left, the chosen message with its actions on the right. It stays up to date
    while it is on screen."""

    left = Signal()
    follow_asked = Signal(object, object)

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self._board = Board([], complete=True)
        self._loading = self._stale = False
        self.reading = BoardReading(desk, tasks, operator, self)
        self.notice = Notice()
        self.model = BoardModel(self)
        self.table = make_board_table(self.model)
        self.detail = BoardDetail(desk.mode)
        self.summary = label("", "muted", wrap=True)
        self.nothing = StateView()
        self.nothing.say(PaneState.LOADING, "Reading what stands in public…")
        self.read_all = button("Read everything back", self.read_everything)
        self.earlier = toggle("", lambda _down: self._show_rows())
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.addWidget(self.table)
        self._across.addWidget(self.detail)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([990, 340])
        self._across.setChildrenCollapsible(False)
        self._across.hide()
        self.back = way_back(self, self.left.emit)
        body = QWidget()
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 10, 16, 12)
        title = label("What the public can see now", "title")
        inside.addWidget(flowing(title, flowing(self.read_all, self.back), spread=True))
        line = row(self.summary, self.earlier)
        line.setStretch(0, 1)
        inside.addLayout(line)
        inside.addWidget(self.notice)
        inside.addWidget(self.nothing, 1)
        inside.addWidget(self._across, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(ModeBand(self._desk.mode))
        outer.addWidget(body, 1)
        body.setLayout(inside)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.activated.connect(lambda _: self.detail.focus())
        self.detail.read_asked.connect(lambda standing: self.reading.read([standing]))
        self.reading.waiting.connect(self._show_reading)
        self.reading.done.connect(self._read_done)
        self.detail.settle_asked.connect(self.settle)
        self.detail.follow_asked.connect(self.follow_asked)
        self.detail.link_asked.connect(open_address)
        actions.bind(self, "board", self.left.emit)
        self._clock = QTimer(self)
        self._clock.setInterval(REFRESH_MS)
        self._clock.timeout.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self.refresh()
        self.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def on_change(self) -> None:
        """A delivery has changed somewhere."""
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read the board again; asked meanwhile, once more after that."""
        if self._loading:
            self._stale = True
            return
        self._loading, self._stale = True, False
        self._tasks.read(self._desk.reading_back.board, self._show, self._not_read)

    def _not_read(self, error: Exception) -> None:
        self._loading = False
        if self._board.rows:  # what was read before stays in sight
            self.notice.error(error)
            return
        words = f"{error} What was sent is still there."
        self.nothing.say(
            PaneState.ERROR, "The board could not be read.", words, "Try again", self.refresh
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refit()

    def _refit(self) -> None:
        """Large text has the list above the detail, not beside it."""
        beside = self.width() >= Theme.scaled(BESIDE)
        self._across.setOrientation(
            Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        )
        self.detail.setMinimumWidth(Theme.scaled(LEAST_DETAIL) if beside else 0)

    def _show(self, board: Board) -> None:
        self._loading = False
        self._board = board
        self._show_rows()
        if self._stale:
            self.refresh()

    def _show_rows(self) -> None:
        rows = self._board.rows
        quiet = sum(each.quiet for each in rows)
        wanted = [each for each in rows if self.earlier.isChecked() or not each.quiet]
        chosen = self.detail.standing
        now = self._desk.clock.now()
        self.model.replace(wanted, now)
        place = self.model.row_of(chosen.delivery.id) if chosen else -1
        if wanted and self.table.currentIndex().row() != max(place, 0):
            self.table.selectRow(max(place, 0))
        self.detail.show_row(wanted[max(place, 0)] if wanted else None, now)
        self._across.setVisible(bool(wanted))
        self.earlier.setVisible(quiet > 0)
        verb = "Hide" if self.earlier.isChecked() else "Show"
        self.earlier.setText(f"{verb} {quiet} earlier {'message' if quiet == 1 else 'messages'}")
        self._show_summary([each for each in rows if not each.quiet], quiet)

    def _show_summary(self, rows: list[Standing], quiet: int) -> None:
        ranks = Counter(each.rank for each in rows)
        # A row can contradict and be unknown at once: the list shows both, so both are counted.
        told = ranks | Counter({UNKNOWN_RANK: sum(map(_is_unknown, rows))})
        wrong = [f"{told[rank]} {words}" for rank, words in _RANK_WORDS.items() if told[rank]]
        channels = len({each.delivery.account_id for each in rows})
        parts = [f"{number_of(len(rows), 'message')} on {number_of(channels, 'channel')}"]
        parts += wrong or ["nothing wrong is known"]
        if not self._board.complete:
            parts.append(f"only the newest {MOST_ALERTS} alerts are looked at")
        parts.append(f"as of {clock_seconds(self._desk.clock.now())}")
        self.summary.setText(" · ".join(parts) if rows else "")
        restyle(self.summary, "role", "problem" if any(rank < 3 for rank in ranks) else "muted")
        left = "What is left was answered by a newer message, or has run out."
        self.nothing.say(
            PaneState.EMPTY, "Nothing that we sent stands in public now.", left if quiet else ""
        )
        self.nothing.setVisible(not rows and not (quiet and self.earlier.isChecked()))

    def _choose(self, index: QModelIndex) -> None:
        standing = index.data(STANDING)
        if isinstance(standing, Standing):
            self.detail.show_row(standing, self._desk.clock.now())

    def read_everything(self) -> None:
        """Read back whatever can be, all channels at once; the long past is left alone."""
        self.reading.read([each for each in self._board.rows if not (each.quiet and each.expired)])

    def _show_reading(self, waiting: int) -> None:
        self.detail.reading(bool(waiting))
        words = f"Reading… {number_of(waiting, 'channel')} to go" if waiting else ""
        self.read_all.setText(words or "Read everything back")

    def _read_done(self, words: str, good: bool) -> None:
        if good:
            self.notice.good(words)
        else:
            self.notice.problem(words, _LOOK)
        self.refresh()

    def settle(self, delivery_id: str, seen: bool) -> None:
        """A person has looked, or asked somebody who got it."""
        settling, operator = self._desk.settling, self._operator
        self._tasks.read(
            lambda: settling.settle(delivery_id, operator, seen, "looked, from the board"),
            lambda _: self._settled(),
            self.notice.error,
        )

    def _settled(self) -> None:
        self.notice.good("Kept, with your name and the time.")
        self.refresh()
        self.table.setFocus()


def _is_unknown(row: Standing) -> bool:
    return any(each.kind is Kind.UNKNOWN for each in row.findings)
