"""The briefing: read before STARTEX on a page of its own, and again whenever somebody asks."""

from collections.abc import Iterator
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QRadioButton, QVBoxLayout, QWidget

from crisisdesk.model.exercise import Scenario
from crisisdesk.model.mode import Mode
from crisisdesk.services.after_action import LONGEST_NAME
from ui.theme import SPACE, SPACE_PAGE, SPACE_TIGHT, SPACE_WIDE, Theme
from ui.widgets.clocks import clock_time
from ui.widgets.mode_band import ModeBand
from ui.widgets.paging import page
from ui.widgets.parts import button, column, label, pane, row, scrolling
from ui.widgets.sheet import Sheet

WIDTH = 760
YOU = (
    "You are the duty officer of Riverside Council. Your second person is the duty manager, at "
    "home, who can be telephoned."
)
UNTIL = "Nothing leaves this computer. A real event stops it all at once: hold NO DUFF."
ALONE = "Alone: everything runs by itself, and callers speak on a card"
WHY_NAME = "so that it counts as your practice; it may stay empty"
DIRECTED = "With directing staff: a window of their own, and they speak for the callers"


class Briefing(QWidget):
    """What the player is told; the story waits for the button."""

    begin_asked = Signal(bool)
    """Whether there is a directing staff."""
    leave_asked = Signal()

    def __init__(self, scenario: Scenario, begins: datetime) -> None:
        super().__init__()
        self.alone, self.directed = QRadioButton(ALONE), QRadioButton(DIRECTED)
        self.alone.setChecked(True)
        self.begin = button("Start the exercise (STARTEX)", self._begin, "primary")
        self.leave = button("Back to the start", self.leave_asked.emit)
        self.player = QLineEdit()
        self.player.setMaxLength(LONGEST_NAME)
        self.player.setPlaceholderText(WHY_NAME)
        self.player.setAccessibleName(f"Your name, {WHY_NAME}")
        self.player.returnPressed.connect(self._begin)
        card = pane(briefing_words(scenario, begins), "card", 2 * SPACE_WIDE)
        self._words = scrolling(column(SPACE_WIDE, card, None))
        box = column(ModeBand(Mode.EXERCISE), space=0)
        box.addLayout(row(None, self._words, None), 1)
        box.addLayout(row(None, self._make_foot(coached=bool(scenario.coach)), None))
        self.setLayout(box)

    def _make_foot(self, *, coached: bool) -> QWidget:
        """In sight however long the briefing is. Who is coached plays alone."""
        inside = column(space=SPACE_TIGHT)
        who = label("Your name", "strong")
        who.setBuddy(self.player)
        inside.addLayout(row(who, self.player))
        if not coached:
            inside.addWidget(self.alone)
            inside.addWidget(self.directed)
        inside.addSpacing(SPACE)
        inside.addLayout(row(self.leave, None, self.begin))
        inside.setContentsMargins(0, SPACE_WIDE, 0, SPACE_WIDE)
        self._foot = QWidget()
        self._foot.setLayout(inside)
        return self._foot

    @property
    def name(self) -> str:
        """Who plays, "" where nobody says."""
        return " ".join(self.player.text().split())

    def offer_name(self, name: str) -> None:
        """The name given last, unless somebody is typing another."""
        if not self.player.text():
            self.player.setText(name)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.begin.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not page(self._words, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for each in (self._words, self._foot):
            each.setFixedWidth(min(Theme.scaled(WIDTH), self.width() - 2 * SPACE_PAGE))

    def _begin(self) -> None:
        self.begin.setEnabled(False)
        self.begin_asked.emit(self.directed.isChecked())


class BriefingAgain(Sheet):
    """The same words while the story runs."""

    def __init__(self, parent: QWidget, scenario: Scenario, begins: datetime) -> None:
        super().__init__(parent)
        self.setWindowTitle("EXERCISE – the briefing")
        inside = briefing_words(scenario, begins)
        self.close_it = button("Back to the exercise", self.reject, "primary")
        self.close_it.setDefault(True)
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(None, self.close_it))
        self.fill(inside, WIDTH)
        self.close_it.setFocus()


def briefing_words(scenario: Scenario, begins: datetime) -> QVBoxLayout:
    """Everything a player is told, in the order of reading."""
    box = column(label(scenario.name, "title", wrap=True), space=SPACE_TIGHT)
    box.addWidget(label(scenario.summary, "muted", wrap=True))
    for heading, lines in _parts(scenario, begins):
        box.addSpacing(SPACE)
        box.addWidget(label(heading, "heading"))
        for line in lines:
            words = label(line, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            box.addWidget(words)
    box.addSpacing(SPACE)
    return box


def _parts(scenario: Scenario, begins: datetime) -> Iterator[tuple[str, list[str]]]:
    told = [each.strip() for each in scenario.briefing.split("\n\n") if each.strip()]
    yield "YOUR BRIEFING", [" ".join(each.split()) for each in told] or [YOU]
    if scenario.objectives:
        yield "OBJECTIVES", [f"• {each.words}" for each in scenario.objectives]
    local = begins.astimezone()
    when = f"It begins at {clock_time(begins)} on {local.day} {local:%B %Y}"
    yield "TIME", [f"{when} and lasts {_how_long(scenario.length)} of story time."]
    yield "CODEWORD", [f"{scenario.codeword}. {UNTIL}"]


def _how_long(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    parts = [(hours, "hour"), (minutes, "minute")]
    said = [f"{number} {unit}{'s' if number > 1 else ''}" for number, unit in parts if number]
    return " and ".join(said)
