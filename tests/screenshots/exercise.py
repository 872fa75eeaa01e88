"""A night flood that is only an exercise, and its log in review."""

import os
import sqlite3
from datetime import timedelta
from pathlib import Path

from crisisdesk.desk.exercise import ExerciseDesk
from tests.screenshots.stage import Stage

MINUTES = 19
"""How far into the story the pictures are: the severe warning is out, and rumours begin."""

FORGED = 12
"""The entry somebody changes for the picture of a broken log."""


def tell(stage: Stage) -> None:
    """Draw an exercise in the middle, after a broadcast, at its end, and its log."""
    stage.console.open_exercise("night-flood")
    stage.until("the exercise", lambda: stage.console.page)
    desk = stage.page.desk
    assert isinstance(desk, ExerciseDesk)
    _play(stage, desk, 1)
    stage.shoot("exercise-begins")
    stage.open_incident(desk.exercising.scenario.incident_name)
    _play(stage, desk, MINUTES)
    stage.fill("flood-severe")
    stage.page.mentions.focus()
    stage.shoot("exercise")
    stage.broadcast()
    stage.shoot("exercise-sent")
    desk.exercising.end()
    stage.until("the report", lambda: "ENDEX" in stage.page.notice.words)
    stage.shoot("exercise-ended")
    _review(stage, desk.paths.home)
    stage.close()


def _play(stage: Stage, desk: ExerciseDesk, minutes: int) -> None:
    """Minute by minute, so that what people say has its age."""
    begun = int(desk.clock.elapsed().total_seconds() // 60)
    for minute in range(begun + 1, minutes + 1):
        desk.clock.move_to(timedelta(minutes=minute))
        desk.resume()
        stage.until("the story", lambda: not _due(desk))
    stage.calm()


def _due(desk: ExerciseDesk) -> bool:
    due = desk.agenda.next_due()
    return due is not None and due <= desk.clock.elapsed().total_seconds()


def _review(stage: Stage, log: Path) -> None:
    os.chdir(stage.home)  # the pictures show the paths, and nobody needs those of this computer
    log = log.relative_to(stage.home)
    stage.console.open_review(log)
    stage.shoot("review-intact")
    stage.console.open_review(_forged(log / "desk.db", Path("copy.db")))
    stage.shoot("review-broken")
    nothing = Path("notes.jsonl")
    nothing.write_text("this is no log\n", encoding="utf-8")
    stage.console.open_review(nothing)
    stage.shoot("review-no-log")


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
