"""How a run went: score, what to do next, goals and measures, and what was agreed."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.exercise import Lesson
from crisisdesk.rules.exercise.comparing import in_a_line
from crisisdesk.rules.exercise.report_words import GOOD, band
from crisisdesk.rules.plain_words import minutes
from crisisdesk.services.after_action import LONGEST_NAME, Outcome
from ui.exercise.agreeing import Agreeing
from ui.theme import SPACE_TIGHT, SPACE_WIDE
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 620
MOST_GOALS = 8


class Result(Sheet):
    """A page to be read at leisure; it closes nothing. A drill with a coach keeps to its goals."""

    review_asked = Signal()
    leave_asked = Signal()
    report_asked = Signal()
    named = Signal(str)

    def __init__(
        self, parent: QWidget, outcome: Outcome, practised: Iterable[Lesson], folder: Path
    ) -> None:
        super().__init__(parent)
        report, coached = outcome.report, list(practised)
        self.setWindowTitle("How the drill went" if coached else "How the exercise went")
        self.notice = Notice()
        self.headline = label(_headline(report, bool(coached)), "title", wrap=True)
        self.goals = [_goal(each) for each in report["goals"] if coached or not each["met"]]
        inside = column(self.headline, self.notice, space=SPACE_TIGHT)
        self.beside = label(in_a_line(outcome.comparison), "muted", wrap=True)
        inside.addWidget(self.beside)
        self.beside.setVisible(bool(self.beside.text()))
        if not coached:
            _list(inside, "WHAT TO DO NEXT", [each["do"] for each in report["advice"]])
        shown = self.goals[:MOST_GOALS]
        if more := len(self.goals) - len(shown):
            shown.append(f"… and {more} more, in the report")
        _list(inside, "GOALS" if coached else "GOALS NOT MET", shown)
        lessons = [f"✓ {each.practised}" for each in coached if each.practised]
        _list(inside, "WHAT YOU PRACTISED", lessons)
        self.agreeing = Agreeing(outcome.improvements)
        if not coached:
            weak = [each for each in report["measures"] if each["score"] < GOOD]
            _list(inside, f"MEASURES BELOW {GOOD}", [_measure(each) for each in weak])
            inside.addSpacing(SPACE_TIGHT)
            inside.addWidget(self.agreeing)
        self._ask_name(inside, outcome)
        self._end(inside, folder)
        self.fill(inside, WIDTH)
        self.setAccessibleDescription(" ".join((self.headline.text(), *self.goals)))
        self.leave.setFocus()

    def _ask_name(self, inside: QVBoxLayout, outcome: Outcome) -> None:
        """Whose practice it was. A name from an earlier run is offered, and has to be confirmed."""
        self.player = QLineEdit(outcome.known)
        self.player.setAccessibleName("Your name")
        self.player.setMaxLength(LONGEST_NAME)
        self.player.returnPressed.connect(self._name)
        self.count_it = button("Count it as mine", self._name)
        who = outcome.report["player"]
        words = f"Counted as practice of {who}." if who else "Your name, if it is to count for you"
        self.who = label(words, "small", wrap=True)
        self.who.setBuddy(self.player)
        inside.addSpacing(SPACE_TIGHT)
        inside.addWidget(self.who)
        line = row(self.player, self.count_it)
        line.setStretch(0, 1)
        inside.addLayout(line)

    def _end(self, inside: QVBoxLayout, folder: Path) -> None:
        self.place = QLineEdit(str(folder / "report.html"))
        self.place.setReadOnly(True)
        self.place.setCursorPosition(0)
        self.place.setAccessibleName("The report is in")
        self.open_report = button("Open the report", self.report_asked.emit)
        inside.addSpacing(SPACE_TIGHT)
        inside.addWidget(label("The report is in", "small"))
        line = row(self.place, self.open_report)
        line.setStretch(0, 1)
        inside.addLayout(line)
        self.review = button("Read the log", self._ask_review)
        self.leave = button("Leave the exercise", self._ask_leave, "primary")
        self.leave.setDefault(True)
        inside.addSpacing(SPACE_WIDE)
        inside.addWidget(flowing(button("Look around", self.reject), self.review, self.leave))

    def counted(self, outcome: Outcome) -> None:
        """The name was kept."""
        self.who.setText(f"Counted as practice of {outcome.report['player']}.")
        self.beside.setText(in_a_line(outcome.comparison))
        self.beside.setVisible(bool(self.beside.text()))

    def _name(self) -> None:
        self.named.emit(self.player.text())

    def _ask_review(self) -> None:
        self.accept()
        self.review_asked.emit()

    def _ask_leave(self) -> None:
        self.accept()
        self.leave_asked.emit()


def _headline(report: Mapping[str, Any], coached: bool) -> str:
    met, every = report["goals_met"], len(report["goals"])
    if report["score"] is None or (coached and not every):
        return "It ended before anything could be measured"
    goals = f"{met} of {every} goals met" + (": well done" if met == every else "")
    if coached:
        return goals
    score = f"Score {report['score']} of 100: {band(report['score'])}"
    return f"{score}; {goals}" if every else score


def _goal(goal: Mapping[str, Any]) -> str:
    seconds = goal["seconds"]
    took = "not done" if seconds is None else f"took {minutes(seconds)}"
    return f"{'✓' if goal['met'] else '✗'} {goal['words']} – {took}"


def _measure(each: Mapping[str, Any]) -> str:
    return f"✗ {each['score']} – {each['words']}"


def _list(into: QVBoxLayout, heading: str, lines: Sequence[str]) -> None:
    if lines:
        into.addSpacing(SPACE_TIGHT)
        into.addWidget(label(heading, "heading"))
    for each in lines:
        into.addWidget(label(each, "good" if each.startswith("✓") else "", wrap=True))
