"""A night flood that is only an exercise, and its log in review."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from crisisdesk.desk.exercise import ExerciseDesk, open_exercise
from tests.gallery.fixed import MOMENT
from tests.gallery.stage import Stage
from ui.exercise.debrief import Debrief
from ui.exercise.report_view import ReportView
from ui.exercise.result import Result
from ui.review.figures_sheet import FiguresSheet
from ui.review.review_page import ReviewPage

DRAWS = ("exercise", "review", "disclosure", "figures-exercise")

MINUTES = 19
"""How far into the story the pictures are: the severe warning is out, and rumours begin."""

FORGED = 12
"""The entry somebody changes for the picture of a broken log."""


def tell(stage: Stage) -> None:
    """Draw an exercise in the middle, after a broadcast, at its end, and its log."""
    desk = open_night(stage)
    begin(stage)
    play(stage, desk, 1)
    stage.shoot("exercise-begins")
    stage.open_incident(desk.exercising.scenario.incident_name)
    play(stage, desk, MINUTES)
    stage.fill("flood-severe")
    stage.page.mentions.focus()
    stage.shoot("exercise-ready")
    stage.broadcast()
    stage.shoot("exercise-sent")
    desk.exercising.end()
    leave_debrief(stage)
    stage.until("the report", lambda: "ENDEX" in stage.page.notice.words)
    result = stage.dialog(Result)
    assert isinstance(result, Result)
    stage.shoot("exercise-result", result)
    result.open_report.click()
    stage.until("the report on screen", lambda: _reports(stage))
    stage.shoot("exercise-report", _reports(stage)[0])
    _reports(stage)[0].close()
    result.reject()
    stage.shoot("exercise-ended")
    _review(stage, desk.paths.home)


def _reports(stage: Stage) -> list[ReportView]:
    """The windows in which the report is read."""
    return [each for each in stage.app.topLevelWidgets() if isinstance(each, ReportView)]


def open_night(stage: Stage) -> ExerciseDesk:
    """As the console does, on the day of all pictures and with the clock moved by hand."""
    folder = stage.console.paths.exercises / "20260124-031200-night-flood"
    stage.console._enter_exercise(open_exercise("night-flood", folder, 0.0, day=MOMENT.date()))
    stage.calm()
    desk = stage.page.desk
    assert isinstance(desk, ExerciseDesk)
    return desk


def begin(stage: Stage, *, directed: bool = False) -> None:
    """The briefing is read."""
    briefing = stage.console.playing.room.briefing
    briefing.directed.setChecked(directed)
    briefing.begin.click()
    stage.until("STARTEX", stage.page.isVisible)
    stage.calm()


def play(stage: Stage, desk: ExerciseDesk, minutes: int) -> None:
    """Step by step, so that what people say has its age."""
    until = minutes * 60.0
    while (due := desk.agenda.next_due()) is not None and due <= until:
        desk.clock.move_to(timedelta(seconds=due))
        act = desk.agenda.take_due(due)
        if act:
            act()
        stage.calm()
    desk.clock.move_to(timedelta(seconds=until))
    stage.calm()


def leave_debrief(stage: Stage) -> None:
    """Answer nothing, where anything is asked."""
    if stage.page.desk.debriefing.questions:  # type: ignore[attr-defined]
        stage.dialog(Debrief).reject()


def _review(stage: Stage, log: Path) -> None:
    stage.console.workers.reading.clear()
    stage.console.open_review(log)
    stage.shoot("review-loading", calm=False)
    stage.console.workers.reading.set()
    stage.shoot("review-intact")
    review = stage.current(ReviewPage)
    review.answer_request()
    assert review.disclosure is not None
    review.disclosure.reference.setText("FOI 2026-114")
    review.disclosure.shown.setText("31-40, 55")
    stage.shoot("disclosure", review.disclosure)
    review.disclosure.close()
    show_figures(stage, "figures-exercise")
    stage.console.open_review(_forged(log / "desk.db", Path("copy.db")))
    stage.shoot("review-broken")
    nothing = Path("notes.jsonl")
    nothing.write_text("this is no log\n", encoding="utf-8")
    stage.console.open_review(nothing)
    stage.shoot("review-no-log")


def show_figures(stage: Stage, name: str) -> None:
    """The reviewed log's benchmarks, and its newest month."""
    review = stage.current(ReviewPage)
    assert isinstance(review, ReviewPage)
    review.figures.click()
    sheet = stage.dialog(FiguresSheet)
    stage.until("the figures", sheet.choice.count)
    stage.shoot(f"{name}-benchmarks", sheet)
    sheet.choice.setCurrentIndex(sheet.choice.count() - 1)
    stage.shoot(f"{name}-month", sheet)
    sheet.reject()
    stage.calm()


def _forged(log: Path, copy: Path) -> Path:
    """A copy in which somebody changed an entry, past every guard of the database."""
    with sqlite3.connect(log) as original, sqlite3.connect(copy) as forged:
        original.backup(forged)
        for (name,) in forged.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            forged.execute(f"DROP TRIGGER {name}")
        where = "WHERE seq = ?"
        (body,) = forged.execute(f"SELECT body FROM log_entry {where}", (FORGED,)).fetchone()
        changed = body.replace(b"control", b"c0ntrol").replace(b"officer", b"0fficer")
        forged.execute(f"UPDATE log_entry SET body = ? {where}", (changed, FORGED))
    return copy
