"""The computer's clock is never believed alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.system.clock import BACK, FORWARD, Clock, ClockWatch, StepKind, StoryClock
from tests.timed import JumpyClock

MONTH = timedelta(days=30).total_seconds()
moves = st.lists(st.tuples(st.sampled_from(("pass", "set")), st.floats(-MONTH, MONTH)), max_size=12)


def clock_of(hand: JumpyClock) -> Clock:
    return Clock(hand.now, hand.uptime)


@given(moves)
def test_the_latest_moment_never_goes_back_by_setting_the_clock(
    made: list[tuple[str, float]],
) -> None:
    hand = JumpyClock()
    clock, begun, passed = clock_of(hand), hand.now(), 0.0
    for kind, seconds in made:
        if kind == "pass":
            hand.go_on(seconds=abs(seconds))
            passed += abs(seconds)
        else:
            hand.set_by(seconds=seconds)
        least = begun + timedelta(seconds=passed)
        assert clock.latest() >= max(clock.now(), least) - timedelta(milliseconds=1)


@given(st.floats(0, 59), st.floats(-MONTH, MONTH))
def test_each_jump_is_found_once_and_named(passed: float, step: float) -> None:
    hand = JumpyClock()
    watch = ClockWatch(clock_of(hand))
    hand.go_on(seconds=passed)
    hand.set_by(seconds=step)
    found = watch.look()
    slack = timedelta(milliseconds=1)
    length = timedelta(seconds=step)
    if length < -BACK - slack:
        assert found
        assert found.kind is StepKind.SET_BACK
    elif length > FORWARD + slack:
        assert found
        assert found.kind is StepKind.SET_FORWARD
    elif -BACK + slack < length < FORWARD - slack:
        assert found is None
    if found:
        assert abs(found.length - length) < slack
    assert watch.look() is None


@pytest.mark.parametrize("hours", [0.1, 8, 80])
def test_a_sleep_is_no_setting(hours: float) -> None:
    hand = JumpyClock()
    watch = ClockWatch(clock_of(hand))
    hand.go_on(hours=hours)
    found = watch.look()
    assert found
    assert (found.kind, found.length) == (StepKind.ASLEEP, timedelta(hours=hours))


def test_trust_begins_anew() -> None:
    hand = JumpyClock()
    clock = clock_of(hand)
    hand.set_by(days=-1)
    assert clock.latest() - clock.now() == timedelta(days=1)
    clock.trust()
    assert clock.latest() == clock.now()


def test_the_real_clock_counts_what_passes() -> None:
    clock = Clock()
    before = clock.uptime()
    assert clock.uptime() >= before
    assert clock.latest() - clock.now() < timedelta(seconds=1)
    assert ClockWatch(clock).look() is None


def test_nobody_sets_the_clock_of_a_story() -> None:
    clock = StoryClock(datetime(2026, 8, 20, 9, 0, tzinfo=UTC), 0)
    watch = ClockWatch(clock)
    clock.move_to(timedelta(minutes=1))
    assert clock.latest() == clock.now()
    assert clock.uptime() == 60
    clock.trust()
    assert watch.look() is None
