"""The computer's time, and the time of a story."""

from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.system import clock as module
from crisisdesk.system.clock import Clock, StoryClock

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The computer's own seconds, moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_the_computers_clock_is_aware_and_never_steps_back() -> None:
    clock = Clock()
    assert clock.now().utcoffset() == timedelta()
    assert clock.monotonic_ms() <= clock.monotonic_ms()


def test_a_story_stands_until_it_runs(real: list[float]) -> None:
    clock = StoryClock(START, 60)
    real[0] += 100
    assert (clock.now(), clock.running, clock.speed) == (START, False, 60)
    clock.run()
    real[0] += 2
    assert clock.elapsed() == timedelta(minutes=2)
    assert clock.now() == START + timedelta(minutes=2)
    assert clock.monotonic_ms() == 120_000
    assert clock.running


def test_a_pause_costs_no_story_time(real: list[float]) -> None:
    clock = StoryClock(START, 10)
    clock.run()
    real[0] += 1
    clock.pause()
    real[0] += 1000
    assert clock.elapsed() == timedelta(seconds=10)
    clock.run()
    clock.run()
    real[0] += 1
    assert clock.elapsed() == timedelta(seconds=20)


def test_a_story_moved_by_hand_does_not_run(real: list[float]) -> None:
    clock = StoryClock(START, 0)
    clock.run()
    real[0] += 100
    assert (clock.elapsed(), clock.running) == (timedelta(), False)
    clock.move_to(timedelta(minutes=5))
    assert clock.elapsed() == timedelta(minutes=5)


def test_story_time_never_goes_back(real: list[float]) -> None:
    clock = StoryClock(START, 10)
    clock.move_to(timedelta(minutes=5))
    clock.move_to(timedelta(minutes=1))
    assert clock.elapsed() == timedelta(minutes=5)
    clock.run()
    real[0] += 6
    clock.move_to(timedelta(minutes=5))
    assert clock.elapsed() == timedelta(minutes=6)
    clock.move_to(timedelta(minutes=10))
    real[0] += 6
    assert clock.elapsed() == timedelta(minutes=11)


def test_a_step_lives_in_its_own_moment_and_the_log_never_steps_back(real: list[float]) -> None:
    clock = StoryClock(START, 10)
    clock.run()
    real[0] += 6
    with clock.as_of(59.5):
        assert clock.now() == START + timedelta(seconds=59.5)
        assert clock.monotonic_ms() == 59_500
        real[0] += 6
        assert clock.uptime() == 59.5
        assert clock.passed() == timedelta(minutes=2)
    assert clock.uptime() == 120
    assert clock.monotonic_ms() == 120_000
    with clock.as_of(119):
        assert (clock.uptime(), clock.monotonic_ms()) == (119, 120_000)
