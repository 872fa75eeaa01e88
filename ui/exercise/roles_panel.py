"""Cards for role players: who they are, what they say and hold back, and when they end."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from crisisdesk.model.exercise import Inject, Method
from ui.actions import key_of
from ui.exercise.call_card import KINDS, Stage
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, label, pane, restyle, row, scrolling
from ui.widgets.state_view import PaneState, StateView

HOLD_BACK = "Answer what you are asked, nothing more. What stands nowhere you do not know: say so."
END_WHEN = "End when the player has what they need, or after three minutes."
RING = "Ring the player"
SENDS = {Method.IN_PERSON: "Knock at the player's door"}
EXPLAINED = "A call that is due shows its card here: ring, and speak for the caller."
_STAGES = {
    Stage.RINGING: ("The player's desk shows it.", "warn"),
    Stage.ANSWERED: ("✓ The player has answered: speak.", "good"),
    Stage.ENDED: ("✓ The player has ended it.", "muted"),
}


class RoleCard(QWidget):
    """One caller."""

    ring_asked = Signal()

    def __init__(self, call: Inject, due: str) -> None:
        super().__init__()
        self.call = call
        words = f"Due since {due}. The player does not know of it yet."
        self.state: QLabel = label(words, "warn", wrap=True)
        self.ring: QPushButton = button(
            SENDS.get(call.method, RING),
            self.ring_asked.emit,
            "primary",
            name=f"{SENDS.get(call.method, RING)} for {call.sender}",
        )
        inside = column(label(f"{KINDS[call.method]}: you are {call.sender}", "strong", wrap=True),
                        space=SPACE_TIGHT)  # fmt: skip
        for heading, words in (
            ("YOU SAY", call.text),
            ("HOLD BACK", call.data.get("hold_back", HOLD_BACK)),
            ("END", call.data.get("end_when", END_WHEN)),
            ("EXPECTED OF THE PLAYER", call.expected_action),
        ):
            if words:
                inside.addWidget(label(heading, "heading"))
                inside.addWidget(label(words, wrap=True))
        inside.addWidget(self.state)
        inside.addLayout(row(self.ring, None))
        self.setLayout(column(pane(inside, "sunk", SPACE)))

    def follow(self, stage: Stage) -> None:
        """The player's end of the line."""
        words, tone = _STAGES[stage]
        self.state.setText(words)
        restyle(self.state, "role", "")
        restyle(self.state, "tone", tone)
        self.ring.setVisible(False)


class RolesPanel(QWidget):
    """The newest call on top."""

    ring_asked = Signal(object)
    phone_asked = Signal()
    counted = Signal(int)
    """A card came or was rung: so many wait for a role player."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[RoleCard] = []
        self._waiting: set[str] = set()
        self.phone = button(f"Ring the phone… ({key_of('ring')})", self.phone_asked.emit,
                            icon="phone")  # fmt: skip
        self.nothing = StateView()
        self.nothing.say(PaneState.EMPTY, "Nobody calls now.", EXPLAINED)
        self._inside = column(space=SPACE)
        self._inside.addLayout(row(self.phone, None))
        self._inside.addWidget(self.nothing)
        self._inside.addStretch(1)
        self._inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(column(scrolling(self._inside)))

    def take(self, call: Inject, due: str, *, rung: bool = False) -> None:
        """A call is due, as in "02:40"; `rung` when the player's desk rings already."""
        card = RoleCard(call, due)
        card.ring_asked.connect(lambda: self._ring(card))
        self.cards.append(card)
        self._inside.insertWidget(1, card)
        self.nothing.hide()
        if rung:
            card.follow(Stage.RINGING)
        else:
            self._waiting.add(call.id)
            announce(self, f"Role player needed: {call.sender}", urgent=True)
        self.counted.emit(len(self._waiting))

    def follow(self, call: Inject, stage: Stage) -> None:
        """The player has answered or ended one."""
        for card in self.cards:
            if card.call.id == call.id:
                card.follow(stage)

    def over(self) -> None:
        """Nothing is played any more."""
        for each in (self.phone, *(card.ring for card in self.cards)):
            each.setEnabled(False)

    def _ring(self, card: RoleCard) -> None:
        card.follow(Stage.RINGING)
        self._waiting.discard(card.call.id)
        self.counted.emit(len(self._waiting))
        self.ring_asked.emit(card.call)
