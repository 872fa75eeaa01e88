"""When things are due: lateness, clock times that people read, night, silence."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crisisdesk.model.cap import Severity
from crisisdesk.model.plan import MOVES, OPEN, OURS, PlanKind, PlanState, may_move
from crisisdesk.rules.timing import (
    LATEST,
    Decision,
    asks_again,
    decide,
    holding_due,
    is_night,
    next_clock_time,
    night_warning,
)

LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe")]
DUE = datetime(2026, 8, 20, 4, 30, tzinfo=UTC)

FROM, TO = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")
moments = st.datetimes(FROM, TO, timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(days=-40), timedelta(days=40))


def london(day: int, month: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LONDON, fold=fold).astimezone(UTC)


# Deciding


@given(moments, lengths, lengths, st.sampled_from(OURS))
def test_nothing_is_sent_before_its_time_or_late(
    due: datetime, late: timedelta, worse: timedelta, kind: PlanKind
) -> None:
    decision = decide(kind, due, due + late, due + worse)
    if late < timedelta():
        assert decision is Decision.WAIT
    elif late <= LATEST:
        assert decision is Decision.RUN
    else:
        assert decision is Decision.MISSED


@given(moments, lengths, lengths)
def test_an_alert_expires_by_the_later_of_both_clocks(
    due: datetime, late: timedelta, worse: timedelta
) -> None:
    expired = decide(PlanKind.EXPIRY, due, due + late, due + worse) is Decision.RUN
    assert expired == (max(late, worse) >= timedelta())


@given(moments, lengths)
def test_a_promise_is_missed_the_moment_it_is_due(due: datetime, late: timedelta) -> None:
    decision = decide(PlanKind.PROMISE, due, due + late, due + late)
    assert decision is (Decision.MISSED if late >= timedelta() else Decision.WAIT)


@given(moments, lengths)
def test_far_from_its_moment_somebody_is_asked(planned: datetime, late: timedelta) -> None:
    assert asks_again(planned, planned + late) == (abs(late) > timedelta(minutes=5))


# Clock times


@given(moments, st.times(), st.sampled_from(ZONES))
def test_the_next_clock_time_is_soon_and_shows_what_was_said(
    after: datetime, said: time, zone: ZoneInfo
) -> None:
    found = next_clock_time(f"{said:%H:%M}", after, zone)
    assert found is not None
    assert timedelta() < found - after <= timedelta(hours=25)
    shown = found.astimezone(zone)
    skipped = shown.replace(hour=said.hour, minute=said.minute, second=0, microsecond=0)
    exists = skipped.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == skipped.replace(
        tzinfo=None
    )
    if exists:
        assert (shown.hour, shown.minute, shown.second) == (said.hour, said.minute, 0)


@given(moments, st.times(), st.sampled_from(ZONES))
def test_no_earlier_moment_shows_it(after: datetime, said: time, zone: ZoneInfo) -> None:
    found = next_clock_time(f"{said:%H:%M}", after, zone)
    assert found is not None
    minute = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    assume(found - minute < timedelta(hours=25))
    while minute < found:
        shown = minute.astimezone(zone)
        assert (shown.hour, shown.minute) != (said.hour, said.minute)
        minute += timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        ("05:00", 5, 0),
        ("5:00", 5, 0),
        ("about 5:00", 5, 0),
        ("by 05.30 at the latest", 5, 30),
        ("5.30 pm", 17, 30),
        ("5:30PM", 17, 30),
        ("12:15 a.m.", 0, 15),
        ("12:15 p.m.", 12, 15),
        ("between 05:00 and 06:00", 5, 0),
        ("23:59", 23, 59),
        ("14:30 amended", 14, 30),
    ],
)
def test_the_first_clock_time_counts(said: str, hour: int, minute: int) -> None:
    found = next_clock_time(said, london(20, 8, 4), LONDON)
    assert found is not None
    assert (found.astimezone(LONDON).hour, found.astimezone(LONDON).minute) == (hour, minute)


@pytest.mark.parametrize("said", ["", "soon", "tomorrow", "25:00", "12:75", "1234:56", "5 o'clock"])
def test_without_a_clock_time_there_is_no_moment(said: str) -> None:
    assert next_clock_time(said, DUE, LONDON) is None


def test_a_time_that_is_past_today_means_tomorrow() -> None:
    assert next_clock_time("05:00", london(20, 8, 5), LONDON) == london(21, 8, 5)
    assert next_clock_time("05:00", london(20, 8, 4, 59), LONDON) == london(20, 8, 5)


def test_when_clocks_go_back_the_next_of_both_is_meant() -> None:
    first, second = london(25, 10, 1, 30), london(25, 10, 1, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert next_clock_time("01:30", london(25, 10, 0, 45), LONDON) == first
    assert next_clock_time("01:30", london(25, 10, 1, 40), LONDON) == second
    assert next_clock_time("01:30", second, LONDON) == london(26, 10, 1, 30)
    assert next_clock_time("05:00", london(25, 10, 0, 30), LONDON) == london(25, 10, 5)


def test_when_clocks_go_forward_a_skipped_time_keeps_its_distance() -> None:
    """At 01:00 the clock jumps to 02:00: half an hour after that it shows 02:30."""
    sent = london(29, 3, 0, 50)
    assert next_clock_time("01:30", sent, LONDON) == sent + timedelta(minutes=40)
    assert next_clock_time("05:00", sent, LONDON) == london(29, 3, 5)
    assert london(29, 3, 5) - sent == timedelta(hours=3, minutes=10)


# Night and silence


@given(st.times(), st.sampled_from(Severity))
def test_only_at_night_there_is_a_warning(at: time, severity: Severity) -> None:
    local = datetime.combine(DUE.date(), at, LONDON)
    words = night_warning(local, severity)
    night = at >= time(22) or at < time(7)
    assert is_night(local) == night
    assert bool(words) == night
    waits = night and severity in (Severity.MODERATE, Severity.MINOR)
    assert ("wait until 07:00" in words) == waits
    assert not words or f"{local:%H:%M}" in words


@given(moments, lengths, lengths)
def test_ten_minutes_of_silence_count_from_the_last_word_or_the_start(
    opened: datetime, last: timedelta, passed: timedelta
) -> None:
    said = opened + last
    silent_since = max(opened, said)
    assert holding_due(opened, said, opened + passed) == (
        opened + passed - silent_since >= timedelta(minutes=10)
    )
    assert holding_due(opened, None, opened + passed) == (passed >= timedelta(minutes=10))


# States


def test_what_is_over_stays_over() -> None:
    assert {state for state in PlanState if not MOVES[state]} == set(PlanState) - set(OPEN)


def test_only_a_claim_leads_to_running_and_everything_open_can_be_dropped() -> None:
    assert set(MOVES) == set(PlanState)
    assert not may_move(PlanState.RUNNING, PlanState.RUNNING)
    assert all(may_move(state, PlanState.DROPPED) for state in OPEN)
    assert not may_move(PlanState.RUNNING, PlanState.MISSED)
