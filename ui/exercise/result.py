"""How a drill went: goals, what was practised, and where the report lies."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.exercise import Lesson
from ui.theme import SPACE_TIGHT, SPACE_WIDE
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 620


class Result(Sheet):
    """A page to be read at leisure; it closes nothing."""

    review_asked = Signal()
    leave_asked = Signal()

    def __init__(
        self, parent: QWidget, report: Mapping[str, Any], practised: Iterable[Lesson], folder: Path
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("How the drill went")
        self.headline = label(_headline(report), "title", wrap=True)
        self.goals = [_goal(each) for each in report["goals"]]
        lessons = [each.practised for each in practised if each.practised]
        inside = column(self.headline, space=SPACE_TIGHT)
        _list(inside, "GOALS", self.goals)
        _list(inside, "WHAT YOU PRACTISED", [f"✓ {each}" for each in lessons])
        inside.addSpacing(SPACE_TIGHT)
        self.place = QLineEdit(str(folder / "report.html"))
        self.place.setReadOnly(True)
        self.place.setCursorPosition(0)
        self.place.setAccessibleName("The report is in")
        inside.addWidget(label("The report is in", "small"))
        inside.addWidget(self.place)
        self.review = button("Read the log", self._ask_review)
        self.leave = button("Leave the exercise", self._ask_leave, "primary")
        self.leave.setDefault(True)
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(button("Look around", self.reject), None, self.review, self.leave))
        self.fill(inside, WIDTH)
        self.setAccessibleDescription(" ".join((self.headline.text(), *self.goals)))
        self.leave.setFocus()

    def _ask_review(self) -> None:
        self.accept()
        self.review_asked.emit()

    def _ask_leave(self) -> None:
        self.accept()
        self.leave_asked.emit()


def _headline(report: Mapping[str, Any]) -> str:
    met, every = report["goals_met"], len(report["goals"])
    if not every:
        return "It ended before anything could be measured"
    return f"{met} of {every} goals met" + (": well done" if met == every else "")


def _goal(goal: Mapping[str, Any]) -> str:
    seconds = goal["seconds"]
    took = "not done" if seconds is None else f"took {seconds // 60} min {seconds % 60:02} s"
    return f"{'✓' if goal['met'] else '✗'} {goal['words']} – {took}"


def _list(into: QVBoxLayout, heading: str, lines: list[str]) -> None:
    if lines:
        into.addSpacing(SPACE_TIGHT)
        into.addWidget(label(heading, "heading"))
    for each in lines:
        into.addWidget(label(each, "good" if each.startswith("✓") else "", wrap=True))
