"""One message that stands in public: the words people read, what is wrong, and what to do."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.mode import Mode
from crisisdesk.model.standing import Standing
from crisisdesk.model.template import Step
from crisisdesk.rules.showing import one_line, shown
from ui.console.board_model import NO_CHANNEL, said_words
from ui.theme import SPACE_WIDE
from ui.widgets.clocks import clock_or_day
from ui.widgets.flow import flowing
from ui.widgets.parts import button, column, label, restyle, scrolling
from ui.widgets.signs import delivery_words, finding_role, finding_words

LONGEST_HEADLINE = 200
UNSEEN = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
"""States in which a person's own eyes still settle something."""


class BoardDetail(QWidget):
    """Shows one row and asks; it is filled anew in place, so the keyboard stays where it is."""

    read_asked = Signal(object)
    settle_asked = Signal(str, bool)
    follow_asked = Signal(object, object)
    link_asked = Signal(str)

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self._mode = mode
        self.standing: Standing | None = None
        self.state = label(role="strong", wrap=True)
        self.headline = label(role="strong", wrap=True)
        self.facts = label(role="small", wrap=True)
        self.findings = label(wrap=True)
        self.evidence = label(role="small", wrap=True)
        self.words = QPlainTextEdit()
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName("The words we sent")
        self.read = button("Read it back", self._read, "primary")
        self.open = button("Open ↗", lambda: self.link_asked.emit(self._delivery().url))
        self.see = button("I see it", lambda: self._settle(True), "lane")
        self.absent = button("Not there", lambda: self._settle(False), "lane")
        self.follows = {
            step: self._follow_button(step, words)
            for step, words in (
                (Step.UPDATE, "Update"),
                (Step.CANCEL, "Correct"),
                (Step.ALL_CLEAR, "All clear"),
            )
        }
        self._lay_out()

    def _follow_button(self, step: Step, words: str) -> QPushButton:
        tip = "We sent a wrong message" if step is Step.CANCEL else ""
        return button(words, lambda: self._follow(step), "lane", tip=tip)

    def _lay_out(self) -> None:
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        told = (self.headline, self.facts, self.state, self.evidence, self.findings)
        read = column(*told)
        read.addWidget(self.words, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        box.addWidget(scrolling(read), 1)
        box.addWidget(flowing(self.read, self.open, self.see, self.absent))
        box.addWidget(flowing(*self.follows.values()))

    def show_row(self, standing: Standing | None, now: datetime) -> None:
        """Show this message; None while there is none, and nobody sees this."""
        self.standing = standing
        if standing is not None:
            self._fill(standing, now)

    def _fill(self, standing: Standing, now: datetime) -> None:
        alert, delivery = standing.alert, standing.delivery
        channel = one_line(standing.channel or NO_CHANNEL)
        self.headline.setText(one_line(alert.headline, LONGEST_HEADLINE))
        self.facts.setText(
            f"{alert.step.words} · {alert.marker} · said {clock_or_day(delivery.created_at, now)}"
            f" ({said_words(standing)}) by {alert.created_by}"
            f" · {'expired' if standing.expired else 'until'}"
            f" {clock_or_day(alert.expires_at, now)}"
        )
        self.state.setText(f"{delivery_words(delivery)} on {channel}")
        self.evidence.setText(f"{_seen(standing, now)} {shown(delivery.evidence)}".strip())
        self._show_findings(standing)
        if self.words.toPlainText() != shown(delivery.text):
            self.words.setPlainText(shown(delivery.text))
        self._show_actions(standing, channel)

    def _show_findings(self, standing: Standing) -> None:
        found = standing.findings
        self.findings.setText("\n".join(finding_words(each) for each in found))
        self.findings.setVisible(bool(found))
        restyle(self.findings, "role", finding_role(found[0]) if found else "")

    def _show_actions(self, standing: Standing, channel: str) -> None:
        delivery = standing.delivery
        self.read.setVisible(standing.readable)
        self.read.setAccessibleName(f"Read it back on {channel}")
        link = self._mode is Mode.LIVE and delivery.url.startswith(("http://", "https://"))
        self.open.setVisible(link)
        self.open.setAccessibleName(f"Open what stands on {channel}")
        self.see.setVisible(delivery.state in UNSEEN)
        self.see.setAccessibleName(f"I see it on {channel}")
        self.absent.setVisible(delivery.state is DeliveryState.UNKNOWN)
        self.absent.setAccessibleName(f"It is not there on {channel}")

    def focus(self) -> None:
        """Put the keyboard onto the first thing that can be done."""
        offered = (self.read, self.see, self.follows[Step.UPDATE])
        next(each for each in offered if each.isVisible()).setFocus()

    def reading(self, busy: bool) -> None:
        """Say that a look is under way; the button stays where the keyboard is."""
        self.read.setText("Reading…" if busy else "Read it back")

    def _delivery(self) -> Delivery:
        assert self.standing is not None  # noqa: S101 - no button shows without a row
        return self.standing.delivery

    def _read(self) -> None:
        self.read_asked.emit(self.standing)

    def _settle(self, seen: bool) -> None:
        self.settle_asked.emit(self._delivery().id, seen)

    def _follow(self, step: Step) -> None:
        assert self.standing is not None  # noqa: S101
        self.follow_asked.emit(self.standing.alert, step)


def _seen(standing: Standing, now: datetime) -> str:
    """When it was last seen there, or how a person can find out."""
    seen = standing.delivery.seen_at
    if seen:
        return f"Last seen as we sent it: {clock_or_day(seen, now)}."
    if standing.readable:
        return "Not seen by reading back so far."
    return "It cannot be read back: ask a recipient, then press “I see it”."
