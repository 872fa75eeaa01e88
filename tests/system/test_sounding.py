"""Sounds: two that differ, played by whatever is found, and no word of it where nothing is."""

import io
import os
import stat
import sys
import wave
from pathlib import Path

import pytest

from crisisdesk.system import sounding
from crisisdesk.system.sounding import CALM, RATE, URGENT, Sounds, tones

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sounding, "PLAYERS", ("first", "second"))
    return folder


def add_player(folder: Path, name: str, code: int = 0) -> Path:
    """A player that writes down what it was given; returns where."""
    heard = folder / f"{name}.heard"
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "$1" >> "{heard}"\nexit {code}\n')
    program.chmod(stat.S_IRWXU)
    return heard


def test_the_two_sounds_are_sound_files_that_differ() -> None:
    lengths = {}
    for notes in (URGENT, CALM):
        with wave.open(io.BytesIO(tones(notes))) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
            samples = file.readframes(file.getnframes())
            lengths[notes] = file.getnframes() / RATE
            values = memoryview(samples).cast("h")
            assert max(values) > 10_000
            assert max(abs(values[0]), abs(values[-1])) < 1000, "no click at the ends"
    assert 0.3 < lengths[CALM] < 0.7 < lengths[URGENT] < 2


def test_a_player_gets_the_file(programs: Path, tmp_path: Path) -> None:
    heard = add_player(programs, "second")
    sounds = Sounds(tmp_path / "sounds", may_start=True)
    assert sounds.play(urgent=True)
    assert sounds.play(urgent=False)
    played = [Path(line) for line in heard.read_text().split()]
    assert [file.stem for file in played] == ["needs-you", "for-information"]
    assert [file.read_bytes() for file in played] == [tones(URGENT), tones(CALM)]


def test_a_player_that_fails_is_followed_by_the_next(programs: Path, tmp_path: Path) -> None:
    first, second = add_player(programs, "first", code=1), add_player(programs, "second")
    assert Sounds(tmp_path / "sounds", may_start=True).play(urgent=True)
    assert first.exists()
    assert second.exists()


def test_without_a_player_nothing_is_played(programs: Path, tmp_path: Path) -> None:
    assert not Sounds(tmp_path / "sounds", may_start=True).play(urgent=True)
    add_player(programs, "first", code=1)
    assert not Sounds(tmp_path / "sounds", may_start=True).play(urgent=True)


def test_an_exercise_starts_no_player(programs: Path, tmp_path: Path) -> None:
    heard = add_player(programs, "first")
    assert not Sounds(tmp_path / "sounds", may_start=False).play(urgent=True)
    assert not heard.exists()


def test_a_player_that_hangs_is_ended(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounding, "LONGEST_SECONDS", 0.2)
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    program = programs / "first"
    program.write_text(f'#!/bin/sh\nread line < "{fifo}"\n')
    program.chmod(stat.S_IRWXU)
    assert not Sounds(tmp_path / "sounds", may_start=True).play(urgent=True)


def test_a_full_disk_makes_no_trouble(programs: Path, tmp_path: Path) -> None:
    heard = add_player(programs, "first")
    (tmp_path / "sounds").write_text("in the way")
    assert not Sounds(tmp_path / "sounds", may_start=True).play(urgent=True)
    assert not heard.exists()
