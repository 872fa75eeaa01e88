"""One message that waits for a second person, or is approved and waits for the hand that sends."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.approval import Way
from crisisdesk.rules.showing import one_line
from crisisdesk.services.approving import Waiting
from ui.widgets.clocks import age, clock_time
from ui.widgets.hold_button import HoldButton
from ui.widgets.parts import button, label, row

LONGEST_HEADLINE = 120


class ApprovalCard(QWidget):
    """Says who asked, how long ago and with which code; once approved it can be sent from here."""

    decide_asked = Signal(object)
    broadcast_asked = Signal(object)
    change_asked = Signal(object)

    def __init__(self, waiting: Waiting) -> None:
        super().__init__()
        self.waiting = waiting
        alert = waiting.alert
        self.setObjectName("card")
        self.state = label(role="problem", wrap=True)
        self.since = label(role="small", wrap=True)
        self.decide = button("Approve…", lambda: self.decide_asked.emit(waiting), "primary")
        self.decide.setAccessibleName(f"Approve {alert.headline}")
        self.change = button("Change the words", lambda: self.change_asked.emit(waiting), "lane")
        number = len({part.account_id for part in alert.rendered})
        channels = "1 channel" if number == 1 else f"{number} channels"
        self.hold = HoldButton("broadcast", channels, alert.headline)
        self.hold.held.connect(lambda: self.broadcast_asked.emit(waiting))
        box = QVBoxLayout()
        box.setContentsMargins(0, 4, 0, 10)
        box.setSpacing(4)
        box.addWidget(label(one_line(alert.headline, LONGEST_HEADLINE), "strong", wrap=True))
        box.addWidget(self.state)
        box.addWidget(self.since)
        box.addWidget(self.hold)
        box.addLayout(row(self.decide, self.change, None, space=6))
        self._show()
        self.setLayout(box)

    def _show(self) -> None:
        request, approved = self.waiting.request, self.waiting.approved
        self.hold.setVisible(approved)
        self.decide.setVisible(not approved)
        if approved:
            at = clock_time(request.decided_at) if request.decided_at else ""
            self.state.setText(f"✓ Approved by {request.decided_by} at {at}. It is not sent yet.")
            self.state.setProperty("role", "good")
            if request.reason == Way.BREAK_GLASS:
                words = f"! GLASS BROKEN by {request.decided_by} at {at}: nobody else has agreed."
                self.state.setText(f"{words} It is not sent yet.")
                self.state.setProperty("role", "problem")
        else:
            code = self.waiting.code
            self.state.setText(f"‖ Needs a second person · check code {code[:3]} {code[3:]}")

    def show_age(self, now: datetime) -> None:
        """Say how long it has been waiting."""
        request, alert = self.waiting.request, self.waiting.alert
        waited = age((now - request.asked_at).total_seconds())
        ends = clock_time(alert.expires_at)
        words = f"{alert.step.words} · {alert.marker} · asked by {request.asked_by}, {waited}"
        self.since.setText(f"{words} · void after {ends}")
