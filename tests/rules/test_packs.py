"""Every scenario pack is complete and fair, found by triage, and nobody in it exists."""

import re
from dataclasses import replace

import pytest

from crisisdesk.model.exercise import CALLS, POSTS, Act, Scenario
from crisisdesk.model.mention import Label
from crisisdesk.model.template import Step
from crisisdesk.rules import counting
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.reading_public import KINDS
from crisisdesk.rules.templating import missing, problem_with, used_fields
from crisisdesk.rules.triage import Rules
from tests.rules.packs import (
    GAP,
    PACKS,
    TEMPLATES,
    file_of,
    goal_of,
    longest,
    phrasings,
    posts,
    said,
)
from tests.rules.test_scenarios import met

each_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
each_act = pytest.mark.parametrize(
    ("pack", "officer", "act"),
    [
        pytest.param(pack, officer, act, id=f"{name}-{officer}-{act.at}")
        for name, pack in PACKS.items()
        for officer, acts in pack.acts.items()
        for act in acts
    ],
)
PAGE = 2_800
"""Characters of a briefing: about half a page is read, a whole one is not."""


@each_pack
def test_it_has_everything_an_exercise_needs(pack: Scenario) -> None:
    assert pack.codeword in pack.briefing
    assert "No duff" in pack.briefing
    assert len(pack.briefing) <= PAGE
    assert 40 <= len(pack.injects) <= 80
    assert min(len(pack.observe), len(pack.debrief)) >= 5
    assert all(each.endswith("?") for each in (*pack.observe, *pack.debrief))
    assert {each.method for each in pack.injects} >= CALLS | POSTS | {"feed", "fault"}
    assert all(inject.expected_action for inject in pack.injects)
    assert all(inject.to for inject in pack.injects if inject.method in CALLS)


@each_pack
def test_callers_have_something_up_their_sleeve(pack: Scenario) -> None:
    calls = [each for each in pack.injects if each.method in CALLS]
    assert len(calls) >= 6
    assert sum({"hold_back", "end_when"} <= set(each.data) for each in calls) >= len(calls) / 2


@each_pack
def test_what_is_measured_serves_an_objective(pack: Scenario) -> None:
    assert 15 <= len(pack.goals) <= 25
    served = [goal for objective in pack.objectives for goal in objective.goals]
    assert sorted(served) == sorted(goal.id for goal in pack.goals)
    assert all(goal.within >= 180 for goal in pack.goals)
    due = {each.id: each.at for each in pack.injects}
    assert all(due[goal.after] + goal.within <= pack.length for goal in pack.goals)


@each_pack
def test_the_story_turns_on_what_the_officer_does(pack: Scenario) -> None:
    asked = {goal for each in pack.injects for goal in (each.on, each.only_if, each.unless) if goal}
    assert len(asked) >= 6
    assert any(each.unless and each.method in CALLS for each in pack.injects)
    assert any(each.on for each in pack.injects)
    assert any(each.only_if for each in pack.injects)


@each_pack
def test_the_public_is_somebody(pack: Scenario) -> None:
    assert 15 <= len(pack.personas) <= 40
    assert {each.kind for each in pack.personas} == set(KINDS)
    assert all(re.fullmatch(AUTHORS[each.method], each.handle) for each in pack.personas)
    assert len(pack.rumours) >= 2
    assert pack.questions
    assert len(pack.needs) >= 3
    assert all(len(each.phrasings) >= 8 for each in (*pack.rumours, *pack.questions))
    assert all(len(each.escalates) >= 2 for each in pack.needs)
    assert pack.crowd.height_per_hour > pack.crowd.calm_per_hour > 0


AUTHORS = {"mastodon": r"[a-z0-9_]+", "bluesky": r"[a-z0-9]+\.test"}


@each_pack
def test_posts_are_found_and_accepted_by_the_networks(pack: Scenario) -> None:
    account = {"mastodon": r"@riverside(?![\w.])", "bluesky": r"@riverside\.test\b"}
    tag = "|".join(f"#{term}" for term in pack.watch_terms if term.isalnum())
    assert tag
    for name, network, words in posts(pack):
        assert re.search(rf"{account[network]}|(?:{tag})\b", words), name
        assert counting.COUNTERS[network](words) <= 300, name
    for inject in pack.injects:
        if inject.method in POSTS:
            assert re.fullmatch(AUTHORS[inject.method], inject.sender), inject.id


@each_pack
def test_every_gap_has_words_of_its_own_and_every_word_is_used(pack: Scenario) -> None:
    used = {gap for phrasing in phrasings(pack) for gap in GAP.findall(phrasing)}
    assert used == set(pack.crowd.gaps)
    for words in pack.crowd.gaps.values():
        assert len(set(words)) == len(words) >= 3
        assert not any(GAP.search(word) for word in words)
    for phrasing in phrasings(pack):
        assert not re.search(r"[#@]", phrasing), "the program adds hashtag and name itself"
        assert counting.COUNTERS["bluesky"](longest(pack, phrasing)) <= 200, phrasing
    assert len(set(phrasings(pack))) == len(phrasings(pack))


@each_pack
def test_words_for_gaps_read_well_where_they_stand(pack: Scenario) -> None:
    """A whole sentence begins one; what is no sentence and no name does not."""
    for phrasing in phrasings(pack):
        for gap in GAP.finditer(phrasing):
            words = pack.crowd.gaps[gap[1]]
            begins = re.search(r"(?:^|[.?:] )$", phrasing[: gap.start()]) is not None
            sentences = all(word.endswith((".", "!")) for word in words)
            assert begins or not sentences, phrasing
            assert not begins or ":" in phrasing or words[0][0].isupper(), phrasing


