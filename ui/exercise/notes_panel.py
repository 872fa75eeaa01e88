"""What observers look for, what they write down, and what they wrote."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from crisisdesk.model.directing import Observation, Rating
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.story import Line
from crisisdesk.rules.showing import one_line
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.clocks import clock_time
from ui.widgets.parts import button, clear, column, label, row, scrolling
from ui.widgets.state_view import PaneState, StateView

LONGEST_ABOUT = 60
LONGEST_NOTE = 2000
GENERAL = "The exercise as a whole"
RATINGS = {
    Rating.NONE: "No rating",
    Rating.WELL: "Went well",
    Rating.PARTLY: "Went well in part",
    Rating.BADLY: "Did not go well",
}


class NotesPanel(QWidget):
    """A note belongs to a question, an objective, the chosen inject, or to nothing."""

    note_asked = Signal(str, str, object)
    """(words, what it is about, rating)"""

    def __init__(self, scenario: Scenario, begins: datetime) -> None:
        super().__init__()
        self._begins = begins
        self._shown: Sequence[Observation] = ()
        self.about = QComboBox()
        self.about.setAccessibleName("What the note is about")
        self.about.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.about.setMinimumContentsLength(14)
        self.about.addItem(GENERAL, "")
        self.about.addItem("The chosen inject", None)
        for each in (*scenario.observe, *(o.words for o in scenario.objectives)):
            self.about.addItem(one_line(each, LONGEST_ABOUT), each)
        self.rating = QComboBox()
        self.rating.setAccessibleName("How it went")
        for rating, words in RATINGS.items():
            self.rating.addItem(words, rating)
        self.words = QLineEdit()
        self.words.setMaxLength(LONGEST_NOTE)
        self.words.setPlaceholderText("What you see; Enter keeps it")
        self.words.setAccessibleName("Observer's note")
        self.words.returnPressed.connect(self._ask)
        self.keep = button("Keep", self._ask, "primary", name="Keep the note")
        self._inject = ""
        self._list = column(space=SPACE_TIGHT)
        self.nothing = StateView()
        self.nothing.say(PaneState.EMPTY, "Nobody has noted anything yet.")
        self._lay_out(scenario)

    def _lay_out(self, scenario: Scenario) -> None:
        asked = [f"• {each}" for each in scenario.observe]
        inside = column(space=SPACE_TIGHT)
        if asked:
            inside.addWidget(label("QUESTIONS FOR OBSERVERS", "heading"))
        for each in asked:
            inside.addWidget(label(each, wrap=True))
        inside.addSpacing(SPACE)
        inside.addWidget(label("NOTE", "heading"))
        inside.addWidget(self.about)
        inside.addWidget(self.rating)
        line = row(self.words, self.keep)
        line.setStretch(0, 1)
        inside.addLayout(line)
        inside.addSpacing(SPACE)
        inside.addWidget(label("WRITTEN DOWN", "heading"))
        inside.addLayout(self._list)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(column(scrolling(inside)))

    def choose(self, line: Line | None) -> None:
        """This inject is chosen on the timeline."""
        self._inject = line.inject.id if line else ""

    def focus(self) -> None:
        """Put the keyboard into the line for notes."""
        self.words.setFocus()

    def kept(self) -> None:
        """It is in the log."""
        self.words.clear()
        self.rating.setCurrentIndex(0)

    def show_notes(self, notes: Sequence[Observation]) -> None:
        """The newest on top."""
        if tuple(notes) == tuple(self._shown):
            return
        self._shown = notes
        clear(self._list)
        for each in reversed(notes):
            self._list.addWidget(label(self._told(each), wrap=True))
        self.nothing.setVisible(not notes)

    def _told(self, each: Observation) -> str:
        at = clock_time(self._begins + timedelta(seconds=each.at))
        about = f"{one_line(each.about, LONGEST_ABOUT)}: " if each.about else ""
        rated = f" ({each.rating.value})" if each.rating else ""
        return f"{at}  {about}{each.words}{rated}"

    def _ask(self) -> None:
        about = self.about.currentData()
        if about is None:
            about = self._inject
        self.note_asked.emit(self.words.text(), about, Rating(self.rating.currentData()))
