"""The simulated public for the directing staff: its mood, and how each rumour fares."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QLabel, QWidget

from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.rumours import Curve
from crisisdesk.rules.exercise.standing import PublicNow
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.clocks import clock_time
from ui.widgets.parts import column, label, restyle, scrolling
from ui.widgets.sparkline import Sparkline
from ui.widgets.state_view import PaneState, StateView

BARS = 48
HEATS = ((0.25, "calm"), (0.5, "stirred"), (0.75, "agitated"), (2.0, "at its height"))
"""Up to which heat each word goes; the public's is 0 when calm and 1 at the height."""

IMPATIENT, ANGRY = 0.01, 0.5


class RumourView(QWidget):
    """One rumour: what is claimed, how many believe it, and whether it was answered."""

    def __init__(self, claim: str) -> None:
        super().__init__()
        self.believed = label("", wrap=True)
        self.answered = label("", "small", wrap=True)
        self.curve = Sparkline(f"Believers of “{claim}”")
        inside = column(label(f"“{claim}”", "strong", wrap=True), self.believed, self.answered,
                        self.curve, space=SPACE_TIGHT)  # fmt: skip
        self.setLayout(inside)

    def show_curve(self, curve: Curve, begins: datetime) -> None:
        """It stands like this."""
        people = curve.samples[-1][1] if curve.samples else 0
        peak = f"peak {curve.peak:,} at {_clock(begins, curve.peak_at)}"
        self.believed.setText(f"{people:,} people believe it; {peak}")
        if curve.answered_at is None:
            self.answered.setText("Nobody has answered it.")
        else:
            self.answered.setText(f"Answered at {_clock(begins, curve.answered_at)}.")
        restyle(self.answered, "tone", "danger" if curve.answered_at is None else "good")
        self.curve.show_values(_bars(curve))


class PublicPanel(QWidget):
    """Reads nothing itself."""

    def __init__(self, scenario: Scenario, begins: datetime) -> None:
        super().__init__()
        self._begins = begins
        self._claims = {each.id: each.claim for each in scenario.rumours}
        self.views: dict[str, RumourView] = {}
        self.mood: QLabel = label("", "strong", wrap=True)
        self.silence: QLabel = label("", wrap=True)
        self.nothing = StateView()
        words = "They begin with the injects that start them." if self._claims else ""
        self.nothing.say(PaneState.EMPTY, "No rumour is about.", words)
        self._list = column(space=SPACE_WIDE)
        inside = column(label("MOOD", "heading"), self.mood, self.silence, space=SPACE_TIGHT)
        inside.addSpacing(SPACE)
        inside.addWidget(label("RUMOURS", "heading"))
        inside.addLayout(self._list)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(column(scrolling(inside)))

    def show_public(self, public: PublicNow) -> None:
        """It stands like this."""
        word = next(word for most, word in HEATS if public.heat < most)
        self.mood.setText(f"{word.capitalize()}: {public.heat:.0%} of what it can be")
        self.silence.setText(_silence_words(public))
        tone = "danger" if public.restless >= ANGRY else "warn"
        restyle(self.silence, "tone", tone if public.restless > IMPATIENT else "")
        self.nothing.setVisible(not public.curves)
        for curve in public.curves:
            self._view(curve.rumour).show_curve(curve, self._begins)

    def _view(self, rumour: str) -> RumourView:
        if rumour not in self.views:
            self.views[rumour] = RumourView(self._claims.get(rumour, rumour))
            self._list.addWidget(self.views[rumour])
        return self.views[rumour]


def _silence_words(public: PublicNow) -> str:
    minutes = int(public.silence)
    if public.restless >= ANGRY:
        return f"{minutes} minutes without a word from us: people are angry."
    if public.restless > IMPATIENT:
        return f"{minutes} minutes without a word from us: people are impatient."
    return "They heard from us just now." if not minutes else f"Heard from us {minutes} min ago."


def _bars(curve: Curve) -> list[int]:
    """As many bars as can be told apart, over its whole life."""
    step = max(1, -(-len(curve.samples) // BARS))
    return [people for _, people in curve.samples[::-1][::step][::-1]]


def _clock(begins: datetime, at: int) -> str:
    return clock_time(begins + timedelta(seconds=at))