@each_pack
def test_nothing_in_it_exists(pack: Scenario) -> None:
    words = file_of(pack.id).read_text(encoding="utf-8")
    assert set(re.findall(r"@\w[\w.]*\w", words)) == {"@riverside", "@riverside.test"}
    links = re.findall(r"https?://([^/\s\"]+)", words)
    assert links
    assert all(host.endswith(".example") for host in links)
    assert not re.search(r"www\.|\b0\d{3,4} ?\d{6}\b|\.(?:com|co\.uk|gov\.uk|org)\b", words)


@each_pack
def test_triage_sees_every_call_for_help(pack: Scenario) -> None:
    rules = Rules(pack.watch_terms, pack.places)
    needs = {each.id: each.text for each in pack.injects if each.id.startswith("need-")}
    needs |= {each.inject: inject_text(pack, each.inject) for each in pack.needs}
    louder = {f"{each.id} {n}": t for each in pack.needs for n, t in enumerate(each.escalates)}
    judged = {name: rules.judge(text).labels for name, text in (needs | louder).items()}
    assert [name for name, labels in judged.items() if Label.NEED not in labels] == []


@each_pack
def test_triage_sees_rumours_and_questions(pack: Scenario) -> None:
    rules = Rules(pack.watch_terms, pack.places)
    missed = []
    for rumour in pack.rumours:
        assert Label.RUMOUR in rules.judge(inject_text(pack, rumour.starts)).labels, rumour.id
        texts = [text for each in rumour.phrasings for text in said(pack, each)]
        found = [text for text in texts if Label.RUMOUR in rules.judge(text).labels]
        assert len(found) >= len(texts) * 0.6, rumour.id
    for question in pack.questions:
        texts = [text for each in question.phrasings for text in said(pack, each)]
        missed += [t for t in texts if Label.QUESTION not in rules.judge(t).labels]
    asked = [each for each in pack.injects if each.id.startswith("question-")]
    missed += [e.text for e in asked if Label.QUESTION not in rules.judge(e.text).labels]
    assert missed == []


@each_pack
def test_chatter_and_thanks_do_not_cry_for_help(pack: Scenario) -> None:
    rules = Rules(pack.watch_terms, pack.places)
    calm = {e.id: e.text for e in pack.injects if re.match(r"chat-|thanks-|.*-thanks$", e.id)}
    assert len(calm) >= 6
    judged = {name: rules.judge(text).labels for name, text in calm.items()}
    assert [name for name, labels in judged.items() if Label.NEED in labels] == []


def inject_text(pack: Scenario, name: str) -> str:
    return next(each.text for each in pack.injects if each.id == name)


@each_pack
def test_a_goal_about_a_post_means_that_post_alone(pack: Scenario) -> None:
    for goal in pack.goals:
        if goal.do == "handle":
            found = {name for name, _, text in posts(pack) if goal.match.lower() in text.lower()}
            louder = {each.id for each in pack.needs if each.inject == goal.after}
            assert found - louder == {goal.after}, goal.id
    for need in pack.needs:
        goal = goal_of(pack, need.answered_by)
        assert all(goal.match.lower() in text.lower() for text in need.escalates), need.id


@each_pack
def test_each_goal_can_tell_the_officers_mistakes_apart(pack: Scenario) -> None:
    assert met(pack, "good") == {goal.id for goal in pack.goals}
    for goal in pack.goals:
        lazy = tuple(act for act in pack.acts["good"] if act.do != goal.do)
        assert goal.id not in met(replace(pack, acts={"good": lazy}), "good")


@each_pack
def test_a_message_of_ours_turns_out_wrong_or_the_police_speak(pack: Scenario) -> None:
    """What a drill is worth most for: taking something back, or saying only what others said."""
    steps = {(act.template, act.step) for act in pack.acts["good"] if act.do == "broadcast"}
    taken_back = any(step == "cancel" for _, step in steps)
    named = {template for template, _ in steps}
    assert taken_back or named & {"wrong-message", "police-incident"}


@each_pack
def test_goals_name_templates_that_exist(pack: Scenario) -> None:
    assert {goal.template for goal in pack.goals} - {""} <= TEMPLATES.keys()


@each_pack
@pytest.mark.parametrize("officer", ["good", "poor"])
def test_officers_act_in_order_and_on_what_was_said(pack: Scenario, officer: str) -> None:
    acts = pack.acts[officer]
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[0].do == "open_incident"
    singles = expand(pack)
    for act in acts:
        assert act.words or act.do == "broadcast", act
        if act.do == "handle":
            first = min(each.at for each in singles if act.match in each.text)
            assert first <= act.at, act.match


@each_act
def test_every_broadcast_is_complete_and_promises_times_to_come(
    pack: Scenario, officer: str, act: Act
) -> None:
    if act.do != "broadcast":
        assert act.words
        return
    template, step = TEMPLATES[act.template], Step(act.step)
    fields = {field.name: field for field in template.fields}
    assert set(act.values) <= used_fields(template, step)
    assert not missing(template, step, act.values)
    assert not [name for name, value in act.values.items() if problem_with(fields[name], value)]
    clock = pack.starts[0] * 60 + pack.starts[1] + act.at // 60
    for name in {"since_time", "checked_at", "next_update_at"} & set(act.values):
        hours, minutes = map(int, act.values[name].split(":"))
        told = hours * 60 + minutes
        assert told > clock if name == "next_update_at" else told <= clock, (officer, name)
