"""The core works on a computer where Qt is not installed."""

from pathlib import Path

from tests.cli.calling import module

BLOCKING = "tests.architecture.blocking_qt"


def test_an_exercise_is_played_without_qt(tmp_path: Path) -> None:
    words = ("exercise", "run", "night-flood", "--speed", "max", "--autopilot", "--out")
    called = module(BLOCKING, *words, tmp_path / "out")
    assert called.code == 0
    assert called.out.startswith("22 of 22 goals met, ")
    assert "Log intact, " in called.out


def test_every_module_of_the_core_is_imported_without_qt() -> None:
    called = module(BLOCKING)
    assert called.code == 0, called.err
    assert int(called.out) > 80
