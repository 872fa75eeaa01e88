"""One alert that was broadcast: every channel's truth with its evidence, and what can follow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import Severity
from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.handing import handed_to
from crisisdesk.rules.showing import one_line
from ui.theme import TARGET
from ui.widgets.clocks import clock_time
from ui.widgets.flow import flowing
from ui.widgets.parts import button, clear, column, label, row, set_tip
from ui.widgets.signs import delivery_tone, delivery_word, delivery_words
from ui.widgets.spoken_roles import speaks_as

SHOWN_ADDRESSES = 3
LONGEST_NAME, LONGEST_HEADLINE = 40, 160
NEEDS_A_LOOK = (
    DeliveryState.UNKNOWN,
    DeliveryState.HELD,
    DeliveryState.FAILED,
    DeliveryState.RETRYING,
    DeliveryState.SENDING,
)
NEXT_STEP = {
    DeliveryState.UNKNOWN: "Nobody knows yet whether it is out. Look for yourself.",
    DeliveryState.HELD: "It is not out. It waits for you.",
    DeliveryState.FAILED: "It is not out there.",
    DeliveryState.RETRYING: "Not out yet; tried again by itself.",
    DeliveryState.SENDING: "On its way.",
    DeliveryState.ACCEPTED: "Not confirmed by reading back.",
}


GRAVE = (Severity.EXTREME, Severity.SEVERE)
RATHER_TWICE = "Where life is in danger, twice is better than not at all: if in doubt, send again."
RATHER_WAIT = "Twice would confuse people more than a late message: if in doubt, wait and look."


class AlertCard(QWidget):
    """Shows what every network really said. Follow-ups go to exactly these channels."""

    follow_asked = Signal(object, object)
    retract_asked = Signal(object)
    look_asked = Signal(str)
    settle_asked = Signal(str, bool)
    again_asked = Signal(str)
    release_asked = Signal(str)
    drop_asked = Signal(str)
    link_asked = Signal(str)
    by_hand_asked = Signal(object, object)
    repeat_asked = Signal(object)

    def __init__(self, alert: Alert, names: dict[str, str], mode: Mode) -> None:
        super().__init__()
        self.alert = alert
        self._names = names
        self._mode = mode
        self.states: dict[str, QLabel] = {}
        self.deliveries: list[Delivery] = []
        self._asked: list[QWidget] = []
        speaks_as(self, "pane", f"{alert.step.words} {alert.marker}: {alert.headline}")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(3)
        self._grid.setHorizontalSpacing(12)
        box = QVBoxLayout()
        box.setContentsMargins(0, 4, 0, 8)
        box.setSpacing(4)
        headline = label(one_line(alert.headline, LONGEST_HEADLINE), "strong", wrap=True)
        self.retract = button("Retract…", lambda: self.retract_asked.emit(self.alert), "danger")
        top = row(headline, self.retract)
        top.setStretch(0, 1)
        top.setAlignment(self.retract, Qt.AlignmentFlag.AlignTop)
        box.addLayout(top)
        when = f"{alert.step.words} · {alert.marker} · {clock_time(alert.created_at)}"
        when += f" · {alert.created_by}"
        box.addWidget(label(f"{when} · until {clock_time(alert.expires_at)}", "small", wrap=True))
        box.addLayout(self._grid)
        box.addLayout(self._make_actions())
        self.setLayout(box)

    def _make_actions(self) -> QVBoxLayout:
        def follow(step: Step) -> None:
            self.follow_asked.emit(self.alert, step)

        self.update_button = button("Update", lambda: follow(Step.UPDATE), "lane")
        self.correct = button(
            "Correct", lambda: follow(Step.CANCEL), "lane", tip="We sent a wrong message"
        )
        self.clear_button = button("All clear", lambda: follow(Step.ALL_CLEAR), "lane")
        self.by_hand = button(
            "By hand…", lambda: self.by_hand_asked.emit(self.alert, self.deliveries), "link"
        )
        self.repeat = button("Repeat…", lambda: self.repeat_asked.emit(self.alert), "link")
        follow_ups = flowing(self.update_button, self.correct, self.clear_button, space=4)
        return column(follow_ups, flowing(self.repeat, self.by_hand, space=4), space=4)

    def first(self) -> QPushButton:
        """Where the keyboard comes to: what waits for a person, else the follow-ups."""
        asked = self._asked[0].findChild(QPushButton) if self._asked else None
        return asked or self.update_button

    def show_deliveries(self, deliveries: list[Delivery]) -> None:
        """Show every channel's state, evidence and address."""
        if deliveries == self.deliveries and self.states:
            return
        clear(self._grid)
        self.states = {}
        self._asked = []
        self.deliveries = deliveries
        line = 0
        for delivery in sorted(deliveries, key=self._rank):
            line = self._add(delivery, line)
        gone = all(each.state not in PUBLISHED for each in deliveries)
        self.retract.setEnabled(not gone)

    def _add(self, delivery: Delivery, line: int) -> int:
        state = label(delivery_words(delivery), "strong")
        state.setProperty("tone", delivery_tone(delivery))
        set_tip(state, delivery.evidence)
        state.setAccessibleDescription(delivery.evidence)
        self.states[delivery.account_id] = state
        name = self._name(delivery)
        state.setAccessibleName(f"{name}: {delivery_word(delivery)}")
        self._grid.addWidget(state, line, 0, Qt.AlignmentFlag.AlignTop)
        named = label(one_line(name, LONGEST_NAME), wrap=True)
        self._grid.addWidget(named, line, 1, Qt.AlignmentFlag.AlignTop)
        if delivery.url.startswith("http") and self._mode is Mode.LIVE:
            open_it = button(
                "↗", lambda: self.link_asked.emit(delivery.url), "link", tip=delivery.url
            )
            open_it.setAccessibleName(f"Open what stands on {name}")
            open_it.setMinimumWidth(TARGET)
            self._grid.addWidget(open_it, line, 2, Qt.AlignmentFlag.AlignTop)
        settled = delivery.found or handed_to(delivery.evidence)
        next_step = "" if settled else self._next_step(delivery.state)
        parts = (delivery.evidence, _not_reached(delivery), next_step)
        words = " ".join(part for part in parts if part)
        if words and (delivery.found or delivery.state is not DeliveryState.CONFIRMED):
            self._grid.addWidget(label(words, "small", wrap=True), line + 1, 0, 1, 3)
        if delivery.state is DeliveryState.UNKNOWN:
            self._ask(self._decision(delivery), line + 2)
        elif delivery.state is DeliveryState.HELD and not handed_to(delivery.evidence):
            self._ask(self._held(delivery), line + 2)
        return line + 3

    def _ask(self, choices: QWidget, line: int) -> None:
        self._asked.append(choices)
        self._grid.addWidget(choices, line, 0, 1, 3)

    def _next_step(self, state: DeliveryState) -> str:
        """What to do about a state; for an unknown one, which of the two risks weighs more."""
        words = NEXT_STEP.get(state, "")
        if state is not DeliveryState.UNKNOWN:
            return words
        grave = self.alert.codes.severity in GRAVE
        return f"{words} {RATHER_TWICE if grave else RATHER_WAIT}"

    def _held(self, delivery: Delivery) -> QWidget:
        """Only a person lets go what was held back."""
        name = self._name(delivery)
        release = button("Send it now…", lambda: self.release_asked.emit(delivery.id), "lane")
        release.setAccessibleName(f"Send it now on {name}")
        drop = button("Do not send…", lambda: self.drop_asked.emit(delivery.id), "danger")
        drop.setAccessibleName(f"Do not send it on {name}")
        return flowing(release, drop, space=4)

    def _rank(self, delivery: Delivery) -> tuple[int, str]:
        """What needs a person comes first, what is done comes last."""
        order = NEEDS_A_LOOK.index(delivery.state) if delivery.state in NEEDS_A_LOOK else 99
        if delivery.found:
            order = -1
        return order, self._name(delivery).lower()

    def _name(self, delivery: Delivery) -> str:
        return self._names.get(delivery.account_id, "a removed channel")

    def _decision(self, delivery: Delivery) -> QWidget:
        """Only a person settles what no network confirms."""
        again = button(
            "Send again…",
            lambda: self.again_asked.emit(delivery.id),
            "danger",
            tip="It may then stand there twice",
        )
        look = button("Look again", lambda: self.look_asked.emit(delivery.id), "lane")
        seen = button("I see it", lambda: self.settle_asked.emit(delivery.id, True), "lane")
        absent = button("Not there", lambda: self.settle_asked.emit(delivery.id, False), "lane")
        name = self._name(delivery)
        for each, words in (
            (look, "Look again at"),
            (seen, "I see it on"),
            (absent, "Not there on"),
            (again, "Send again on"),
        ):
            each.setAccessibleName(f"{words} {name}")
        return flowing(look, seen, absent, again, space=4)


def _not_reached(delivery: Delivery) -> str:
    """The addresses of a list that did not get it, together where their servers said the same."""
    grouped: dict[tuple[Verdict, str], list[str]] = {}
    for each in delivery.recipients:
        if each.verdict is not Verdict.ACCEPTED:
            grouped.setdefault((each.verdict, each.answer), []).append(each.address)
    return " ".join(
        f"{str(verdict).capitalize()}: {_some(addresses)}{_because(answer, delivery.evidence)}."
        for (verdict, answer), addresses in grouped.items()
    )


def _because(answer: str, told: str) -> str:
    """The server's words, unless the evidence gives them already."""
    return "" if answer in told else f" ({answer})"


def _some(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:SHOWN_ADDRESSES])
    more = len(addresses) - SHOWN_ADDRESSES
    return f"{shown} and {more} more" if more > 0 else shown
