"""Reading and laying out scenario files."""

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
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.reading import read_scenario
from crisisdesk.rules.templating import (
    missing,
    read_template,
)

ROOT = Path(__file__).parents[2]


def load_template(path: Path) -> Template:
    return read_template(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


TEMPLATES = {
    path.stem: load_template(path) for path in (ROOT / "resources" / "templates").glob("*.toml")
}
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
        (changed("day", value="9999-12-31"), "day must be a date"),
        (changed("day", value="0001-01-01"), "day must be a date"),
        (changed("day", value="2200-01-01"), "day must be a date"),
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
