"""The start screen, what each choice begins, and how light it is."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from crisisdesk import __version__
from crisisdesk.config import Paths, resource_names
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.errors import StoreError
from crisisdesk.model.operator import Role
from tests.ui.seat import CHANNELS, PASSPHRASE, Seat
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.review.review_page import ReviewPage
from ui.theme import Theme

HEAVY = (
    "sqlalchemy",
    "requests",
    "keyring",
    "apscheduler",
    "alembic",
    "lxml",
    "feedparser",
    "argon2",
    "crisisdesk.desk",
    "ui.start.launching",
    "crisisdesk.store",
)

LATER = ("QStyle", "QMessageBox", "QFileDialog", "QWizard", "QCalendarWidget")
"""Of these PySide would first make hundreds of names."""

FIRST_PAINT = """
import sys
from ui.importing import import_plainly

import_plainly()
import linecache
from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from ui import running

class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            before = QtWidgets.QApplication.focusWidget()
            tab = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
            QtWidgets.QApplication.sendEvent(before, tab)
            assert QtWidgets.QApplication.focusWidget() is not before
            print("modules:", *sorted(sys.modules))
            print("classes:", *sorted(vars(QtWidgets)))
            print("sources:", *sorted(linecache.cache))
            QtWidgets.QApplication.instance().exit()
        return False

class Watched(QtWidgets.QApplication):
    def exec(self):
        self.watcher = Painted()
        self.topLevelWidgets()[0].installEventFilter(self.watcher)
        return super().exec()

