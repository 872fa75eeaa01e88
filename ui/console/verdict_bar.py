"""The verdicts on a mention as buttons, each with the letter that gives it in the list."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.mention import Verdict
from ui.actions import key_of, tip_of
from ui.console.mentions_table import NAMES
from ui.theme import SPACE_TIGHT
from ui.widgets.flow import flowing
from ui.widgets.parts import button, label

WORDS = {
    Verdict.NEED: "Need",
    Verdict.RUMOUR: "Rumour",
    Verdict.QUESTION: "Question",
    Verdict.EYEWITNESS: "Eyewitness",
    Verdict.MEDIA: "Media",
    Verdict.NOISE: "Not for us",
    Verdict.HANDLED: "Handled",
}


class VerdictBar(QWidget):
    """Asks only; what a verdict does is decided elsewhere."""

    verdict_asked = Signal(object)
    take_back_asked = Signal()

    def __init__(self, *, may_judge: bool) -> None:
        """`may_judge` is False for roles that only read."""
        super().__init__()
        self.buttons = {verdict: self._make(verdict) for verdict in Verdict}
        words = f"Take back ({key_of('unjudge')})"
        self.take_back = button(words, self.take_back_asked.emit, "lane")
        self.number = label("", "small", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_TIGHT)
        box.addWidget(self.number)
        box.addWidget(flowing(*self.buttons.values(), self.take_back, space=SPACE_TIGHT))
        self.setEnabled(may_judge)
        self.show_number(1)

    def _make(self, verdict: Verdict) -> QPushButton:
        name = NAMES[verdict]
        words = f"{WORDS[verdict]} ({key_of(name)})"
        asked = partial(self.verdict_asked.emit, verdict)
        return button(words, asked, "lane", tip=tip_of(name))

    def show_number(self, number: int) -> None:
        """Say that a verdict goes to more than the one that is shown."""
        self.number.setText(f"{number:,} mentions are chosen: a verdict goes to all of them.")
        self.number.setVisible(number > 1)
