"""Reading and laying out scenario files, and the night flood that comes with the desk."""

import re
import tomllib
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Act, Goal, Inject, Scenario
from crisisdesk.model.mention import Label
from crisisdesk.model.template import Step, Template
from crisisdesk.rules import counting
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.reading import read_scenario
from crisisdesk.rules.templating import (
    fill,
    missing,
    problem_with,
    read_template,
    used_fields,
    variant,
)
from crisisdesk.rules.triage import Rules

ROOT = Path(__file__).parents[2]
NIGHT_FLOOD = ROOT / "resources" / "scenarios" / "night-flood" / "scenario.toml"
GIVEN_VALUES = {"sender_name": "Riverside Council", "sent_time": "02:24", "ref": "Ref K7Q3-12"}


def load_template(path: Path) -> Template:
    return read_template(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


TEMPLATES = {
    path.stem: load_template(path) for path in (ROOT / "resources" / "templates").glob("*.toml")
}
FLOOD = read_scenario(tomllib.loads(NIGHT_FLOOD.read_text(encoding="utf-8")), "night-flood")
BROADCASTS = [
    pytest.param(act, id=f"{officer}-{act.at // 60}")
    for officer, acts in FLOOD.acts.items()
    for act in acts
    if act.do == "broadcast"
]

LESSON = {"id": "look", "words": "Look.", "do": "handle", "match": "rains"}

SMALL: dict[str, Any] = {
    "id": "small",
    "name": "Small",
    "summary": "A small one.",
    "codeword": "Heron",
    "length_minutes": 30,
    "incident_name": "Small flood",
    "injects": [
        {"id": "rain", "at": 0.5, "method": "mastodon", "from": "jo", "text": "It rains."},
        {
            "id": "crowd",
            "at": 2,
            "method": "bluesky",
            "from": "ann.test",
            "text": "Look!",
            "copies": 3,
            "spread_minutes": 1,
        },
    ],
    "autopilot": {"good": [{"at": 1, "do": "handle", "match": "rains", "words": "Noted."}]},
    "goals": [
        {"id": "seen", "words": "Seen", "after": "rain", "do": "handle", "within_minutes": 5}
    ],
}


def changed(*path: str | int, value: object) -> dict[str, Any]:
    """The small scenario with one place in it changed."""
    data = deepcopy(SMALL)
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return data


def a_feed_item(severity: str) -> dict[str, Any]:
    data = {"title": "Flood", "severity": severity}
    return {"id": "news", "at": 1, "method": "feed", "from": "Board", "text": "Up.", "data": data}


def a_fault(**data: object) -> dict[str, Any]:
    whole = {"network": "mastodon", "kind": "status", "status": 503, **data}
    return {"id": "fault", "at": 1, "method": "fault", "text": "Down.", "data": whole}


def meets(goal: Goal, act: Act, start: int) -> bool:
    """Whether an act fulfils a goal, as docs/scenarios.md describes it."""
    told = act.step if goal.do == "broadcast" else f"{act.match} {act.words}"
    matches = goal.match in ("", told) if goal.do == "broadcast" else goal.match in told
    return (
        act.do == goal.do
        and goal.template in ("", act.template)
        and matches
        and start <= act.at <= start + goal.within
    )


def met(scenario: Scenario, officer: str) -> set[str]:
    starts = {inject.id: inject.at for inject in scenario.injects}
    return {
        goal.id
        for goal in scenario.goals
        for act in scenario.acts[officer]
        if meets(goal, act, starts[goal.after])
    }


def test_minutes_become_seconds() -> None:
    scenario = read_scenario(SMALL, "small.toml")
    assert (scenario.length, scenario.goals[0].within) == (1800, 300)
    assert [(inject.at, inject.spread) for inject in scenario.injects] == [(30, 0), (120, 60)]
    assert scenario.acts["good"] == (Act(at=60, do="handle", match="rains", words="Noted."),)
    assert scenario.watch_terms == ()


def test_data_of_a_fault_becomes_text() -> None:
    data = changed("injects", 0, value=a_fault(times=2)) | {"goals": []}
    inject = read_scenario(data, "small.toml").injects[0]
    assert inject.data["times"] == "2"
    assert inject.data["status"] == "503"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed("colour", value="red"), "the top of the file: unknown key 'colour'"),
        (changed("name", value=""), "name must be text"),
        (changed("injects", 0, "colour", value="red"), "injects number 1 (rain): unknown key"),
        (changed("injects", 0, "method", value="fax"), "injects number 1 (rain): method = 'fax'"),
        (changed("injects", 0, "at", value=-1), "injects number 1 (rain): at must be"),
        (changed("injects", 0, "at", value=True), "injects number 1 (rain): at must be"),
        (changed("injects", 0, "at", value=float("nan")), "injects number 1 (rain): at must be"),
        (changed("injects", 0, "at", value="2"), "injects number 1 (rain): at must be"),
        (changed("injects", 0, "at", value=30.1), "'rain' comes after the end"),
        (changed("injects", 1, "spread_minutes", value=29), "'crowd' comes after the end"),
        (changed("injects", 0, "copies", value=0), "copies must be a whole number"),
        (changed("injects", 0, "data", value={"title": "x"}), "data: unknown key 'title'"),
        (changed("injects", 0, "method", value="feed"), "data: 'title' is missing"),
        (changed("injects", 0, "method", value="fault"), "data: 'network' is missing"),
        (changed("injects", 0, value=a_feed_item("Awful")), "data: severity = 'Awful'"),
        (changed("injects", 0, value=a_fault(times=0)), "data: times must be above 0"),
        (changed("injects", 0, value=a_fault(times="2")), "data: times must be a whole number"),
        (changed("injects", 0, value=a_fault(kind="gremlin")), "data: kind = 'gremlin'"),
        (changed("injects", 1, "method", value="fault"), "a fault has no copies"),
        (changed("injects", 1, "id", value="rain"), "two injects are called 'rain'"),
        (changed("injects", 0, "id", value="crowd-2"), "two injects are called 'crowd-2'"),
        (changed("injects", value="rain"), "injects must be written as [[injects]]"),
        (changed("autopilot", "bad", value=[]), "autopilot: unknown key 'bad'"),
        (changed("autopilot", "good", 0, "do", value="tweet"), "autopilot.good number 1: do = 'tw"),
        (changed("autopilot", "good", 0, "do", value="broadcast"), "'template' is missing"),
        (changed("autopilot", "good", 0, "step", value="recall"), "step = 'recall' is unknown"),
        (changed("autopilot", "good", 0, "values", value={"a": 1}), "values: a must be text"),
        (changed("autopilot", "good", 0, "at", value=31), "'handle' at 31 minutes comes after"),
        (changed("goals", 0, "after", value="snow"), "after names 'snow', which is no inject"),
        (changed("goals", 0, "do", value="sleep"), "goals number 1 (seen): do = 'sleep'"),
        (changed("goals", value=SMALL["goals"] * 2), "two goals are called 'seen'"),
        (changed("watch_terms", value="flood"), "watch_terms must be a list"),
        (changed("coach", value=[{"id": "a", "do": "handle"}]), "coach number 1 (a): 'words' is"),
        (changed("coach", value=[LESSON | {"do": "sleep"}]), "coach number 1 (look): do = 'sleep'"),
        (changed("coach", value=[LESSON | {"key": "F2"}]), "coach number 1 (look): unknown key"),
        (
            changed("coach", value=[LESSON | {"after": "snow"}]),
            "coach number 1: after names",
        ),
        (changed("coach", value=[LESSON, LESSON]), "two lessons are called 'look'"),
        (
            changed("coach", value=[LESSON | {"do": "broadcast", "match": "recall"}]),
            "coach number 1 (look): 'recall' is no step",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_place(
    data: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        read_scenario(data, "small.toml")
    assert "small.toml" in caught.value.problem
    assert words in caught.value.problem


@pytest.mark.parametrize("key", ["id", "length_minutes", "injects", "goals"])
def test_what_is_missing_is_named(key: str) -> None:
    data = {name: value for name, value in SMALL.items() if name != key}
    with pytest.raises(BadInput, match=f"'{key}' is missing"):
        read_scenario(data, "small.toml")


def test_a_crowd_becomes_single_numbered_injects() -> None:
    singles = expand(read_scenario(SMALL, "small.toml"))
    assert [(each.id, each.at, each.sender) for each in singles] == [
        ("rain", 30, "jo"),
        ("crowd", 120, "ann1.test"),
        ("crowd-2", 150, "ann2.test"),
        ("crowd-3", 180, "ann3.test"),
    ]
    assert {(each.copies, each.spread) for each in singles} == {(1, 0)}


@given(
    st.lists(st.tuples(st.integers(0, 3600), st.integers(1, 50), st.integers(0, 600)), max_size=12)
)
def test_expanding_keeps_every_copy_in_order_and_in_its_time(
    crowds: list[tuple[int, int, int]],
) -> None:
    injects = tuple(
        Inject(f"i{number}", at, "mastodon", f"p{number}x", "text", copies=copies, spread=spread)
        for number, (at, copies, spread) in enumerate(crowds)
    )
    scenario = replace(read_scenario(SMALL, "small.toml"), injects=injects)
    singles = expand(scenario)
    assert [each.at for each in singles] == sorted(each.at for each in singles)
    assert len({each.id for each in singles}) == sum(copies for _, copies, _ in crowds)
    assert expand(replace(scenario, injects=singles)) == singles
    for inject in injects:
        times = [each.at for each in singles if each.sender.startswith(inject.sender)]
        assert min(times) == inject.at
        assert max(times) == inject.at + (inject.spread if inject.copies > 1 else 0)


def test_the_night_flood_is_as_long_and_as_busy_as_it_says() -> None:
    assert FLOOD.length == 240 * 60
    assert 40 <= len(FLOOD.injects) <= 70
    assert max(inject.copies for inject in FLOOD.injects) == 40
    assert {inject.method for inject in FLOOD.injects} == {"mastodon", "bluesky", "feed", "fault"}
    assert all(inject.expected_action for inject in FLOOD.injects)


def test_public_posts_are_found_and_accepted_by_the_networks() -> None:
    account = {"mastodon": r"@riverside(?![\w.])", "bluesky": r"@riverside\.test\b"}
    author = {"mastodon": r"[a-z0-9_]+", "bluesky": r"[a-z0-9]+\.test"}
    for inject in FLOOD.injects:
        if inject.method in account:
            assert re.search(rf"{account[inject.method]}|#RiversideFlood\b", inject.text), inject.id
            assert re.fullmatch(author[inject.method], inject.sender), inject.id
            assert counting.COUNTERS[inject.method](inject.text) <= 300, inject.id


def test_no_handle_and_no_link_of_the_night_flood_exists() -> None:
    words = NIGHT_FLOOD.read_text(encoding="utf-8")
    assert set(re.findall(r"@\w[\w.]*\w", words)) == {"@riverside", "@riverside.test"}
    links = re.findall(r"https?://([^/\s\"]+)", words)
    assert links
    assert all(host.endswith(".example") for host in links)


def test_triage_sees_the_needs_of_the_night_flood() -> None:
    rules = Rules(FLOOD.watch_terms, FLOOD.places)
    needs = [inject for inject in FLOOD.injects if inject.id.startswith("need-")]
    assert len(needs) == 6
    missed = [each.id for each in needs if Label.NEED not in rules.judge(each.text).labels]
    assert missed == []


def test_the_good_officer_meets_every_goal_and_the_poor_one_few() -> None:
    goals = {goal.id for goal in FLOOD.goals}
    assert met(FLOOD, "good") == goals
    assert met(FLOOD, "poor")
    assert len(met(FLOOD, "poor")) < len(goals) / 3
    assert "wrong-bridge-corrected" not in met(FLOOD, "poor")


def test_each_goal_can_tell_the_officers_mistakes_apart() -> None:
    for goal in FLOOD.goals:
        lazy = replace(
            FLOOD,
            acts={"good": tuple(act for act in FLOOD.acts["good"] if act.do != goal.do)},
        )
        assert goal.id not in met(lazy, "good")


@pytest.mark.parametrize("officer", ["good", "poor"])
def test_acts_are_in_order_and_answer_a_post_already_there(officer: str) -> None:
    acts = FLOOD.acts[officer]
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[0].do == "open_incident"
    for act in acts:
        assert act.words or act.do == "broadcast", act
        if act.do == "handle":
            found = [each for each in FLOOD.injects if act.match in each.text]
            assert [each.method in ("mastodon", "bluesky") for each in found] == [True], act.match
            assert found[0].at <= act.at


@pytest.mark.parametrize("act", BROADCASTS)
def test_every_broadcast_is_complete_and_fits(act: Act) -> None:
    template, step = TEMPLATES[act.template], Step(act.step)
    fields = {field.name: field for field in template.fields}
    assert set(act.values) <= used_fields(template, step)
    assert not missing(template, step, act.values)
    for name, value in act.values.items():
        assert not problem_with(fields[name], value), name
    for kind, limit in (("mastodon", 500), ("bluesky", 300)):
        filled = fill(variant(template.wordings[step]["en"], kind), act.values | GIVEN_VALUES)
        assert counting.COUNTERS[kind](f"{EXERCISE_PREFIX}\n{filled}\nRef K7Q3-12") <= limit


@pytest.mark.parametrize("act", BROADCASTS)
def test_promised_times_fit_the_story(act: Act) -> None:
    clock = 120 + act.at // 60
    for name in ("since_time", "checked_at", "next_update_at"):
        if name in act.values:
            hours, minutes = map(int, act.values[name].split(":"))
            told = hours * 60 + minutes
            assert told > clock if name == "next_update_at" else told <= clock, name


def test_a_wrong_message_and_its_correction_are_part_of_the_story() -> None:
    steps = [
        (act.template, act.step) for act in FLOOD.acts["good"] if act.template == "road-closure"
    ]
    assert steps == [
        ("road-closure", "alert"),
        ("road-closure", "cancel"),
        ("road-closure", "alert"),
    ]


def test_goals_name_templates_that_exist() -> None:
    assert {goal.template for goal in FLOOD.goals} - {""} <= TEMPLATES.keys()


def test_the_example_in_the_docs_is_a_scenario() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    whole = [block for block in blocks if "length_minutes" in block]
    assert len(whole) == 1
    scenario = read_scenario(tomllib.loads(whole[0]), "docs/scenarios.md")
    assert met(scenario, "good") == {goal.id for goal in scenario.goals}
    for act in scenario.acts["good"]:
        if act.do == "broadcast":
            assert not missing(TEMPLATES[act.template], Step(act.step), act.values)
