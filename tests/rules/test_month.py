"""Months: where they begin and end whatever the clocks do, and that nothing is counted twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.model.month import Answered, Drill, Month, MonthFigures
from crisisdesk.rules.exercise.comparing import PastRun
from crisisdesk.rules.month.calendar import (
    bounds,
    days_of,
    midnight,
    month_of,
    months_between,
    read_month,
)
from crisisdesk.rules.month.counting import Played, figures
from crisisdesk.rules.month.page import month_page
from crisisdesk.rules.month.plot import month_in_words, month_plot
from crisisdesk.rules.month.reading import Reading, read_log
from crisisdesk.rules.month.words import NO_RECORD, NOT_KNOWN, ROWS, lines, notes
from tests.rules.small_logs import OFFICER, START, SmallLog

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(
    [
        *("Europe/London", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe"),
        *("Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"),
    ]
).map(ZoneInfo)
MONTHS = st.builds(Month, st.integers(1975, 2090), st.integers(1, 12))
FEBRUARY = Month(2026, 2)


def read(log: SmallLog, minutes: list[tuple[int, int]] | None = None, end: float = 600) -> Reading:
    entries = log.end(end)
    found = read_log(lambda: entries, minutes)
    assert found is not None
    return found


def rows(found: MonthFigures) -> dict[str, str]:
    return {row.name: row.of(found) for row in ROWS}


@given(MONTHS, ZONES)
def test_months_follow_each_other_without_a_gap_at_local_midnight(
    month: Month, zone: ZoneInfo
) -> None:
    start, end = bounds(month, zone)
    assert end == bounds(month.after, zone)[0]
    assert month.after.before == month
    length = (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600
    assert abs(length - 24 * len(days_of(month))) <= 24  # an island once left out a day
    assert month_of(end - timedelta(seconds=1), zone) == month


@given(MONTHS, ZONES, st.floats(0, 1, exclude_max=True))
def test_every_moment_falls_into_the_month_that_holds_it(
    month: Month, zone: ZoneInfo, share: float
) -> None:
    start, end = (each.astimezone(UTC) for each in bounds(month, zone))
    moment = start + (end - start) * share
    held = month_of(moment, zone)
    low, high = bounds(held, zone)
    assert low <= moment < high


@pytest.mark.parametrize(
    ("month", "hours"),
    [(Month(2026, 3), 31 * 24 - 1), (Month(2026, 10), 31 * 24 + 1), (Month(2026, 11), 30 * 24)],
)
def test_months_with_a_change_of_the_clocks(month: Month, hours: int) -> None:
    start, end = (each.astimezone(UTC) for each in bounds(month, LONDON))
    assert (end - start) == timedelta(hours=hours)


def test_the_computers_own_calendar_without_a_zone() -> None:
    start, end = bounds(FEBRUARY)
    assert (start.hour, start.day, end.day) == (0, 1, 1)
    assert start.tzinfo is not None
    assert midnight(date(2026, 2, 1), None) == start


@given(MONTHS)
def test_a_month_is_read_back_from_its_words(month: Month) -> None:
    assert read_month(f" {month} ") == month


@pytest.mark.parametrize("words", ["", "2026", "2026-13", "2026-00", "26-11", "0000-01", "2026-1x"])
def test_what_is_no_month_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="no month"):
        read_month(words)


def test_the_months_of_a_log_are_the_newest_first() -> None:
    first, last = datetime(2025, 11, 30, 23, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    found = months_between(first, last, UTC)
    assert [str(each) for each in found] == ["2026-02", "2026-01", "2025-12", "2025-11"]


@given(
    st.lists(st.integers(0, 120 * 24 * 60), max_size=12),
    st.lists(st.tuples(st.integers(0, 120 * 24 * 60), st.integers(1, 9)), max_size=12),
    ZONES,
)
def test_what_is_counted_in_months_and_days_is_all_there_is_once(
    sent: list[int], came: list[tuple[int, int]], zone: ZoneInfo
) -> None:
    log = SmallLog(live=True)
    for number, at in enumerate(sent):
        log.say(at, str(number))
    first = int(START.timestamp() * 1000)
    minutes = sorted((first + at * 60_000, number) for at, number in came)
    found = read(log, minutes, end=130 * 24 * 60)
    every = [figures(found, each, zone) for each in months_between(found.began, found.newest, zone)]
    assert sum(sum(each.messages.values()) for each in every) == len(sent)
    assert sum(channel.messages for each in every for channel in each.channels) == len(sent)
    assert sum(each.mentions or 0 for each in every) == sum(number for _, number in came)
    assert sum(each.entries for each in every) == len(log.entries)
    for each in every:
        assert len(each.per_day) == len(days_of(each.month))
        assert sum(day for day, _ in each.per_day) == sum(each.messages.values())
        assert sum(day or 0 for _, day in each.per_day) == each.mentions


def test_a_full_month() -> None:
    log = SmallLog(live=True)
    log.say(10, "a1")
    log.promise(10, "a1", due=60, kept=70)
    log.say(70, "a2", "update", follows="a1", elements=("source",))
    log.promise(70, "a2", due=100)
    to = {"from": "", "words": ""}
    log.add(20, "mention.judged", OFFICER, "mention 1", to="need", **to)
    log.add(26, "mention.handled", OFFICER, "mention 1", to="need", **{**to, "from": "need"})
    log.add(30, "mention.judged", OFFICER, "mention 2", to="rumour", **to)
    log.add(31, "mention.handled", OFFICER, "mention 9", to="need", **{**to, "from": "need, media"})
    log.add(40, "approval.asked", OFFICER, "alert a2")
    log.add(44, "approval.given", "Second", "alert a2")
    log.add(45, "approval.glass_broken", OFFICER, "alert a9")
    log.add(46, "account.foreign_post", "desk", "account m1")
    log.deliver(80, "a2", "unknown")
    log.deliver(85, "a2", "confirmed")
    found = figures(read(log, [(int(START.timestamp() * 1000), 7)]), FEBRUARY, UTC)
    assert rows(found) == {
        "Incidents opened": "Small flood",
        "Messages sent": "2: 1 alert, 1 update",
        "First statement": "1 incident, 1 with a statement, middle 10 min",
        "Complete warnings": "58 %",
        "Promised updates": "2 updates, 0 in time, 1 late, 1 not kept",
        "Waits for a second person": "1 message, 1 answered, middle 4 min",
        "Mentions heard": "7",
        "Calls for help": "1 call, 1 acknowledged, middle 6 min; 1 call dealt with as the program "
        "had sorted them",
        "Rumours": "1 claim, 0 answered",
        "Unknown outcomes": "1 outcome, 1 settled, middle 5 min",
        "Posts that are not ours": "1",
        "Glass broken": "1",
        "All sending stopped": "none",
        "Exercises held": NOT_KNOWN,
        "Who has practised": NOT_KNOWN,
    }


def test_a_promise_that_is_not_due_yet_is_not_broken() -> None:
    log = SmallLog(live=True)
    log.say(10, "a1")
    log.promise(10, "a1", due=60)
    assert figures(read(log, end=30), FEBRUARY, UTC).promised == 0
    assert figures(read(log, end=1), FEBRUARY, UTC).promised == 0


def test_what_was_asked_in_a_month_may_be_answered_in_the_next() -> None:
    log = SmallLog(live=True)
    to = {"from": "", "to": "need", "words": ""}
    log.add(20, "mention.judged", OFFICER, "mention 1", **to)
    log.add(26 * 24 * 60, "mention.handled", OFFICER, "mention 1", **to)
    found = read(log, end=40 * 24 * 60)
    assert figures(found, FEBRUARY, UTC).needs.answered == 1
    assert figures(found, FEBRUARY.after, UTC).needs == Answered()


def test_an_empty_month_says_so_and_shows_no_zero() -> None:
    found = read(SmallLog(live=True))
    june = figures(found, Month(2026, 6), UTC)
    assert june.entries == 0
    assert next(notes(june, "today")).startswith("The log has no entry of June 2026")
    known = {row.name for row in ROWS if row.section == "Practice"}
    assert {value for name, value in rows(june).items() if name not in known} == {NO_RECORD}
    page = month_page(june, figures(found, Month(2026, 5), UTC), "today")
    assert "Nothing was sent on any channel." in page
    assert "<img" not in page


def test_a_month_that_is_not_over_says_so() -> None:
    told = [*notes(figures(read(SmallLog(live=True)), FEBRUARY, UTC), "3 February 2026")]
    assert "does not cover all of February 2026" in told[0]
    whole = SmallLog(live=True)
    whole.entries[0]["at"] = "2026-01-30T00:00:00Z"
    found = read(whole, end=60 * 24 * 60)
    assert [*notes(figures(found, FEBRUARY, UTC), "")] == []


def test_without_mentions_nobody_says_none_were_heard() -> None:
    assert rows(figures(read(SmallLog(live=True), None), FEBRUARY, UTC))["Mentions heard"] == (
        NOT_KNOWN
    )
    assert rows(figures(read(SmallLog(live=True), []), FEBRUARY, UTC))["Mentions heard"] == "0"


def test_mentions_that_were_removed_make_a_number_the_least() -> None:
    log = SmallLog(live=True)
    log.add(60, "mentions.removing", "desk", before="2026-02-02T00:00:00Z", days=30)
    assert rows(figures(read(log, []), FEBRUARY, UTC))["Mentions heard"] == "at least 0"
    assert rows(figures(read(log, []), FEBRUARY.after, UTC))["Mentions heard"] == NO_RECORD


def test_followers_are_those_of_the_month_and_counts_are_the_last() -> None:
    log = SmallLog(live=True)
    log.say(10, "a1")
    detail: dict[str, Any] = {"channel": "m1", "channel_name": "Mastodon", "kind": "mastodon"}
    for at, followers, likes in ((20, 100, 1), (27 * 24 * 60, 130, 9)):
        posts = [{"delivery": "d-a1", "alert": "a1", "likes": likes}]
        log.add(
            *(at, "account.counted", "desk", "account m1"),
            followers=followers,
            posts=posts,
            **detail,
        )
    found = read(log, end=40 * 24 * 60)
    (february,) = figures(found, FEBRUARY, UTC).channels
    assert (february.followers, february.counts) == (100, {"likes": 9})


def test_exercises_are_those_that_were_played_in_the_month() -> None:
    def run(month: int, player: str) -> PastRun:
        return PastRun(datetime(2026, month, 9, tzinfo=UTC), "s", "Night flood", player, 80, {})

    played = Played([run(1, "Ann"), run(2, "Bob"), run(2, ""), run(3, "Cat")], 90)
    found = figures(read(SmallLog(live=True), end=40 * 24 * 60), FEBRUARY, UTC, played)
    assert found.drills == (Drill("Night flood", "Bob", 80), Drill("Night flood", "", 80))
    assert [each.split(":")[0] for each in found.practice] == ["Ann", "Bob"]
    assert "no name given" in rows(found)["Exercises held"]


def test_words_from_a_log_are_no_markup_and_an_exercise_says_so() -> None:
    log = SmallLog()
    log.entries[-1]["detail"]["name"] = "<script>alert(1)</script>"
    log.say(10, "a1")
    found = read(log)
    now, before = (figures(found, each, UTC) for each in (FEBRUARY, FEBRUARY.before))
    page = month_page(now, before, "today", desk="<b>Riverside</b>", exercise=True)
    assert "<script>" not in page
    assert "<b>Riverside</b>" not in page
    assert "EXERCISE EXERCISE EXERCISE" in page
    assert "EXERCISE" not in month_page(now, before, "today", desk="Riverside")
    assert any("Messages sent: 1" in each for each in lines(now, before, "today"))


def test_the_picture_says_in_words_what_it_shows() -> None:
    log = SmallLog(live=True)
    log.say(10, "a1")
    found = figures(read(log, [(int(START.timestamp() * 1000), 7)]), FEBRUARY, UTC)
    assert month_in_words(found) == (
        "Days of February 2026: 1 message on day 3. Most mentions on day 3: 7."
    )
    assert month_plot(found).count("<rect") == 3
    assert "Mentions" not in month_plot(figures(read(log), FEBRUARY, UTC))


def test_a_log_without_an_entry_that_can_be_read_has_no_months() -> None:
    assert read_log(list, None) is None
    assert read_log(lambda: [{"seq": 1, "action": "x", "at": "never"}], None) is None
