"""The chosen inject: what it says, what a good officer does then, and what control can do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.standing import depends_on, waits_for
from crisisdesk.rules.exercise.story import OPEN, Line
from ui.actions import key_of
from ui.exercise.timeline_model import SIGNS, said_by
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.fitting_scroll import FittingScroll
from ui.widgets.flow import flowing
from ui.widgets.pane import Pane
from ui.widgets.parts import button, column, label


class InjectDetail(Pane):
    """Buttons only ask; what cannot be done is off."""

    play_asked = Signal()
    skip_asked = Signal()
    change_asked = Signal()
    add_asked = Signal()

    def __init__(self, scenario: Scenario) -> None:
        super().__init__("Chosen inject")
        self._scenario = scenario
        self.line: Line | None = None
        self._running = True
        self.who = label("", "strong", wrap=True)
        self.text = label("", wrap=True)
        self.waits = label("", "warn", wrap=True)
        self.expected = label("", wrap=True)
        self._heading = label("EXPECTED OF THE PLAYER", "heading")
        self.play = button(f"Play now ({key_of('play')})", self.play_asked.emit, "primary")
        self.skip = button("Skip", self.skip_asked.emit, name="Skip this inject")
        self.change = button(f"Change… ({key_of('change')})", self.change_asked.emit)
        self.add = button(f"Add an inject… ({key_of('insert')})", self.add_asked.emit, icon="add")
        said = column(
            self.who, self.text, self.waits, SPACE, self._heading, self.expected, space=SPACE_TIGHT
        )
        said.addStretch(1)
        inside = column(FittingScroll(said), space=SPACE)
        inside.addWidget(flowing(self.play, self.change, self.skip, self.add))
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(inside)
        self.show_line(None)

    def show_line(self, line: Line | None) -> None:
        """Show one, or that none is chosen."""
        self.line = line
        self._allow()
        shown: list[QWidget] = [self.text, self._heading, self.expected]
        for each in shown:
            each.setVisible(line is not None)
        if line is None:
            self.who.setText("No inject is chosen.")
            self.waits.hide()
            return
        inject = line.inject
        self.who.setText(f"{said_by(line)} · {SIGNS[line.state][1]} · {inject.id}")
        shows = "".join(f" [Picture: {each.shows}]" for each in inject.media)
        self.text.setText(f"{inject.text}{shows}")
        parts = (waits_for(self._scenario, inject), depends_on(self._scenario, inject))
        waits = "; ".join(each for each in parts if each)
        self.waits.setText(waits[:1].upper() + waits[1:])
        self.waits.setVisible(bool(waits))
        self.expected.setText(inject.expected_action or "Nothing is written down for this one.")

    def over(self) -> None:
        """Nothing is played any more."""
        self._running = False
        self._allow()

    def why_not(self) -> str:
        """Why the chosen inject cannot be played, "" when it can."""
        if not self._running:
            return "The exercise is over."
        if self.line is None:
            return "No inject is chosen."
        return "" if self.line.state in OPEN else f"It is {SIGNS[self.line.state][1]} already."

    def _allow(self) -> None:
        may = not self.why_not()
        for each in (self.play, self.skip, self.change):
            each.setEnabled(may)
        self.add.setEnabled(self._running)
