"""Two presses send, one does not, and a switch that bounces presses once."""

from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.pressing import ARMED_MS, BOUNCE_MS, Press, TwoPresses


def test_the_first_arms_and_the_second_does_it() -> None:
    presses = TwoPresses()
    assert presses.press(0) is Press.ARMED
    assert presses.armed
    assert presses.press(BOUNCE_MS) is Press.DONE
    assert not presses.armed


def test_a_bouncing_switch_never_does_it() -> None:
    presses = TwoPresses()
    presses.press(0)
    times = range(40, 4_000, BOUNCE_MS - 10)
    assert {presses.press(each) for each in times} == {Press.TOO_SOON}
    assert presses.press(4_000 + BOUNCE_MS) is Press.DONE


def test_too_late_is_a_first_press_again() -> None:
    presses = TwoPresses()
    presses.press(0)
    assert presses.press(ARMED_MS + 1) is Press.ARMED
    assert presses.press(ARMED_MS + 1 + BOUNCE_MS) is Press.DONE


def test_a_press_that_was_taken_back_counts_no_more() -> None:
    presses = TwoPresses()
    presses.press(0)
    presses.disarm()
    assert presses.press(1_000) is Press.ARMED


@given(st.lists(st.integers(0, ARMED_MS * 3 // 2)))
def test_it_is_done_only_by_two_well_apart(gaps: list[int]) -> None:
    presses, now, last = TwoPresses(), 0, None
    for gap in gaps:
        now += gap
        if presses.press(now) is Press.DONE:
            assert last is not None
            assert BOUNCE_MS <= now - last <= ARMED_MS
            last = None
        else:
            last = now
