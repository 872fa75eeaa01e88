"""Saying it everywhere: the channels, the sentence that says what will happen, the button to hold,
and below it what was said so far."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import Preview
from ui.actions import key_of
from ui.console.alert_card import AlertCard
from ui.console.approvals_area import ApprovalsArea
from ui.console.channel_row import ChannelRow, number_of_addresses
from ui.theme import Theme
from ui.widgets.announcing import announce
from ui.widgets.fitting_scroll import FittingScroll
from ui.widgets.flow import flowing
from ui.widgets.hold_button import HoldButton
from ui.widgets.pane import Pane
from ui.widgets.pane_head import pane_head
from ui.widgets.parts import button, clear, column, label, restyle
from ui.widgets.state_view import PaneState, StateView
from ui.widgets.tips import give_tip

CARDS = 8
NO_INCIDENT = "open an incident first"
NEXT = {"message": "Choose a template", "incident": "Open an incident"}
"""Actions that come before a message can be sent, in words."""
LEAST_PAST = 60
"""Pixels at 100 % text: a heading and the first lines of what was said last."""


class BroadcastPane(Pane):
    """Channels above, the past below. It decides nothing: it asks."""

    changed = Signal()
    broadcast_asked = Signal()
    setup_asked = Signal()
    lead_on_asked = Signal(str)
    """The name of the action that is the next step."""
    board_asked = Signal()
    later_asked = Signal()
    card_made = Signal(object)
    stop_asked = Signal()
    go_on_asked = Signal()

    def __init__(self, mode: Mode) -> None:
        super().__init__("Broadcast")
        self._mode = mode
        self.rows: list[ChannelRow] = []
        self.cards: dict[str, AlertCard] = {}
        self._locked: tuple[str, ...] | None = None
        self._newest: dict[str, Delivery] = {}
        self._build()

    def _build(self) -> None:
        self._channels = QVBoxLayout()
        self._channels.setSpacing(4)
        self._channels.setContentsMargins(0, 0, 4, 0)
        self.channels = FittingScroll(self._channels)
        self.nothing = StateView()
        self.nothing.say(
            PaneState.EMPTY,
            "No channel is set up yet",
            "Nothing can be sent before one is.",
            "Set up channels…",
            self.setup_asked.emit,
        )
        self.set_up = self.nothing.action
        self.problems = label(wrap=True)
        self.problems.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # F4 leads here, Tab passes by
        self.problems.setContentsMargins(2, 2, 2, 2)
        self.lead_on = button("", self._ask_lead_on)
        self._next = ""
        self.sentence = label(wrap=True)
        self.hold = HoldButton("broadcast")
        self.hold.held.connect(self.broadcast_asked)
        self.approvals = ApprovalsArea()
        self.stopped = label(role="problem", wrap=True)
        self.go_on = button("Let the desk go on…", self.go_on_asked.emit, "lane")
        self.stop = button(f"Stop all ({key_of('stop')})", self.stop_asked.emit, "danger")
        give_tip(
            self.stop, "Nothing more leaves this desk: no broadcast, no repeat, nothing scheduled"
        )
        words = f"Send later… ({key_of('later')})"
        self.later = button(words, self.later_asked.emit, "link", tip="Send it later, or repeat it")
        self.silent = _nothing_said()
        self._cards = column(self.silent, None)
        inside = QWidget()
        below = column(self.approvals, 4, space=4)
        board = button(f"See all ({key_of('board')})", self.board_asked.emit, "link")
        below.addWidget(flowing(label("IN PUBLIC", "heading"), board, self.stop, spread=True))
        below.addLayout(self._cards)
        below.setContentsMargins(0, 0, 6, 0)
        inside.setLayout(below)
        self.past = QScrollArea()
        self.past.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.past.setWidgetResizable(True)
        self.past.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.past.setWidget(inside)
        self.past.setMinimumHeight(Theme.scaled(LEAST_PAST))
        box = QVBoxLayout()
        box.setContentsMargins(10, 10, 10, 10)
        box.addLayout(pane_head("broadcast", "BROADCAST", key_of("broadcast"), None, self.later))
        box.addWidget(self.nothing)
        box.addWidget(self.channels)
        box.addLayout(column(self.sentence, self.problems, self.lead_on, self.hold, space=6))
        box.addWidget(self.stopped)
        box.addWidget(self.go_on)
        box.addWidget(self.past, 1)
        self.show_stopped("")
        self.setLayout(box)

    def show_stopped(self, by: str) -> None:
        """Say that nothing leaves, and who saw to that; "" while sending is allowed."""
        if by and self.stopped.isHidden():
            announce(self, f"Everything is stopped by {by}. Nothing leaves this desk.", urgent=True)
        self.stopped.setText(f"■ EVERYTHING IS STOPPED by {by}. Nothing leaves this desk.")
        self.stopped.setVisible(bool(by))
        self.go_on.setVisible(bool(by))
        self.stop.setVisible(not by)

    def why_not_stop(self) -> str:
        """Why there is nothing to stop; "" when there is."""
        return "Everything is stopped already." if self.stop.isHidden() else ""

    def why_not_ready(self) -> str:
        """Why the message cannot go out yet, in words; "" when it can."""
        return "" if self.hold.isEnabled() else self.problems.text() or "One moment."

    def show_accounts(self, accounts: list[Account]) -> None:
        """These channels can be chosen; what was chosen before stays so."""
        off = {each.account.id for each in self.rows if not each.own_choice}
        clear(self._channels)
        self.rows = []
        for account in accounts:
            made = ChannelRow(account)
            made.box.setChecked(account.id not in off)
            made.toggled.connect(self.changed)
            self._channels.addWidget(made)
            made.lock_to(self._locked)
            self.rows.append(made)
        self._show_newest()
        self.nothing.setVisible(not accounts)

    def mark_unchecked(self, account_ids: frozenset[str]) -> None:
        """These were kept although nobody answered when they were set up."""
        for each in self.rows:
            each.mark(unchecked=each.account.id in account_ids)

    def chosen(self) -> tuple[str, ...]:
        """The ids of the chosen accounts."""
        return tuple(each.account.id for each in self.rows if each.chosen)

    def choose(self, account_ids: tuple[str, ...]) -> None:
        """Choose exactly these, as in a message that is brought back."""
        for each in self.rows:
            each.box.setChecked(each.account.id in account_ids)

    def lock_to(self, account_ids: tuple[str, ...] | None) -> None:
        """Fix the channels of a follow-up; None sets the choice free."""
        self._locked = account_ids
        for each in self.rows:
            each.lock_to(account_ids)

    def focus_approvals(self) -> bool:
        """Put the keyboard onto the first thing that waits; False when nothing does."""
        self.wanted.emit()
        target = self.approvals.first()
        if target is None:
            return False
        self.past.ensureWidgetVisible(target)
        target.setFocus()
        return True

    def focus(self) -> None:
        """Put the keyboard where the work goes on: onto the button; with nothing to send, onto what
        can be done about what was said; else onto what comes first. Whoever holds the space bar
        too early must not take a channel out by it."""
        self.wanted.emit()
        newest = next(iter(self.cards.values()), None)
        if self.hold.isEnabled():
            self.hold.setFocus()
        elif newest and self.hold.isHidden():
            self.past.ensureWidgetVisible(newest.first())
            newest.first().setFocus()
        elif not self.rows:
            self.set_up.setFocus()
        elif not self.chosen():
            self.rows[0].box.setFocus()
        else:
            first = (self.lead_on, self.problems)
            for each in [each for each in first if not each.isHidden()][:1]:
                each.setFocus()

    def show_readiness(
        self,
        step: Step | None,
        previews: list[Preview],
        problems: list[str],
        busy: bool,
        *,
        asks: bool,
    ) -> None:
        """Say what holding the button will do, or why it cannot be held.

        `asks`: a second person comes first, so holding sends nothing yet.
        """
        by_account = {each.rendered.account_id: each for each in previews}
        for each in self.rows:
            each.show_preview(by_account.get(each.account.id))
        ready = step is not None and not problems and not busy
        number = len(self.chosen())
        self.hold.setEnabled(ready)
        self.later.setEnabled(ready)
        self.later.setVisible(step is not None)
        self.hold.setVisible(step is not None or busy)
        self.sentence.setText(self._sentence(step, asks=asks) if ready else "")
        self.problems.setText("" if ready or busy else _why_not(step, problems))
        give_tip(self.sentence, self.sentence.text())
        self.sentence.setVisible(ready)
        self.problems.setVisible(not ready and not busy)
        restyle(self.problems, "tone", "muted" if step is None else "danger")
        self._show_next("message" if step is None else _next_step(problems))
        about = self.sentence.text() or self.problems.text()
        if busy:
            self.hold.say("", "One moment…")
        else:
            self.hold.say("ask a second person" if asks else "broadcast", _channels(number), about)

    def _show_next(self, name: str) -> None:
        """One button to the next step, where there is one step that comes before all others."""
        self._next = name if self.rows else ""
        self.lead_on.setVisible(bool(self._next))
        if self._next:
            self.lead_on.setText(f"{NEXT[name]} ({key_of(name)})")

    def _ask_lead_on(self) -> None:
        self.lead_on_asked.emit(self._next)

    def _sentence(self, step: Step | None, *, asks: bool) -> str:
        names = [_audience(each.account) for each in self.rows if each.chosen]
        listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
        what = (step or Step.ALERT).words.lower()
        if asks:
            return f"This {what} for {listed} needs a second person. Nothing is sent yet."
        if self._mode is Mode.EXERCISE:
            return f"EXERCISE: this {what} goes to the simulated {listed}. No real person gets it."
        return f"LIVE: this {what} goes to the public on {listed}."

    def show_past(self, past: list[tuple[Alert, list[Delivery]]], names: dict[str, str]) -> None:
        """Show what was broadcast, newest first, each with every channel's state."""
        wanted = [alert.id for alert, _ in past[:CARDS]]
        if wanted != list(self.cards):
            self._show_cards(past[:CARDS], names)
        for alert, deliveries in past[:CARDS]:
            self.cards[alert.id].show_deliveries(deliveries)
        self._newest = {each.account_id: each for each in past[0][1]} if past else {}
        self._show_newest()

    def _show_newest(self) -> None:
        for each in self.rows:
            each.show_last(self._newest.get(each.account.id))

    def _show_cards(self, past: list[tuple[Alert, list[Delivery]]], names: dict[str, str]) -> None:
        """Make the cards that are new, and leave the others as they stand."""
        kept = {alert.id for alert, _ in past}
        for gone in [each for each in self.cards if each not in kept]:
            self._cards.removeWidget(card := self.cards.pop(gone))
            card.hide()
            card.deleteLater()
        for place, (alert, _) in enumerate(past):
            if alert.id not in self.cards:
                self.cards[alert.id] = card = AlertCard(alert, names, self._mode)
                self.card_made.emit(card)
            if self._cards.indexOf(self.cards[alert.id]) != place:
                self._cards.insertWidget(place, self.cards[alert.id])
        self.cards = {alert.id: self.cards[alert.id] for alert, _ in past}
        for place, card in enumerate(self.cards.values()):
            key = f" ({key_of('pack')})" if place == 0 else ""  # its key takes the newest
            card.by_hand.setText(f"By hand…{key}")
        self.silent.setVisible(not past)


def _nothing_said() -> StateView:
    made = StateView()
    made.say(
        PaneState.EMPTY,
        "Nothing said yet",
        "What you broadcast is listed here, channel by channel.",
    )
    return made


def _audience(account: Account) -> str:
    """The channel by name, with how many it reaches where that is known."""
    if account.kind == "email":
        return f"{account.name} ({number_of_addresses(account)} addresses)"
    return account.name


def _channels(number: int) -> str:
    return f"{number} channel" if number == 1 else f"{number} channels"


def _next_step(problems: list[str]) -> str:
    return "incident" if NO_INCIDENT in problems else ""


def _why_not(step: Step | None, problems: list[str]) -> str:
    if step is None:
        return "Choose a template first."
    more = f" … and {len(problems) - 3} more" if len(problems) > 3 else ""
    return "Not ready: " + "; ".join(problems[:3]) + more
