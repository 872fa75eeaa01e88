"""Benchmarks: where an incident ends, what counts for it, and honest middles."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.benchmark import Benchmark, Episode, Past
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.benchmarks.cases import read_cases
from crisisdesk.rules.benchmarks.comparing import UNLIKE, benchmarks, past
from crisisdesk.rules.benchmarks.episodes import AFTER_LAST, comparable, episodes, named, without
from crisisdesk.rules.benchmarks.page import benchmarks_page
from crisisdesk.rules.benchmarks.words import lines
from crisisdesk.services.benchmarking import published, read_episodes
from tests.rules.small_logs import OFFICER, START, SmallLog

HOUR = int(AFTER_LAST.total_seconds())
VALUES = st.lists(st.none() | st.integers(0, 10**6))


def of(log: SmallLog, end: float = 600) -> list[Episode]:
    entries = log.end(end)
    return episodes(lambda: entries)


def values(one: Episode) -> dict[str, int | None]:
    return {each.id: each.value for each in one.measures}


def rows(now: Episode, earlier: Sequence[Episode] = ()) -> dict[str, Benchmark]:
    return {each.id: each for each in benchmarks(now, earlier, published())}


def incident(log: SmallLog, at: float, name: str, ref: str) -> None:
    log.add(at, "incident.opened", OFFICER, f"incident {name}", name=name, ref=ref)


def said(log: SmallLog, at: float, alert: str, ref: str, step: str = "alert") -> None:
    """A message of another incident than the log's own."""
    log.say(at, alert, step)
    log.entries[-2]["detail"]["marker"] = f"Ref {ref}-1"


def test_an_incident_ends_at_its_all_clear() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    log.say(50, "2", "all_clear", follows="1")
    (one,) = of(log)
    assert (one.length, one.ended, one.all_clear) == (50 * 60, "at the all clear", 50 * 60)
    assert values(one)["first_statement"] == 600
    assert values(one)["silence"] == 40 * 60


def test_an_all_clear_that_is_not_in_public_ends_nothing() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    log.say(50, "2", "all_clear", follows="1", out=False)
    (one,) = of(log)
    assert one.all_clear is None
    assert one.length == 50 * 60 + HOUR


def test_a_week_of_ordinary_work_is_no_silence() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    (one,) = of(log, end=7 * 24 * 60)
    assert one.length == 600 + HOUR
    assert one.ended == "an hour after its last message"
    assert values(one)["silence"] == HOUR


def test_what_was_just_sent_may_be_under_way() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    (one,) = of(log, end=20)
    assert one.length == 20 * 60
    assert "under way" in one.ended


def test_nothing_said_is_measured_for_an_hour() -> None:
    (one,) = of(SmallLog(live=True))
    assert one.length == HOUR
    assert values(one)["first_statement"] is None
    assert "nothing was sent" in one.ended


def test_each_incident_has_its_own_messages() -> None:
    log = SmallLog(live=True)
    incident(log, 100, "i2", "W2W2")
    log.say(5, "1")
    said(log, 120, "9", "W2W2")
    first, second = of(log)
    assert values(first)["first_statement"] == 300
    assert values(second)["first_statement"] == 20 * 60
    assert (first.shared, second.shared) == (False, False)
    assert [each.messages for each in first.channels] == [1]


def test_two_at_once_are_told_of() -> None:
    log = SmallLog(live=True)
    incident(log, 8, "i2", "W2W2")
    log.say(5, "1")
    said(log, 20, "9", "W2W2")
    log.add(12, "decision.noted", OFFICER, words="Close it, because it floods.")
    first, second = of(log)
    assert first.shared
    assert second.shared
    assert values(first)["decisions"] == values(second)["decisions"] == 100


def test_an_exercise_is_one_episode_from_startex_to_endex() -> None:
    log = SmallLog()
    log.say(4, "1")
    log.say(30, "2", "all_clear", follows="1")
    (one,) = of(log, end=45)
    assert one.exercise
    assert (one.name, one.length, one.ended) == ("small", 45 * 60, "at ENDEX")
    assert "approval" not in values(one)


def test_an_empty_or_a_spoilt_log_has_no_episode() -> None:
    assert episodes(list) == []
    odd: list[dict[str, Any]] = [{"seq": 1, "action": "incident.opened", "at": "never"}]
    assert episodes(lambda: odd) == []


def test_a_spoilt_entry_is_left_out() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    entries = log.end(200)
    entries.insert(3, {"seq": 99, "action": "broadcast.started", "at": "2026", "subject": None})
    (one,) = episodes(lambda: entries)
    assert values(one)["first_statement"] == 600


def test_counts_come_from_the_log_and_nothing_is_no_zero() -> None:
    log = SmallLog(live=True)
    log.say(10, "1")
    post = {"delivery": "d-1", "alert": "1", "likes": 7, "shares": 2}
    log.add(
        *(30, "account.counted", "desk", "account m1"),
        channel="m1",
        channel_name="Mastodon",
        kind="mastodon",
        followers=4180,
        posts=[post],
    )
    (one,) = of(log)
    (channel,) = one.channels
    assert (channel.counted, channel.counts, channel.followers) == (
        1,
        {"likes": 7, "shares": 2},
        4180,
    )
    assert rows(one)["reactions/Mastodon"].value == 9
    uncounted = SmallLog(live=True)
    uncounted.say(10, "1")
    (none,) = of(uncounted)
    assert rows(none)["reactions/Mastodon"].value is None
    assert "Mastodon: reactions: not known" in "\n".join(lines(none, [*rows(none).values()]))


