"""Being woken at the earliest of several moments."""

from datetime import UTC, datetime, timedelta

from crisisdesk.system.waking import Wake
from tests.town import Later

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_only_an_earlier_moment_asks_anew() -> None:
    later, woken = Later(), []
    wake = Wake(later, lambda: woken.append(1))
    for minutes in (30, 40, 30, 10):
        wake.at(after(minutes), NOW)
    assert later.pauses == [1800, 600]
    later.run()
    assert len(woken) == 2


def test_what_is_past_wakes_at_once() -> None:
    later = Later()
    Wake(later, lambda: None).at(after(-5), NOW)
    assert later.pauses == [0]


def test_once_woken_the_next_moment_is_asked_for() -> None:
    later = Later()
    wake = Wake(later, lambda: wake.at(after(50), NOW))
    wake.at(after(10), NOW)
    later.run()
    assert later.pauses == [600, 3000]


def test_after_a_jump_the_same_moment_is_asked_for_anew() -> None:
    later = Later()
    wake = Wake(later, lambda: None)
    wake.at(after(30), NOW)
    wake.forget()
    wake.at(after(30), after(-60))
    assert later.pauses == [1800, 5400]
