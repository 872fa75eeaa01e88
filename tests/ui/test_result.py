"""How an exercise ends on screen: the score, the report, an action agreed, a name kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.test_exercise import Exercise
from ui.exercise.report_view import ReportView
from ui.exercise.result import Result


@pytest.fixture
def exercise(qtbot: QtBot, tmp_path: Path, way_out: None) -> Iterator[Exercise]:
    made = Exercise(qtbot, tmp_path / "home")
    yield made
    made.gone()


def ended(exercise: Exercise) -> Result:
    exercise.click(exercise.bar.end)
    exercise.leave_debrief()
    exercise.until(lambda: exercise.page.findChildren(Result), "the result")
    (result,) = exercise.page.findChildren(Result)
    exercise.until(result.isVisible, "the result on screen")
    return result


def folder(exercise: Exercise) -> Path:
    return Path(exercise.desk.paths.home)


def said(result: Result) -> str:
    return "\n".join(each.text() for each in result.findChildren(QLabel) if each.isVisible())


def test_the_report_opens_in_a_window_of_ours(exercise: Exercise) -> None:
    result = ended(exercise)
    exercise.click(result.open_report)

    def views() -> list[ReportView]:
        shown = QApplication.topLevelWidgets()
        return [each for each in shown if isinstance(each, ReportView) and each.isVisible()]

    exercise.until(views, "the report")
    (view,) = views()
    assert "EXERCISE" in view.windowTitle()
    assert "What to do about it" in view.text.toPlainText()
    assert view.place.text() == str(folder(exercise))
    view.close()
    result.reject()


def test_an_action_without_a_date_is_refused_and_one_with_it_is_kept(exercise: Exercise) -> None:
    result = ended(exercise)
    form = result.agreeing
    exercise.type(form.action, "Print the night numbers")
    exercise.type(form.owner, "Ann Second")
    exercise.type(form.due, "soon")
    exercise.click(form.add)
    exercise.until(lambda: "'soon' is no date" in result.notice.words, "the refusal")
    assert form.action.text() == "Print the night numbers"
    form.due.clear()
    exercise.type(form.due, "2026-03-31")
    exercise.click(form.add)
    exercise.until(lambda: "Print the night numbers – Ann Second" in said(result), "the action")
    assert form.action.text() == ""
    kept = json.loads((folder(exercise) / "improvements.json").read_text())
    assert [each["due"] for each in kept["improvements"]] == ["2026-03-31"]
    assert "Print the night numbers" in (folder(exercise) / "report.html").read_text()
    result.reject()


@pytest.mark.parametrize("name", ["Jo Officer", ""])
def test_a_run_counts_for_whoever_gives_a_name(exercise: Exercise, name: str) -> None:
    result = ended(exercise)
    if name:
        exercise.type(result.player, name)
    exercise.click(result.count_it)
    if not name:
        exercise.until(lambda: "This is no name" in result.notice.words, "the refusal")
    else:
        exercise.until(lambda: f"practice of {name}" in result.who.text(), "the name kept")
    report = json.loads((folder(exercise) / "report.json").read_text())
    assert report["player"] == name
    result.reject()


def test_the_name_of_the_briefing_counts_and_is_offered_next_time(
    qtbot: QtBot, tmp_path: Path, way_out: None
) -> None:
    for typed in ("Jo Officer", ""):
        made = Named(qtbot, tmp_path / "home", typed)
        result = ended(made)
        assert result.who.text() == "Counted as practice of Jo Officer."
        report = json.loads((folder(made) / "report.json").read_text())
        assert report["player"] == "Jo Officer"
        result.reject()
        made.gone()


class Named(Exercise):
    """An exercise whose player gives a name, or takes the one that is offered."""

    def __init__(self, qtbot: QtBot, home: Path, name: str) -> None:
        self.name = name
        super().__init__(qtbot, home)

    def begin(self, *, directed: bool) -> None:
        briefing = self.console.playing.room.briefing
        self.until(briefing.begin.isVisible, "the briefing")
        if self.name:
            self.type(briefing.player, self.name)
        else:
            self.until(lambda: briefing.name == "Jo Officer", "the name given last")
        super().begin(directed=directed)