def test_earlier_ones_are_of_this_log_before_it_and_every_exercise_of_others() -> None:
    log = SmallLog(live=True)
    incident(log, 100, "i2", "W2W2")
    log.say(5, "1")
    said(log, 110, "9", "W2W2")
    own = of(log)
    assert without(own[1], own) == own[:1]
    played = of(SmallLog())
    assert comparable(own[0], [*own, *played]) == played
    assert named(own, "ref w2w2".replace("ref", "Ref")) is own[1]
    assert named(own, "") is own[1]
    assert named(own, "XXXX") is None


def test_a_measure_stands_beside_the_same_of_earlier_ones() -> None:
    logs = [SmallLog(live=True) for _ in range(3)]
    for log, minute in zip(logs, (30, 9, 12), strict=True):
        log.say(minute, "1")
    earlier = [of(log)[0] for log in logs]
    drill = SmallLog()
    drill.say(3, "1")
    now = SmallLog(live=True)
    now.say(10, "1")
    row = rows(of(now)[0], [*earlier, *of(drill, end=60)])["first_statement"]
    assert row.value == 600
    assert row.incidents == Past(3, 720, 540)
    assert row.exercises == Past(1, 180, 180)
    assert [each.case for each in row.published] == ["Panic at Oxford Circus"]


@given(VALUES, st.sampled_from(("more", "less", "")))
def test_the_middle_is_a_value_that_was_and_halves_the_rest(
    found: list[int | None], better: str
) -> None:
    known = [each for each in found if each is not None]
    short = past(found, better)
    assert short.number == len(known)
    if not known:
        assert (short.middle, short.best) == (None, None)
        return
    assert short.middle in known
    assert short.middle <= median(known)
    assert sum(each <= short.middle for each in known) * 2 >= len(known)
    assert sum(each >= short.middle for each in known) * 2 >= len(known)
    best = {"more": max(known), "less": min(known), "": None}[better]
    assert short.best == best


@given(st.lists(st.tuples(st.sampled_from(("say", "clear", "open", "note")), st.integers(0, 900))))
def test_any_log_makes_episodes_that_can_be_read(events: list[tuple[str, int]]) -> None:
    log = SmallLog(live=True)
    for number, (what, at) in enumerate(events):
        if what == "open":
            incident(log, at, f"i{number + 2}", f"R{number}")
        elif what == "note":
            log.add(at, "decision.noted", OFFICER, words="So be it.")
        else:
            log.say(at, str(number), "all_clear" if what == "clear" else "alert")
    found = of(log, end=1000)
    assert len(found) == 1 + sum(what == "open" for what, _ in events)
    for one in found:
        assert 0 <= one.length <= 1000 * 60
        assert one.began >= START
        assert one.began + timedelta(seconds=one.length) <= START + timedelta(minutes=1000)
        made = benchmarks(one, without(one, found), published())
        assert "</html>" in benchmarks_page(one, made)
        assert all(lines(one, made) for _ in made)


def test_words_from_a_log_are_no_markup() -> None:
    log = SmallLog(live=True)
    log.entries[-1]["detail"]["name"] = "<script>alert(1)</script>"
    (one,) = of(log)
    page = benchmarks_page(one, benchmarks(one, [], published()))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_of_an_exercise_says_so_and_unlike_events_are_called_unlike() -> None:
    log = SmallLog()
    log.say(4, "1")
    (one,) = of(log, end=45)
    page = benchmarks_page(one, benchmarks(one, [], published()))
    assert "EXERCISE EXERCISE EXERCISE" in page
    assert UNLIKE in page
    live = SmallLog(live=True)
    live.say(4, "1")
    assert "EXERCISE" not in benchmarks_page(of(live)[0], [])


def test_each_published_case_names_its_source() -> None:
    for each in published():
        assert each.source
        assert each.words
        assert each.when
    hawaii = [each.value for each in published() if each.measure == "correction_time"]
    assert hawaii == [38 * 60, 13 * 60]


CASE = """
[[cases]]
name = "A case"
when = "1 May 2020"
place = "Somewhere"
source = "A report"
figures = [{ measure = "silence", value = 60, words = "a minute" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[[cases]]", "[[other]]", "missing"),
        ('source = "A report"', 'source = ""', "source"),
        ('source = "A report"', "", "needs"),
        ('"silence"', '"quiet"', "quiet"),
        ("value = 60", "value = 60.5", "whole number"),
        ("value = 60", "value = -1", "whole number"),
        ("value = 60", 'how = "surely"', "how sure"),
        ('words = "a minute"', 'words = " "', "what it is"),
        ("value = 60", "vlaue = 60", "a figure has"),
        ("figures = [", "figures = [ 7,", "a figure has"),
        ("= [{", "= {", "cannot be read"),
    ],
)
def test_a_case_that_is_wrong_is_refused_with_what_is_wrong(old: str, new: str, told: str) -> None:
    assert len(read_cases(CASE.encode(), frozenset({"silence"}))) == 1
    with pytest.raises(BadInput, match=told):
        read_cases(CASE.replace(old, new).encode(), frozenset({"silence"}))


def test_an_incident_that_is_not_there_is_named_with_those_that_are() -> None:
    entries = SmallLog(live=True).end(30)
    found = read_episodes(lambda: entries)
    assert found.named("K7Q3") is found.named() is found.own[0]
    assert {each.id for each in found.beside(found.own[0])} >= {"completeness", "log_gaps"}
    with pytest.raises(BadInput, match="ZZZZ") as refused:
        found.named("ZZZZ")
    assert "K7Q3" in refused.value.to_do
    with pytest.raises(BadInput, match="no incident"):
        read_episodes(list).named()
