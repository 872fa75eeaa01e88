"""However a command ends, its reader gets words or an exit code, never a traceback."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest

from crisisdesk.cli import run_command
from tests.cli.calling import ROOT, crisisdesk, environment

FULL = Path("/dev/full")


def spoken_to(reader: object, *words: str) -> tuple[int, bytes]:
    """Run a command whose output goes to `reader`; its exit code and what it said beside."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crisisdesk", *words],
        stdout=reader,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment({"PYTHONUNBUFFERED": ""}),
    )
    if process.stdout:
        process.stdout.close()
    _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize("words", [("settings",), ("log", "export", "--help")])
def test_a_reader_that_went_away_is_no_error_to_tell_of(words: tuple[str, ...]) -> None:
    assert spoken_to(subprocess.PIPE, *words) == (1, b"")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_an_answer_that_could_not_be_written_is_said() -> None:
    with FULL.open("wb") as full:
        code, said = spoken_to(full, "settings")
    assert code == 1
    assert said.decode().startswith("crisisdesk: The answer could not be written: No space left")
    assert said.count(b"\n") == 1


def test_letters_that_a_terminal_does_not_know_stop_nothing() -> None:
    called = crisisdesk("restore", "--help", PYTHONIOENCODING="ascii")
    assert (called.code, called.err) == (0, "")
    assert "a desk-\\u2026.db that a backup made" in called.out


def test_what_nobody_thought_of_is_told_in_words(tmp_path: Path) -> None:
    broken = b"\xff".decode(errors="surrogateescape")
    words = ("exercise", "run", "first-drill", "--speed", "max", "--player", broken)
    called = crisisdesk(*words, "--out", tmp_path / "out")
    assert called.code == 1
    assert "The program made a mistake and could not finish this." in called.err
    assert "(TypeError)" in called.err


@pytest.mark.parametrize(
    "words",
    [
        ("log", "export", "{}", "--out", "out"),
        ("exercise", "run", "first-drill", "--speed", "max", "--out", "{}"),
        ("report", "month", "2026-02", "{}"),
        ("exercise", "import", "{}"),
        ("restore", "{}"),
        ("backup", "--out", "o", "--data", "{}"),
    ],
)
def test_a_name_that_the_system_refuses_is_no_mistake_of_the_program(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    name = str(tmp_path / ("x" * 300))
    called = crisisdesk(*(each.format(name) for each in words), CRISISDESK_HOME=str(tmp_path))
    assert called.code == 1
    assert name in called.err
    assert "File name too long" in called.err
    assert "made a mistake" not in called.err


def test_ctrl_c_while_a_command_is_being_loaded_stops_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("crisisdesk.cli.main"), "build_parser", interrupted)
    assert run_command(["settings"]) == 1
    assert capsys.readouterr().err == "crisisdesk: stopped\n"
