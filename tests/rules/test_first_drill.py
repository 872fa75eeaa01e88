"""The ten-minute drill that comes with the desk: it can be played, and its coach is right."""

import re
import tomllib

import pytest

from crisisdesk.model.exercise import Act, Lesson
from crisisdesk.model.mention import Label
from crisisdesk.model.template import Step
from crisisdesk.rules.approving import needs_second_person
from crisisdesk.rules.exercise.reading import ON_SCREEN, read_scenario
from crisisdesk.rules.templating import missing, problem_with, used_fields
from crisisdesk.rules.triage import Rules
from tests.rules.test_scenarios import ROOT, TEMPLATES, met

FILE = ROOT / "resources" / "scenarios" / "first-drill" / "scenario.toml"
DRILL = read_scenario(tomllib.loads(FILE.read_text(encoding="utf-8")), "first-drill")
INJECTS = {inject.id: inject for inject in DRILL.injects}
BROADCASTS = [
    pytest.param(act, id=f"{officer}-{act.step}")
    for officer, acts in DRILL.acts.items()
    for act in acts
    if act.do == "broadcast"
]
PLAYER_READS = 20
"""Seconds to read one lesson and do it, for somebody who sees the console for the first time."""


def test_it_lasts_ten_minutes_and_its_last_lesson_leaves_time() -> None:
    assert DRILL.length == 600
    last = max(INJECTS[each.after].at for each in DRILL.coach if each.after)
    assert DRILL.length - last >= 4 * 60
    assert DRILL.length >= len(DRILL.coach) * PLAYER_READS * 3


def test_it_has_a_need_a_rumour_a_question_and_a_channel_that_fails() -> None:
    rules = Rules(DRILL.watch_terms, DRILL.places)
    judged = {name: rules.judge(inject.text).labels for name, inject in INJECTS.items()}
    assert Label.NEED in judged["need-cellar"]
    assert Label.RUMOUR in judged["tap-rumour"]
    assert Label.QUESTION in judged["question-drive"]
    others = {"chat-river", "seen-tarmac", "thanks-family", "question-open"}
    assert [name for name in others if Label.NEED in judged[name]] == []
    assert [each.data["kind"] for each in DRILL.injects if each.method == "fault"] == [
        "lost_answer"
    ]


def test_the_public_can_be_heard_and_nobody_in_it_exists() -> None:
    for inject in DRILL.injects:
        if inject.method in ("mastodon", "bluesky"):
            own = "@riverside.test" if inject.method == "bluesky" else "@riverside "
            assert own in inject.text or "#RiversideWater" in inject.text, inject.id
            assert re.fullmatch(r"[a-z0-9_]+(\.test)?", inject.sender), inject.id
    words = FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"@\w[\w.]*\w", words)) == {"@riverside", "@riverside.test"}
    assert all(host.endswith(".example") for host in re.findall(r"https?://([^/\s\"]+)", words))


def test_the_good_officer_meets_every_goal_and_the_poor_one_few() -> None:
    goals = {goal.id for goal in DRILL.goals}
    assert met(DRILL, "good") | {"mail-settled"} == goals
    assert any(act.do == "settle" for act in DRILL.acts["good"])
    assert len(met(DRILL, "poor")) < len(goals) / 2


@pytest.mark.parametrize("act", BROADCASTS)
def test_every_broadcast_is_complete(act: Act) -> None:
    template, step = TEMPLATES[act.template], Step(act.step)
    fields = {field.name: field for field in template.fields}
    assert set(act.values) <= used_fields(template, step)
    assert not missing(template, step, act.values)
    assert not [name for name, value in act.values.items() if problem_with(fields[name], value)]


def test_nobody_else_is_needed() -> None:
    for lesson in DRILL.coach:
        if lesson.do == "broadcast":
            codes = TEMPLATES[lesson.template].codes[Step(lesson.match)]
            assert not needs_second_person(codes.severity, "Severe")


def test_what_the_coach_says_to_fill_in_is_accepted() -> None:
    (fill,) = [each for each in DRILL.coach if each.do == "fill"]
    template = TEMPLATES[fill.template]
    told = dict(re.findall(r"([A-Z][\w ]+): (.+?)(?:\. |$)", fill.words))
    labels = {"Road": "Road or bridge", "Why": "Why it is closed"}
    by_label = {field.label: field for field in template.fields}
    values = {by_label[labels.get(name, name)].name: value for name, value in told.items()}
    defaults = {field.name: field.default for field in template.fields if field.default}
    assert not missing(template, Step.ALERT, defaults | values)
    assert not [n for n, v in values.items() if problem_with(by_name(template.id)[n], v)]


def by_name(template_id: str) -> dict[str, object]:
    return {field.name: field for field in TEMPLATES[template_id].fields}


@pytest.mark.parametrize("lesson", DRILL.coach, ids=lambda each: each.id)
def test_each_lesson_can_be_ticked_off(lesson: Lesson) -> None:
    assert lesson.why
    assert lesson.practised
    if lesson.do == "handle":
        assert lesson.match in INJECTS[lesson.after].text
        assert sum(lesson.match in inject.text for inject in DRILL.injects) == 1
    if lesson.do in ON_SCREEN | {"broadcast"}:
        assert lesson.template in TEMPLATES


def test_the_coach_teaches_what_is_measured() -> None:
    taught = {(each.do, each.template, each.match) for each in DRILL.coach}
    measured = {(each.do, each.template, each.match) for each in DRILL.goals}
    assert measured <= taught
