"""What is planned and promised, what was held back or missed, and what needs a word now."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.alert import Alert
from crisisdesk.model.plan import ASKING, OURS, Plan, PlanKind, PlanState
from crisisdesk.rules.showing import one_line
from ui.theme import Theme
from ui.widgets.clocks import clock_time, length
from ui.widgets.elided import ElidedLabel
from ui.widgets.parts import button, clear, column, pane, restyle, row, scrolling

LONGEST_HEADLINE = 90
SHOWN_ROWS = 3
ROW_HEIGHT = 30

SIGNS = {
    (PlanKind.SEND, PlanState.WAITING): "◷",
    (PlanKind.REPEAT, PlanState.WAITING): "⟳",
    (PlanKind.PROMISE, PlanState.WAITING): "…",
}
"""Other states have signs of their own, whatever is planned."""

STATE_SIGNS = {PlanState.HELD: "‖", PlanState.MISSED: "!", PlanState.RUNNING: "●"}


class PlanStrip(QWidget):
    """A few lines below the header; gone while there is nothing to say. It only asks."""

    send_now_asked = Signal(object, object)
    release_asked = Signal(object)
    drop_asked = Signal(object, object)
    update_asked = Signal(object)
    holding_asked = Signal()
    trust_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, PlanLine] = {}
        self.night = ElidedLabel("", "muted")
        self.holding = _Offer("Write a holding statement", self.holding_asked.emit)
        self.doubt = _Offer("The clock is right now", self.trust_asked.emit)
        self.doubt.say(
            "The computer's clock was set back. What had expired stays so until you have compared "
            "it with another clock."
        )
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._scroll = scrolling(self._rows)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        parts = column(self.doubt, self.holding, self.night, self._scroll, space=2)
        box.addWidget(pane(parts, "card", 4))
        for part in (self.doubt, self.holding, self.night):
            part.hide()
        self._refit()

    def show_plans(self, plans: list[tuple[Plan, Alert]], now: datetime) -> None:
        """Show these plans: what waits for a person first, then what is due next."""
        clear(self._rows)
        self.lines = {}
        for plan, alert in sorted(plans, key=lambda pair: pair[0].state not in ASKING):
            line = PlanLine(plan, alert, now)
            line.send_now.clicked.connect(partial(self._send_now, line))
            line.release.clicked.connect(partial(self._release, line))
            line.drop.clicked.connect(partial(self._drop, line))
            line.update_button.clicked.connect(partial(self._update, line))
            self.lines[plan.id] = line
            self._rows.addWidget(line)
        self._refit()

    def show_time(self, now: datetime) -> None:
        """Count down to what is due."""
        for line in self.lines.values():
            line.show_time(now)

    def show_night(self, words: str) -> None:
        """Warn of waking people up; "" for nothing to warn of."""
        self.night.setText(words)
        self._show(self.night, bool(words))

    def show_silence(self, minutes: int, *, may_write: bool) -> None:
        """Say how long the public has heard nothing, and offer first words; 0 for no offer."""
        self.holding.say(f"{minutes} minutes without a word to the public.")
        self.holding.button.setVisible(may_write)
        self._show(self.holding, bool(minutes))

    def show_doubt(self, doubtful: bool) -> None:
        """Whether a person has to say that the clock is right."""
        self._show(self.doubt, doubtful)

    def _show(self, part: QWidget, shown: bool) -> None:
        if part.isHidden() is shown:
            part.setVisible(shown)
            self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refit()

    def _refit(self) -> None:
        """Take no more room than needed, and none when there is nothing to say."""
        self._scroll.setVisible(bool(self.lines))
        for line in self.lines.values():
            line.setFixedHeight(Theme.scaled(ROW_HEIGHT))
        self._scroll.setFixedHeight(min(len(self.lines), SHOWN_ROWS) * Theme.scaled(ROW_HEIGHT))
        offers = (self.doubt, self.holding, self.night)
        self.setVisible(bool(self.lines) or any(not each.isHidden() for each in offers))

    def _send_now(self, line: "PlanLine", _checked: bool = False) -> None:
        self.send_now_asked.emit(line.plan, line.alert)

    def _release(self, line: "PlanLine", _checked: bool = False) -> None:
        self.release_asked.emit(line.plan)

    def _drop(self, line: "PlanLine", _checked: bool = False) -> None:
        self.drop_asked.emit(line.plan, line.alert)

    def _update(self, line: "PlanLine", _checked: bool = False) -> None:
        self.update_asked.emit(line.alert)


class PlanLine(QWidget):
    """One plan in words, with what may be done about it."""

    def __init__(self, plan: Plan, alert: Alert, now: datetime) -> None:
        super().__init__()
        self.plan = plan
        self.alert = alert
        self.words = ElidedLabel()
        ours = plan.kind in OURS
        about = f": {one_line(alert.headline, LONGEST_HEADLINE)}"
        self.update_button = _made("Write the update", about, not ours)
        self.send_now = _made("Send now…", about, ours and plan.state is not PlanState.RUNNING)
        self.release = _made("Release", about, ours and plan.state in ASKING and plan.due_at > now)
        self.drop = _made("Drop…", about, plan.state is not PlanState.RUNNING)
        parts = (self.words, self.update_button, self.send_now, self.release, self.drop)
        box = row(*parts, space=4)
        box.setStretch(0, 1)
        self.setLayout(box)
        self.show_time(now)

    def show_time(self, now: datetime) -> None:
        """Say it as it stands at a moment."""
        sign = STATE_SIGNS.get(self.plan.state) or SIGNS[self.plan.kind, self.plan.state]
        self.words.setText(f"{sign} {said(self.plan, self.alert, now)}")
        self.words.setAccessibleName(self.words.text())
        restyle(self.words, "role", "problem" if self.plan.state in ASKING else "")


def said(plan: Plan, alert: Alert, now: datetime) -> str:
    """A plan in words, with how long it still takes."""
    due, seconds = clock_time(plan.due_at), (plan.due_at - now).total_seconds()
    headline = f"“{one_line(alert.headline, LONGEST_HEADLINE)}”"
    if plan.kind is PlanKind.PROMISE:
        if seconds > 0:
            return f"Next update promised by {due}, in {length(seconds)}: {headline}"
        return f"Promised update overdue by {length(-seconds)} (it was due at {due}): {headline}"
    often = f", every {plan.every_minutes} min" if plan.every_minutes else ""
    if plan.state is PlanState.WAITING:
        left = f"in {length(seconds)}" if seconds > 0 else "now"
        return f"{'Again' if often else 'Goes out'} at {due}, {left}{often}: {headline}"
    if plan.state is PlanState.RUNNING:
        return f"Going out now: {headline}"
    state = "Held" if plan.state is PlanState.HELD else "Not sent"
    return f"{state}, was for {due}{often}: {headline}. {plan.words}."


class _Offer(QWidget):
    """One sentence and one thing to do about it."""

    def __init__(self, words: str, act: Callable[[], object]) -> None:
        super().__init__()
        self.words = ElidedLabel("", "problem")
        self.button = button(words, act, "link")
        box = row(self.words, self.button)
        box.setStretch(0, 1)
        self.setLayout(box)

    def say(self, words: str) -> None:
        """Say this."""
        self.words.setText(f"! {words}")
        self.words.setAccessibleName(words)


def _made(words: str, about: str, shown: bool) -> QPushButton:
    made = button(words, lambda: None, "link")
    made.setAccessibleName(words + about)
    if not shown:  # showing it here, before it stands in the strip, would open a window
        made.hide()
    return made
