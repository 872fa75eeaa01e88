"""Somebody speaks to the player alone: a calm card in the console, one call after the other."""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from crisisdesk.model.exercise import Inject, Method
from crisisdesk.rules.showing import one_line
from ui.actions import key_of
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.announcing import announce
from ui.widgets.choice import Sign
from ui.widgets.parts import button, column, label, pane, row
from ui.widgets.spoken_roles import speaks_as

LONGEST_NAME = 80
LONGEST_NOTE = 2000
SPOKEN = "Exercise control speaks for them. Talk as you would to the real person."


class Stage(Enum):
    """How far the player is with a call."""

    RINGING = auto()
    ANSWERED = auto()
    ENDED = auto()


_WAYS = {
    Method.TELEPHONE: ("Telephone", "Answer", "End the call"),
    Method.EMAIL: ("E-mail", "Read", "Put it away"),
    Method.IN_PERSON: ("In person", "Listen", "That was all"),
}
"""For each way: what it is, what takes it, what ends it."""

KINDS = {method: words[0] for method, words in _WAYS.items()}


class CallCard(QWidget):
    """Shows one call and how many wait. It asks nothing and stops nothing else."""

    moved = Signal(object, object, str)
    """(the call, its new stage, what was noted)"""

    def __init__(self, directed: Callable[[], bool]) -> None:
        """`directed` tells whether a person speaks for the caller: then the words are theirs."""
        super().__init__()
        self._directed = directed
        self._waiting: deque[Inject] = deque()
        self._over = False
        self.call: Inject | None = None
        self.who = label("", "lead", wrap=True)
        self.words = label("", wrap=True)
        self.more = label("", "small")
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setPlaceholderText("What was said and decided; it goes into the log")
        self.note.setAccessibleName("Note on this call")
        self.note.returnPressed.connect(self._end)
        self.take_it = button("", self._answer, "primary")
        self.end = button("", self._end, "primary")
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        speaks_as(self, "pane", "Call")
        said = column(self.who, self.words, space=SPACE_TIGHT)
        head = row(Sign("phone", "accent"), space=SPACE_WIDE)
        head.addLayout(said, 1)
        head.addWidget(self.more)
        head.addWidget(self.take_it)
        inside = column(space=SPACE)
        inside.addLayout(head)
        inside.addLayout(row(self.note, self.end))
        box = column(pane(inside, "card", SPACE))
        box.setContentsMargins(SPACE, 0, SPACE, SPACE)
        self.setLayout(box)

    def ring(self, call: Inject) -> None:
        """A call comes in; behind another one it waits."""
        if self._over:
            return
        self._waiting.append(call)
        if self.call is None:
            self._next()
        self._show_more()

    def stop_ringing(self) -> None:
        """ENDEX: nobody calls any more. What is being said now may still be noted."""
        self._over = True
        self._waiting.clear()
        if self.take_it.isVisibleTo(self):
            self._next()
        self._show_more()

    def give_back(self, call: Inject, note: str) -> None:
        """Its end could not be logged: here it is again, with the note."""
        if self.call:
            self._waiting.appendleft(self.call)
        self._waiting.appendleft(call)
        self._next()
        self.words.setText(call.text)
        self._show_stage(answered=True)
        self.note.setText(note)

    def focus(self) -> None:
        """Put the keyboard onto what is next to do with the call."""
        (self.note if self.note.isVisible() else self.take_it).setFocus()

    def why_not(self) -> str:
        """Why there is nothing to answer, "" when there is."""
        return "" if self.call else "Nobody calls."

    def _next(self) -> None:
        self.call = self._waiting.popleft() if self._waiting else None
        if self.call is None:
            self.hide()
            return
        kind, take, end = _WAYS[self.call.method]
        name = one_line(self.call.sender, LONGEST_NAME)
        self.who.setText(f"EXERCISE · {kind}: {name}")
        self.take_it.setText(f"{take} ({key_of('answer')}, then Enter)")
        self.take_it.setAccessibleName(f"{take}: {kind}, {name}")
        self.end.setText(end)
        self._show_stage(answered=False)
        self.show()
        announce(self, f"{kind}: {name}", urgent=True)

    def _show_stage(self, *, answered: bool) -> None:
        self.words.setVisible(answered)
        self.take_it.setVisible(not answered)
        self.note.setVisible(answered)
        self.end.setVisible(answered)
        self._show_more()

    def _show_more(self) -> None:
        number = len(self._waiting)
        self.more.setText(f"{number} more waiting" if number else "")

    def _answer(self) -> None:
        assert self.call is not None  # noqa: S101 - the button stands on its card
        spoken = self._directed() and self.call.method is not Method.EMAIL
        self.words.setText(SPOKEN if spoken else self.call.text)
        self._show_stage(answered=True)
        self.note.setFocus()
        announce(self, self.words.text())
        self.moved.emit(self.call, Stage.ANSWERED, "")

    def _end(self) -> None:
        if call := self.call:
            note = self.note.text().strip()
            self.note.clear()
            self._next()
            self.moved.emit(call, Stage.ENDED, note)
            if self.call:
                self.focus()
