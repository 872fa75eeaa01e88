"""The start screen, what each choice begins, and how light it is."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from crisisdesk.model.operator import Role
from crisisdesk.services.logbooks import export_jsonl
from tests.ui.seat import CHANNELS, PASSPHRASE, Seat
from ui import app as ui_app
from ui.dialogs.sign_in import FirstOperator, SignIn
from ui.review.review_page import ReviewPage

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
    "crisisdesk.store",
)

FIRST_PAINT = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from crisisdesk import config
from ui.app import Console
from ui.theme import Theme

app = QApplication(sys.argv[:1])
Theme.apply(app, "dark")
console = Console(config.paths(sys.argv[1]))

class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint and watched is console.start_page:
            app.quit()
        return False

watcher = Painted()
console.start_page.installEventFilter(watcher)
console.window.show()
app.exec()
print("loaded:", *sorted(sys.modules))
console.close()
"""


def test_nothing_heavy_is_loaded_for_the_first_picture(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "ui.start.start_page" in loaded
    assert [name for name in HEAVY if name in loaded] == []
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
    new_seat.until(start.notice.isVisible, "the reason")
    assert "the disk is full" in start.notice.words
    assert start.live.isEnabled()


def test_an_exercise_starts_in_a_process_of_its_own(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda argv, **_more: started.append(argv))
    new_seat.click(new_seat.console.start_page.exercise)
    home = str(new_seat.console.paths.home)
    (argv,) = started
    assert argv[:3] == [sys.executable, "-m", "ui"]
    assert argv[argv.index("--exercise") + 1] == "night-flood"
    assert argv[argv.index("--data") + 1] == home
    new_seat.until(lambda: not new_seat.window.isVisible(), "this window to close")
    assert new_seat.console.desk is None


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
    new_seat.until(lambda: "no log" in page.verdict.text() or page.findings.isVisible(), "words")
    assert not page.model.rowCount()


def test_turning_back_from_choosing_a_log_stays(
    new_seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    new_seat.click(new_seat.console.start_page.review)
    assert new_seat.shown is new_seat.console.start_page


WATCH = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
import ui.app

wanted, arguments = sys.argv[1].split("|"), sys.argv[2:]

def look(console):
    said = [w.text() for w in QApplication.instance().allWidgets() if isinstance(w, QLabel)]
    found = [words for words in said if any(each in words for each in wanted)]
    if found:
        print(found[0])
        console.watch.stop()
        console.window.close()

class Watched(ui.app.Console):
    def __init__(self, *args):
        super().__init__(*args)
        self.watch = QTimer(self)
        self.watch.timeout.connect(lambda: look(self))
        self.watch.start(20)

ui.app.Console = Watched
sys.exit(ui.app.run(arguments))
"""
"""Runs the console with its command line until a label says what is wanted, and prints that."""

NO_SCREEN = "This plugin does not support propagateSizeHints()"


def run_until(wanted: str, *arguments: str) -> str:
    """What the first label with one of the wanted words says; the process must end well."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, wanted, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr.replace(NO_SCREEN, "").strip()) == (0, "")
    return done.stdout


def test_the_command_line_leads_to_a_review(new_seat: Seat, tmp_path: Path) -> None:
    new_seat.prepare()
    export = tmp_path / "log.jsonl"
    export_jsonl(new_seat.console.paths.home, export)
    home = tmp_path / "nowhere"
    for log, wanted in ((export, "✓ chain ok"), (broken(export), "✕ LOG BROKEN")):
        said = run_until("chain ok|LOG BROKEN", "--review", str(log), "--data", str(home))
        assert said.startswith(wanted)
    assert not home.exists()


def broken(export: Path) -> Path:
    """A copy of an export with one word changed."""
    content = export.read_bytes()
    copy = export.with_name("broken.jsonl")
    copy.write_bytes(content.replace(b"Jo Officer", b"Jo Offiser", 1))
    return copy


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("poll_seconds = 'often'")
    said = run_until("poll_seconds", "--data", str(tmp_path))
    assert "whole number" in said


def test_help_names_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ui_app.run(["--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("--live", "--exercise", "--review", "--data"))


def test_every_choice_says_what_it_means(new_seat: Seat) -> None:
    start = new_seat.console.start_page
    for choice in (start.live, start.exercise, start.review):
        labels = [each.text() for each in choice.findChildren(QLabel)]
        assert len([text for text in labels if text]) == 3
        assert labels[1] in choice.accessibleName()
    start.live.setFocus()
    new_seat.press("Tab")
    assert QApplication.focusWidget() is start.exercise
