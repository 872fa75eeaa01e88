"""The approval queue in the broadcast pane, and what an operator must have seen."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.approval import Notice
from crisisdesk.rules.plain_words import needing_a_second
from crisisdesk.services.approving import Waiting
from ui.actions import key_of
from ui.console.approval_card import ApprovalCard
from ui.widgets.parts import button, clear, expanding, label, row

CHANGE_KINDS = ("returned", "rejected")


class ApprovalsArea(QWidget):
    """Hidden while nothing waits; impossible to overlook while something does."""

    card_made = Signal(object)
    seen_asked = Signal(str)
    change_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[ApprovalCard] = []
        self._shown: list[tuple[str, str]] = []
        self._told: list[str] = []
        self._notices = QVBoxLayout()
        self._cards = QVBoxLayout()
        self.heading = label("", "heading")
        box = QVBoxLayout()
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(4)
        box.addLayout(self._notices)
        box.addWidget(self.heading)
        box.addLayout(self._cards)
        self.hide()
        self.setLayout(box)

    @property
    def waiting(self) -> int:
        """How many messages still need a second person."""
        return sum(not card.waiting.approved for card in self.cards)

    def show_queue(self, queue: list[Waiting], notices: list[Notice], now: datetime) -> None:
        """Show what waits."""
        wanted = [_name(each) for each in queue]
        told = [each.id for each in notices]
        if wanted != self._shown:
            self._rebuild(queue)
        if told != self._told:
            self._show_notices(notices)
        self._shown, self._told = wanted, told
        for card in self.cards:
            card.show_age(now)
        number = self.waiting
        ready = len(self.cards) - number
        words = [needing_a_second(number).upper()] if number else []
        words += [f"{ready} APPROVED, NOT SENT"] if ready else []
        self.heading.setText(f"{' · '.join(words)} ({key_of('approvals')})")
        self.heading.setVisible(bool(words))
        self.setVisible(bool(self.cards or notices))

    def first(self) -> QWidget | None:
        """What to press first: the oldest message's button; None when nothing waits."""
        for card in self.cards:
            return card.hold if card.waiting.approved else card.decide
        return None

    def _rebuild(self, queue: list[Waiting]) -> None:
        kept = {_name(each.waiting): each for each in self.cards}  # one may be held just now
        self.cards = [kept.get(_name(each)) or self._make_card(each) for each in queue]
        for gone in set(kept.values()) - set(self.cards):
            self._cards.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, card in enumerate(self.cards):
            if self._cards.indexOf(card) != place:
                self._cards.insertWidget(place, card)

    def _make_card(self, waiting: Waiting) -> ApprovalCard:
        card = ApprovalCard(waiting)
        self.card_made.emit(card)
        return card

    def _show_notices(self, notices: list[Notice]) -> None:
        clear(self._notices)
        for each in notices:
            self._notices.addWidget(self._notice(each))

    def _notice(self, notice: Notice) -> QWidget:
        kind, _, alert_id = notice.kind.partition(" ")
        line = row(expanding(label(f"! {notice.words}", "problem", wrap=True)))
        if kind in CHANGE_KINDS:
            change = button("Change the words", lambda: self._change(notice.id, alert_id), "lane")
            line.addWidget(change)
        line.addWidget(button("Seen", lambda: self.seen_asked.emit(notice.id), "lane"))
        holder = QWidget()
        holder.setLayout(line)
        return holder

    def _change(self, notice_id: str, alert_id: str) -> None:
        self.seen_asked.emit(notice_id)
        self.change_asked.emit(alert_id)


def _name(waiting: Waiting) -> tuple[str, str]:
    return waiting.request.id, waiting.request.state.value
