"""Where the command line leads, and what it says of settings that cannot be read."""

import subprocess
import sys
from pathlib import Path

import pytest

from crisisdesk.cli import COMMANDS
from crisisdesk.services.logbooks import export_jsonl
from tests.cli.calling import ROOT, environment
from tests.ui.seat import Seat
from ui import running
from ui.start.arguments import parse
from ui.theme import POINTS

WATCH = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication, QLabel
import ui.running

wanted, arguments = sys.argv[1].split("|"), sys.argv[2:]

def look(console):
    said = [w.text() for w in QApplication.instance().allWidgets() if isinstance(w, QLabel)]
    found = [words for words in said if any(each in words for each in wanted)]
    if found:
        print(found[0])
        console.watch.stop()
        console.window.close()

class Watched(ui.running.Console):
    def __init__(self, *args):
        super().__init__(*args)
        self.watch = QTimer(self)
        self.watch.timeout.connect(lambda: look(self))
        self.watch.start(20)

ui.running.Console = Watched
sys.exit(ui.running.run(arguments))
"""
"""Runs the console with its command line until a label says what is wanted, and prints that."""

MEASURE = """
import sys
from PySide6.QtWidgets import QAbstractButton, QLabel
import ui.running

class Measured(ui.running.Console):
    def __init__(self, *args):
        super().__init__(*args)
        self.start_page.painted.connect(self.measure)

    def measure(self):
        shown = [w for kind in (QLabel, QAbstractButton) for w in self.window.findChildren(kind)]
        print(min(each.font().pointSizeF() for each in shown if each.isVisible()))
        self.window.close()

ui.running.Console = Measured
sys.exit(ui.running.run(sys.argv[1:]))
"""
"""Prints the size in points of the smallest words on the first picture."""

NO_SCREEN = "This plugin does not support propagateSizeHints()"


def run_until(wanted: str, *arguments: str) -> str:
    """What the first label with one of the wanted words says; the process must end well."""
    return printed(WATCH, wanted, *arguments)


def printed(script: str, *arguments: str) -> str:
    """What a process of its own prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
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


def call(*words: str, where: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", *words],
        capture_output=True,
        text=True,
        cwd=where,
        env={**environment(more), "PYTHONPATH": str(ROOT)},
        timeout=60,
    )


def test_without_a_display_words_say_what_to_do() -> None:
    done = call("--live", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 1
    assert done.stderr.startswith("crisisdesk: There is no display here")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_called_like_a_command_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    done = call("--review", "log", "--theme=pink", where=tmp_path)
    assert done.returncode == 2
    assert "invalid choice: 'pink'" in done.stderr


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast", "10001"])
def test_a_speed_that_no_story_can_have_is_refused(
    speed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["--exercise", "first-drill", f"--speed={speed}"])
    assert f"'{speed}' is no number above 0" in capsys.readouterr().err


@pytest.mark.parametrize("percent", [100, 200])
def test_the_first_picture_has_the_size_of_text_that_is_set(tmp_path: Path, percent: int) -> None:
    (tmp_path / "settings.toml").write_text(f"text_percent = {percent}")
    assert float(printed(MEASURE, "--data", str(tmp_path))) == POINTS["small"] * percent / 100


def test_help_names_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        running.run(["--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("--live", "--exercise", "--review", "--data", *COMMANDS))
