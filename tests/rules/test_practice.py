"""Practice currency: the last run of each person counts, and is overdue after some days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.exercise.comparing import PastRun
from crisisdesk.rules.exercise.practice import in_short, practised
from crisisdesk.rules.exercise.run_names import read_name, run_name

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.astimezone().date()


def run(player: str, days_ago: int) -> PastRun:
    return PastRun(NOON - timedelta(days=days_ago), "s", "Night flood", player, 70, {})


def test_the_last_run_of_each_counts_and_who_waited_longest_comes_first() -> None:
    runs = [run("Jo Officer", 50), run("Ann", 31), run("jo officer ", 5), run("", 1)]
    found = practised(runs, TODAY, 30)
    assert [(each.player, each.days, each.overdue) for each in found] == [
        ("Ann", 31, True),
        ("jo officer", 5, False),
    ]
    assert found[0].words == "Ann: last drill 31 days ago, 1 day overdue"


def test_today_and_yesterday_have_words() -> None:
    for days, words in ((0, "today"), (1, "yesterday"), (2, "2 days ago")):
        assert practised([run("Ann", days)], TODAY, 30)[0].words == f"Ann: last drill {words}"


def test_the_start_page_names_few_and_is_quiet_when_all_is_well() -> None:
    late = practised([run(name, 40) for name in "ABCDE"], TODAY, 30)
    assert in_short(late, 1) == [
        *(f"{name}: last drill 40 days ago, 10 days overdue" for name in "ABC"),
        "2 more are overdue",
        "1 improvement action is overdue",
    ]
    well = practised([run("Ann", 9), run("Jo", 3)], TODAY, 30)
    assert in_short(well, 0) == ["Jo: last drill 3 days ago"]
    assert in_short([], 0) == []


def test_a_clock_that_was_wrong_makes_no_days_below_nothing() -> None:
    assert practised([run("Ann", -9)], TODAY, 30)[0].days == 0


@given(st.integers(0, 400), st.integers(1, 400))
def test_overdue_is_longer_than_allowed(days: int, allowed: int) -> None:
    assert practised([run("Ann", days)], TODAY, allowed)[0].overdue is (days > allowed)


@given(st.integers(0, 2**31))
def test_a_folder_s_name_tells_when_it_was_played(second: int) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert read_name(run_name("/somewhere/own", at)) == (at, "own")
    assert read_name("exercises") is None
