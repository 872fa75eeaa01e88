"""The start screen: live, exercise or review. Nothing heavy is loaded to show it."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QStackedWidget, QWidget

from crisisdesk import __version__
from crisisdesk.config import Paths
from ui.actions import key_of
from ui.start.card import Card, Entry
from ui.theme import SPACE_PAGE, SPACE_WIDE, Theme
from ui.widgets.choice import choice, small_choice
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row, scrolling

if TYPE_CHECKING:
    from crisisdesk.model.exercise import Scenario
    from crisisdesk.system.recent_logs import RecentLog
    from ui.start.offers import Offers
    from ui.start.opening import Opening

DRILL = "first-drill"
"""The scenario for somebody who has never sat here."""

WIDE = 1080
"""Logical pixels at 100 %: from here on the three choices stand side by side."""

DRILL_WORDS = "A burst water main, one officer, and a coach who tells you what to press."


class StartPage(QWidget):
    """Three choices, each with what it means; and how the one that was made is getting on."""

    live_chosen = Signal()
    exercise_chosen = Signal(str)
    review_chosen = Signal(str)
    help_asked = Signal()
    add_asked = Signal()
    actions_asked = Signal()
    painted = Signal()
    """The first picture is on screen: what takes longer may be read now."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self._paths = paths
        self._painted = False
        self.notice = Notice()
        self._hero_place = column()
        self._make_cards()
        self.pages = QStackedWidget()
        self.pages.addWidget(self._make_choices())
        self.setLayout(column(self.pages))
        self.show_choices()

    @cached_property
    def opening(self) -> "Opening":
        """Made when a choice was made: the first picture does not wait for it."""
        from ui.start.opening import Opening

        made = Opening()
        made.left.connect(self.show_choices)
        self.pages.addWidget(made)
        return made

    @cached_property
    def hero(self) -> QPushButton:
        """For somebody who is here for the first time; nobody else waits for it."""
        made = choice(
            "drill",
            "New here? Play the ten-minute drill",
            f"{DRILL_WORDS} Nothing leaves this computer.",
            self._start_drill,
            key="Enter",
        )
        self._hero_place.addWidget(made)
        return made

    def _start_drill(self) -> None:
        self.exercise_chosen.emit(DRILL)

    def _make_cards(self) -> None:
        self.live = button("Open the live desk", self.live_chosen.emit, "primary")
        self.drill = small_choice("Ten-minute drill", "10 minutes, with a coach", self._start_drill)
        self.own = button("Add a scenario…", self.add_asked.emit, "link")
        self.agreed = button("Improvement actions…", self.actions_asked.emit, "link")
        self.agreed.hide()
        self.review = button("Open another log…", self._choose_log, "link")
        words = "Real mentions, real channels. What you send reaches the public."
        self.live_card = Card("live", "Live", words, self.live)
        words = "The same console with a simulated public. Nothing leaves this computer."
        self.exercise_card = Card(
            "exercise", "Exercise", words, self.drill, (self.own, self.agreed)
        )
        words = "Verify, read and export what was said and done."
        nothing = "Nothing has been logged on this computer yet."
        self.review_card = Card("review", "Review", words, None, (self.review,), nothing)

    def _make_choices(self) -> QWidget:
        self._cards = row(space=SPACE_WIDE)
        for card in (self.live_card, self.exercise_card, self.review_card):
            self._cards.addWidget(card, 1)
        promise = "Hear what the public says. Say it everywhere at once. Keep the record."
        inside = column(
            None, label("CrisisDesk", "title"), label(promise, "muted", wrap=True), SPACE_WIDE
        )
        inside.addWidget(self.notice)
        inside.addLayout(self._hero_place)
        inside.addLayout(self._cards)
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(self._make_foot())
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_PAGE, SPACE_PAGE)
        self._middle = QWidget()
        self._middle.setLayout(inside)
        across = row(space=0)
        across.addStretch(1)
        across.addWidget(self._middle, 1000)
        across.addStretch(1)
        made = scrolling(across)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the keyboard
        return made

    def _make_foot(self) -> QBoxLayout:
        kept = label(f"Everything is kept in {self._paths.home}", "small", wrap=True)
        help_button = button(f"Help ({key_of('help')})", self.help_asked.emit, "link")
        foot = row(kept, label(f"Version {__version__}", "small"), help_button)
        foot.setStretch(0, 1)
        return foot

    def show_choices(self) -> None:
        """Offer the choices, with the keyboard on the obvious one."""
        fresh = self._paths.untouched
        if fresh or "hero" in vars(self):
            self.hero.setVisible(fresh)
        self.pages.setCurrentIndex(0)
        (self.hero if fresh else self.live).setFocus()

    def show_offers(self, offers: "Offers") -> None:
        """Offer the other scenarios and the logs of this computer."""
        others = [each for each in offers.scenarios if each.id != DRILL]
        self.exercise_card.note(offers.practice)
        self.agreed.setVisible(offers.agreed)
        self.exercise_card.fill([self._scenario(each, offers.folders) for each in others])
        names = {each.id: each.name for each in offers.scenarios}
        self.review_card.fill([self._log(each, names) for each in offers.logs])

    def _scenario(self, each: "Scenario", folders: Mapping[str, str]) -> Entry:
        from ui.start.offers import how_long

        act = partial(self.exercise_chosen.emit, folders.get(each.id, each.id))
        return each.id, each.name, how_long(each.length), act

    def _log(self, each: "RecentLog", names: dict[str, str]) -> Entry:
        from ui.start.offers import when

        act = partial(self.review_chosen.emit, str(each.folder))
        return each.folder.name, names.get(each.name, each.name), when(each), act

    def show_opening(self, headline: str, words: str = "") -> None:
        """A choice was made: say what is being opened until it is there."""
        self.opening.begin(headline, words)
        self.pages.setCurrentWidget(self.opening)

    def show_failure(
        self, headline: str, error: Exception, again: Callable[[], object] | None = None
    ) -> None:
        """It did not open: say why and what to do; `again` is called to try once more."""
        self.opening.fail(headline, error, again)
        self.pages.setCurrentWidget(self.opening)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.pages.currentIndex() == 0:
            self.show_choices()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= Theme.scaled(WIDE)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._cards.setDirection(across if wide else down)
        self._middle.setMaximumWidth(Theme.scaled(WIDE))

    def _choose_log(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getOpenFileName(
            self, "Open a log", "", "Logs (*.db *.jsonl);;All files (*)"
        )
        if path:
            self.review_chosen.emit(path)
