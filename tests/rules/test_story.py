"""The story: what is due by the time, by what was played and by what was done."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Goal, Inject, Method, Scenario
from crisisdesk.rules.exercise.story import CHATTER_SECONDS, State, Story

NO_DEEDS: dict[str, int] = {}


def inject(name: str, at: int = 0, **more: str) -> Inject:
    return Inject(name, at, Method.TELEPHONE, "Control", "Words.", **more)


def story(*injects: Inject, goals: tuple[Goal, ...] = ()) -> Story:
    every = goals or (Goal("warned", "Warn", injects[0].id, "broadcast", 60),)
    return Story(Scenario("s", "S", "s", "Heron", 600, "Flood", (), (), injects, {}, every), seed=1)


def ids(injects: list[Inject]) -> list[str]:
    return [each.id for each in injects]


def states(told: Story) -> dict[str, State]:
    return {line.inject.id: line.state for line in told.lines()}


def test_each_comes_at_its_time_and_only_once() -> None:
    told = story(inject("b", 20), inject("a", 10))
    assert told.next_due() == 10
    assert ids(told.take(9, NO_DEEDS)) == []
    assert ids(told.take(25, NO_DEEDS)) == ["a", "b"]
    assert ids(told.take(600, NO_DEEDS)) == []
    assert told.played_at == {"a": 25, "b": 25}


def test_what_follows_another_waits_for_it() -> None:
    told = story(inject("first", 100), inject("then", 30, after="first"))
    assert states(told)["then"] is State.WAITING
    assert ids(told.take(100, NO_DEEDS)) == ["first"]
    told.take(101, NO_DEEDS)
    assert told.next_due() == 130
    assert ids(told.take(130, NO_DEEDS)) == ["then"]


def test_what_waits_for_a_deed_comes_so_long_after_it() -> None:
    told = story(inject("rain"), inject("thanks", 60, on="warned"))
    assert ids(told.take(300, NO_DEEDS)) == ["rain"]
    assert ids(told.take(400, {"warned": 310})) == ["thanks"]


@pytest.mark.parametrize(
    ("branch", "done", "plays"),
    [
        ({"only_if": "warned"}, True, True),
        ({"only_if": "warned"}, False, False),
        ({"unless": "warned"}, True, False),
        ({"unless": "warned"}, False, True),
    ],
)
def test_a_branch_is_taken_by_what_was_done(
    branch: dict[str, str], done: bool, plays: bool
) -> None:
    told = story(inject("angry", 60, **branch))
    deeds = {"warned": 30} if done else NO_DEEDS
    assert ids(told.take(60, deeds)) == (["angry"] if plays else [])
    assert states(told)["angry"] is (State.PLAYED if plays else State.LEFT_OUT)
    late = {} if done else {"warned": 70}
    assert ids(told.take(90, late)) == []


def test_control_plays_skips_changes_and_adds() -> None:
    told = story(inject("a", 10), inject("b", 20), inject("c", 30))
    assert told.fire("c", 5).id == "c"
    told.skip("a")
    told.edit(replace(inject("b", 40), text="Other words."))
    told.insert(replace(inject("d", 50), copies=2, spread=10))
    played = told.take(600, NO_DEEDS)
    assert [(each.id, each.text) for each in played] == [
        ("b", "Other words."),
        ("d", "Words."),
        ("d-2", "Words."),
    ]
    assert states(told) == {
        "a": State.SKIPPED,
        "b": State.PLAYED,
        "c": State.PLAYED,
        "d": State.PLAYED,
        "d-2": State.PLAYED,
    }


def test_control_cannot_touch_what_is_over_or_unknown() -> None:
    told = story(inject("a"), inject("b", 20))
    told.take(0, NO_DEEDS)
    for act in (lambda: told.fire("a", 1), lambda: told.skip("a"), lambda: told.edit(inject("a"))):
        with pytest.raises(BadInput, match="played already"):
            act()
    with pytest.raises(BadInput, match="no inject 'z'"):
        told.fire("z", 1)
    with pytest.raises(BadInput, match="'b' already"):
        told.insert(inject("b"))


def test_a_skipped_one_can_not_come_and_what_follows_it_waits_for_ever() -> None:
    told = story(inject("a", 10), inject("b", 0, after="a"))
    told.skip("a")
    assert told.take(600, NO_DEEDS) == []
    assert states(told) == {"a": State.SKIPPED, "b": State.WAITING}


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=12),
    st.lists(st.integers(0, 600), max_size=12),
)
def test_whenever_one_looks_each_is_played_once_and_none_early(
    times: list[int], looks: list[int]
) -> None:
    injects = tuple(inject(f"i{n}", at) for n, at in enumerate(times))
    told = story(*injects)
    seen = [(each, now) for now in (*sorted(looks), 600) for each in told.take(now, NO_DEEDS)]
    assert sorted(each.id for each, _ in seen) == sorted(each.id for each in injects)
    assert all(now >= each.at for each, now in seen)
    assert [now for _, now in seen] == sorted(now for _, now in seen)


@given(st.integers(), st.integers(0, 550))
def test_only_posts_that_nothing_depends_on_come_later_by_chance(seed: int, at: int) -> None:
    chat = Inject("chat", at, Method.MASTODON, "jo", "Rain.")
    goal = (Goal("g", "Do", "call", "note", 60),)
    scenario = Scenario("s", "S", "s", "H", 600, "F", (), (), (inject("call", at), chat), {}, goal)
    due = {line.inject.id: line.due for line in Story(scenario, seed).lines()}
    assert due["call"] == at
    assert at <= (due["chat"] or 0) <= min(600, at + CHATTER_SECONDS)
