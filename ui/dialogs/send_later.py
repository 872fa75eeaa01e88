"""Sending later, repeating, and sending a planned message after all: said in words beforehand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QWidget

from crisisdesk.model.cap import Severity
from crisisdesk.rules.timing import (
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    next_clock_time,
    night_warning,
)
from ui.theme import Theme
from ui.widgets.clocks import clock_time, length
from ui.widgets.hold_button import HoldButton
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 520
PAIR_WIDTH = 90

Then = Callable[[datetime | None, int], None]
"""Gets the moment of sending (None when it was sent already) and the minutes, 0 for once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to wait: its words, how much it matters, and when it is over and why."""

    headline: str
    severity: Severity
    over_at: datetime
    over_because: str
    sent: bool = False


class SendLater(Sheet):
    """Two short lines to fill, and a sentence that says what will happen. Nothing is guessed."""

    def __init__(
        self, parent: QWidget | None, waiting: Waiting, now: Callable[[], datetime], then: Then
    ) -> None:
        super().__init__(parent)
        self._waiting = waiting
        self._now = now
        self._then = then
        title = "Repeat" if waiting.sent else "Send later"
        self.setWindowTitle(title)
        self.time = _short("05:30", "Send at, as in 05:30")
        self.minutes = _short("", "Repeat every so many minutes")
        self.sentence = label(wrap=True)
        self.night = label(role="problem", wrap=True)
        self.problem = label(role="problem", wrap=True)
        self.go = button("Repeat it" if waiting.sent else "Plan it", self._finish, "primary")
        self.go.setDefault(True)
        for line in (self.time, self.minutes):
            line.textChanged.connect(lambda _: self.check())
        self._lay_out()
        self.check()

    def _lay_out(self) -> None:
        once = "" if self._waiting.sent else " (empty: only once)"
        often = row(label("Repeat every"), self.minutes, label(f"minutes{once}"), None)
        box = column(label(self._waiting.headline, "strong", wrap=True))
        if not self._waiting.sent:
            box.addLayout(row(label("Send at"), self.time, label("by the clock"), None))
        box.addLayout(often)
        for part in (self.sentence, self.night, self.problem):
            box.addWidget(part)
        box.addLayout(_buttons(self, self.go))
        self.fill(box, WIDTH)
        (self.minutes if self._waiting.sent else self.time).setFocus()

    def _end(self) -> str:
        return f"until {clock_time(self._waiting.over_at)}, {self._waiting.over_because}"

    def check(self) -> None:
        """Say what will happen, or why it cannot."""
        problem = self._problem()
        due = self._due()
        self.problem.setText(problem)
        self.sentence.setText("" if problem else self._sentence())
        warning = night_warning(due.astimezone(), self._waiting.severity) if due else ""
        self.night.setText(f"At {clock_time(due)}: {_lower(warning)}" if warning and due else "")
        for each in (self.problem, self.sentence, self.night):
            each.setVisible(bool(each.text()))
        self.go.setEnabled(not problem)
        self.adjustSize()

    def _due(self) -> datetime | None:
        """When it goes out first."""
        now = self._now()
        if self._waiting.sent:
            return now + timedelta(minutes=self._pace() or 0)
        return next_clock_time(self.time.text(), now)

    def _pace(self) -> int | None:
        """Minutes between two; 0 for once, None when it is no number."""
        words = self.minutes.text().strip()
        return int(words) if words.isascii() and words.isdigit() else (None if words else 0)

    def _problem(self) -> str:
        due, pace = self._due(), self._pace()
        if due is None:
            return "Write the time to send it, as in 05:30."
        if pace is None or (pace and not SHORTEST_MINUTES <= pace <= LONGEST_MINUTES):
            return f"Repeat every {SHORTEST_MINUTES} to {LONGEST_MINUTES} minutes, or leave it out."
        if self._waiting.sent and not pace:
            return f"Write every how many minutes; it is repeated {self._end()}."
        if due >= self._waiting.over_at:
            return f"{clock_time(due)} is too late: it holds {self._end()}."
        if pace and not self._waiting.sent:
            return self._too_slow(due + timedelta(minutes=pace))
        return ""

    def _too_slow(self, second: datetime) -> str:
        if second < self._waiting.over_at:
            return ""
        return f"It is never repeated: the second time is {clock_time(second)}, {self._end()}."

    def _sentence(self) -> str:
        due, pace = self._due(), self._pace()
        if due is None:
            return ""
        gap = length((due - self._now()).total_seconds())
        often = f"every {pace} minutes {self._end()}. A follow-up ends that" if pace else "once"
        if self._waiting.sent:
            return f"It goes out again at {clock_time(due)}, in {gap}, and then {often}."
        day = _day(due, self._now())
        return f"It goes out {day} at {clock_time(due)}, in {gap}, " + (
            f"and again {often}." if pace else "once."
        )

    def _finish(self) -> None:
        if self._problem():
            self.check()
            return
        due = None if self._waiting.sent else self._due()
        self.accept()
        self._then(due, self._pace() or 0)


class SendNow(Sheet):
    """A planned message goes out at once, by a hold as every other."""

    def __init__(self, parent: QWidget, headline: str, why: str, then: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Send now")
        self._then = then
        self.hold = HoldButton("send now", about=headline)
        self.hold.held.connect(self._finish)
        box = column(label(headline, "strong", wrap=True), label(why, wrap=True), self.hold)
        box.addLayout(_buttons(self))
        self.fill(box, WIDTH)
        self.hold.setFocus()

    def _finish(self) -> None:
        self.accept()
        self._then()


def _short(example: str, name: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(example)
    made.setFixedWidth(Theme.scaled(PAIR_WIDTH))
    made.setMaxLength(8)
    made.setAccessibleName(name)
    return made


def _buttons(dialog: QDialog, *last: QWidget) -> QHBoxLayout:
    return row(None, button("Cancel", dialog.reject), *last)


def _day(due: datetime, now: datetime) -> str:
    days = (due.astimezone().date() - now.astimezone().date()).days
    return "today" if days == 0 else f"tomorrow, {due.astimezone():%A},"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