running.QApplication = Watched
running.run([])
"""


def test_nothing_heavy_is_loaded_for_the_first_picture(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT],
        env=os.environ | {"CRISISDESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = {
        kind: set(names.split())
        for kind, _, names in (line.partition(": ") for line in done.stdout.splitlines())
    }
    assert "ui.start.start_page" in told["modules"]
    assert [name for name in HEAVY if name in told["modules"]] == []
    assert "QPushButton" in told["classes"]
    assert [name for name in LATER if name in told["classes"]] == []
    assert [file for file in told["sources"] if "/ui/" in file] == [], "imports keep no sources"
    assert list(tmp_path.iterdir()) == []


def test_the_first_person_becomes_administrator(new_seat: Seat) -> None:
    new_seat.click(new_seat.console.start_page.live)
    new_seat.until(lambda: isinstance(new_seat.shown, FirstOperator), "the card")
    card = new_seat.shown
    assert isinstance(card, FirstOperator)
    new_seat.type(card.name, "Jo Officer")
    new_seat.type(card.passphrase, "four plain words here")
    new_seat.type(card.again, "four plain words her")
    new_seat.press("Return")
    assert "differ" in card.notice.words
    new_seat.type(card.passphrase, "short")
    new_seat.type(card.again, "short")
    new_seat.press("Return")
    new_seat.until(lambda: "shorter" in card.notice.words, "the refusal")
    new_seat.type(card.passphrase, "four plain words here")
    new_seat.type(card.again, "four plain words here")
    new_seat.press("Return")
    new_seat.until(lambda: new_seat.console.page, "the desk")
    (operator,) = new_seat.desk.people.operators()
    assert (operator.name, operator.role) == ("Jo Officer", Role.ADMINISTRATOR)


def test_a_wrong_passphrase_at_the_start_is_refused(new_seat: Seat) -> None:
    new_seat.prepare()
    new_seat.click(new_seat.console.start_page.live)
    new_seat.until(lambda: isinstance(new_seat.shown, SignIn), "the card")
    card = new_seat.shown
    assert isinstance(card, SignIn)
    new_seat.type(card.passphrase, "wrong")
    new_seat.press("Return")
    new_seat.until(card.notice.isVisible, "the refusal")
    assert new_seat.console.page is None
    new_seat.until(card.go.isEnabled, "the next try")
    new_seat.type(card.passphrase, PASSPHRASE)
    new_seat.press("Return")
    new_seat.until(lambda: new_seat.console.page, "the console")


def test_a_desk_that_cannot_be_opened_says_why(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_paths: object, **_how: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("crisisdesk.desk.open_live", broken)
    start = new_seat.console.start_page
    new_seat.click(start.live)
    new_seat.until(start.opening.back.isVisible, "the reason")
    assert "the disk is full" in start.opening.view.words.text()
    monkeypatch.undo()
    monkeypatch.setattr("crisisdesk.desk.open_live", new_seat._open)
    assert QApplication.focusWidget() is start.opening.view.action
    new_seat.press("Return")
    new_seat.until(lambda: isinstance(new_seat.shown, FirstOperator), "the second try")


def test_a_failure_leads_back_to_the_choices(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_paths: object, **_how: object) -> None:
        raise StoreError("The database is locked.", "Close the other window.")

    monkeypatch.setattr("crisisdesk.desk.open_live", broken)
    start = new_seat.console.start_page
    new_seat.click(start.live)
    new_seat.until(start.opening.back.isVisible, "the reason")
    assert "Close the other window." in start.opening.view.words.text()
    new_seat.click(start.opening.back)
    assert start.live.isVisible()


def test_what_is_being_opened_is_said_until_it_is_there(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(paths: Paths, **_how: object) -> LiveDesk:
        go_on.wait(60)
        return new_seat._open(paths)

    monkeypatch.setattr("crisisdesk.desk.open_live", slow)
    start = new_seat.console.start_page
    new_seat.click(start.live)
    try:
        assert not start.live.isVisible()
        assert start.opening.view.headline.text() == "Opening the live desk…"
        assert start.opening.motion.isVisible()
    finally:
        go_on.set()
    new_seat.until(lambda: isinstance(new_seat.shown, FirstOperator), "the card")


def test_nothing_moves_for_whom_motion_is_reduced(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "calm", True)
    new_seat.console.start_page.show_opening("Opening the live desk…")
    assert not new_seat.console.start_page.opening.motion.isVisible()


def test_on_a_new_computer_enter_starts_the_drill(new_seat: Seat) -> None:
    start = new_seat.console.start_page
    chosen: list[str] = []
    start.exercise_chosen.disconnect()
    start.exercise_chosen.connect(chosen.append)
    assert start.hero.isVisible()
    new_seat.until(lambda: QApplication.focusWidget() is start.hero, "the keyboard on the drill")
    new_seat.press("Return")
    assert chosen == ["first-drill"]


def test_where_a_desk_was_opened_enter_goes_live(new_seat: Seat) -> None:
    new_seat.prepare()
    new_seat.restart()
    start = new_seat.console.start_page
    assert not start.hero.isVisible()
    new_seat.until(lambda: QApplication.focusWidget() is start.live, "the keyboard on live")


def test_every_scenario_that_ships_is_offered(new_seat: Seat) -> None:
    start = new_seat.console.start_page
    chosen: list[str] = []
    start.exercise_chosen.disconnect()
    start.exercise_chosen.connect(chosen.append)
    others = set(resource_names("scenarios")) - {"first-drill"}
    new_seat.until(lambda: set(start.exercise_card.listed) == others, "the scenarios")
    new_seat.click(start.drill)
    new_seat.click(start.exercise_card.listed["night-flood"])
    assert chosen == ["first-drill", "night-flood"]
    assert "4 hours" in start.exercise_card.listed["night-flood"].accessibleName()


def test_logs_of_this_computer_are_offered(new_seat: Seat) -> None:
    new_seat.prepare()
    exercises = new_seat.console.paths.exercises
    for name, report in (
        ("20260801-101500-first-drill", {"name": "Ten-minute drill", "goals_met": 1, "goals": [1]}),
        ("20260802-101500-night-flood", None),
        ("notes", None),
    ):
        (exercises / name).mkdir(parents=True)
        (exercises / name / "desk.db").touch()
        if report:
            (exercises / name / "report.json").write_text(json.dumps(report))
    (exercises / "20260803-101500-nothing-in-it").mkdir()
    new_seat.restart()
    card = new_seat.console.start_page.review_card
    new_seat.until(lambda: card.listed, "the logs")
    said = [each.accessibleName() for each in card.listed.values()]
    assert [each.split(",")[0] for each in said] == [
        "The live desk",
        "Night flood",
        "Ten-minute drill",
    ]
    assert said[2].endswith("1 of 1 goals met")
    new_seat.click(next(iter(card.listed.values())))
    new_seat.until(lambda: isinstance(new_seat.shown, ReviewPage), "the review")


def test_it_says_where_everything_is_kept(new_seat: Seat) -> None:
    said = " ".join(each.text() for each in new_seat.console.start_page.findChildren(QLabel))
    assert str(new_seat.console.paths.home) in said
    assert f"Version {__version__}" in said


def test_a_log_is_reviewed_and_left(new_seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    new_seat.prepare()
    database = str(new_seat.console.paths.database)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (database, ""))
    new_seat.click(new_seat.console.start_page.review)
    new_seat.until(lambda: isinstance(new_seat.shown, ReviewPage), "the review")
    page = new_seat.shown
    assert isinstance(page, ReviewPage)
    new_seat.until(lambda: "chain ok" in page.verdict.text(), "the verdict")
    new_seat.until(lambda: page.model.rowCount() >= 3 + len(CHANNELS), "the entries")
    out = new_seat.folder / "out.jsonl"
    page.export_to(out)
    new_seat.until(lambda: page.notice.words.startswith("✓"), "the export")
    assert out.stat().st_size > 0
    page.left.emit()
    assert new_seat.shown is new_seat.console.start_page


def test_what_is_no_log_is_said_to_be_none(new_seat: Seat) -> None:
    junk = new_seat.folder / "junk.db"
    junk.write_bytes(b"\x00junk" * 100)
    new_seat.console.open_review(junk)
    page = new_seat.shown
    assert isinstance(page, ReviewPage)
    new_seat.until(lambda: "not a log" in page.verdict.text() or page.findings.isVisible(), "words")
    assert not page.model.rowCount()


def test_turning_back_from_choosing_a_log_stays(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    new_seat.click(new_seat.console.start_page.review)
    assert new_seat.shown is new_seat.console.start_page


def test_every_choice_says_what_it_means(new_seat: Seat) -> None:
    start = new_seat.console.start_page
    assert "reaches the public" in start.live.accessibleDescription()
    assert "Nothing leaves" in start.drill.accessibleDescription()
    assert "coach" in start.hero.accessibleName()


def test_tab_goes_through_the_choices_in_order(new_seat: Seat) -> None:
    new_seat.prepare()
    new_seat.restart()
    start = new_seat.console.start_page
    new_seat.until(lambda: start.review_card.listed, "the logs")
    wanted = [start.drill, *start.exercise_card.listed.values(), start.own]
    wanted += [*start.review_card.listed.values(), start.review]
    new_seat.until(lambda: all(each.isVisible() for each in wanted), "them on screen")
    start.live.setFocus()
    for button in wanted:
        new_seat.press("Tab")
        focused = QApplication.focusWidget()
        assert focused
        assert (focused.accessibleName(), focused) == (button.accessibleName(), button)


def test_large_text_stacks_the_choices(new_seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    start = new_seat.console.start_page
    assert start.live_card.y() == start.exercise_card.y()
    monkeypatch.setattr(Theme, "percent", 200)
    new_seat.window.resize(1366, 770)
    new_seat.until(lambda: start.live_card.y() < start.exercise_card.y(), "them to stack")
