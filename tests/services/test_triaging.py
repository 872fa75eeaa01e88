"""A person's verdict: kept with the mention, counted, logged, and taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import MentionsJudged
from crisisdesk.model.mention import Label, Mention, Verdict
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules.triage import Rules
from crisisdesk.services.intake import Intake
from crisisdesk.services.triaging import MOST_AT_ONCE, Triaging
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL, LANES
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from tests.services.test_intake import item
from tests.town import SENDER, HandClock, Town

KIM = Operator("op-2", "Kim", Role.DRAFTER)
PHRASES = ("trapped", "apparently", "is it true?", "i can see", "reuters", "ducks", "all safe")


def mention(town: Town, number: int = 1) -> Mention:
    with town.database.read() as unit:
        found = unit.mentions.get(number)
    assert found is not None
    return found


def lanes(town: Town) -> dict[str, tuple[int, int]]:
    with town.database.read() as unit:
        assert unit.mentions.counts() == recount(unit)
        return {lane: count for lane, count in unit.mentions.counts().items() if any(count)}


def recount(unit: Unit) -> dict[str, tuple[int, int]]:
    everything = unit.mentions.page(limit=1_000_000)
    found = {
        lane: [each for each in everything if lane == ALL or label in each.labels]
        for lane, label in LANES.items()
    }
    return {
        lane: (len(each), sum(not one.handled_by for one in each)) for lane, each in found.items()
    }


def test_a_verdict_replaces_the_labels_and_keeps_the_reasons(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped, is it true?")])
    assert "need" in mention(town).labels.words
    town.triaging.judge([1], Verdict.RUMOUR, SENDER)
    judged = mention(town)
    assert judged.labels is Label.RUMOUR
    assert judged.reasons[0] == "judged by Sam: rumour"
    assert any("trapped" in each for each in judged.reasons[1:])
    assert lanes(town) == {"all": (1, 1), "rumour": (1, 1)}
    town.triaging.judge([1], Verdict.MEDIA, KIM)
    assert [each for each in mention(town).reasons if "judged" in each] == ["judged by Kim: media"]


def test_who_and_from_what_to_what_is_in_the_log(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped")])
    town.triaging.judge([1], Verdict.EYEWITNESS, SENDER)
    town.triaging.judge([1], Verdict.HANDLED, KIM, "Passed to fire control")
    first, second = town.log()[-2:]
    assert (first["action"], first["actor"], first["subject"]) == (
        "mention.judged",
        "Sam",
        "mention 1",
    )
    assert first["detail"] == {"from": "need", "to": "eyewitness", "words": ""}
    assert (second["action"], second["actor"]) == ("mention.handled", "Kim")
    assert second["detail"] == {
        "from": "eyewitness",
        "to": "eyewitness, handled by Kim",
        "words": "Passed to fire control",
    }


def test_the_first_to_handle_it_stays_the_one_who_did(town: Town) -> None:
    heard: list[MentionsJudged] = []
    town.bus.subscribe(MentionsJudged, heard.append)
    town.intake.accept([item("1", "We are trapped")])
    assert len(town.triaging.judge([1], Verdict.HANDLED, SENDER)) == 1
    assert town.triaging.judge([1], Verdict.HANDLED, KIM) == ()
    assert town.triaging.judge([99], Verdict.HANDLED, KIM) == ()
    assert mention(town).handled_by == "Sam"
    assert town.actions().count("mention.handled") == 1
    assert heard == [MentionsJudged((1,))]


def test_noise_leaves_every_lane_and_a_lane_opens_it_again(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped")])
    town.triaging.judge([1], Verdict.NOISE, SENDER)
    assert (mention(town).labels, mention(town).handled_by) == (Label.NONE, "Sam")
    assert lanes(town) == {"all": (1, 0)}
    town.triaging.judge([1], Verdict.NEED, KIM)
    assert lanes(town) == {"all": (1, 1), "need": (1, 1)}


def test_many_at_once_are_one_event_and_each_in_the_log(town: Town) -> None:
    heard: list[MentionsJudged] = []
    town.bus.subscribe(MentionsJudged, heard.append)
    town.intake.accept([item(str(number), "Reuters says") for number in range(1, 6)])
    changed = town.triaging.judge([5, 3, 1], Verdict.NOISE, SENDER)
    assert [each.mention_id for each in changed] == [1, 3, 5]
    assert heard == [MentionsJudged((1, 3, 5))]
    subjects = [each["subject"] for each in town.log() if each["action"] == "mention.judged"]
    assert subjects == ["mention 1", "mention 3", "mention 5"]


def test_taking_back_restores_everything_and_is_logged_itself(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped"), item("2", "apparently a rumour")])
    before, counts = [mention(town, 1), mention(town, 2)], lanes(town)
    changed = town.triaging.judge([1, 2], Verdict.NOISE, SENDER)
    assert len(town.triaging.take_back(changed, KIM)) == 2
    assert [mention(town, 1), mention(town, 2)] == before
    assert lanes(town) == counts
    entry = town.log()[-1]
    assert (entry["action"], entry["actor"], entry["subject"]) == (
        "mention.restored",
        "Kim",
        "mention 2",
    )
    assert entry["detail"]["from"] == "no label, handled by Sam"
    assert town.triaging.take_back(changed, KIM) == ()


def test_what_somebody_changed_since_is_left_alone(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped"), item("2", "We are trapped too")])
    changed = town.triaging.judge([1, 2], Verdict.NOISE, SENDER)
    town.triaging.judge([2], Verdict.NEED, KIM)
    assert [each.mention_id for each in town.triaging.take_back(changed, SENDER)] == [1]
    assert mention(town, 2).reasons[0] == "judged by Kim: need"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_reads_judges_nothing(town: Town, role: Role) -> None:
    town.intake.accept([item("1", "We are trapped")])
    reader = Operator("op-3", "Pat", role)
    with pytest.raises(Refused, match=role.value):
        town.triaging.judge([1], Verdict.HANDLED, reader)
    changed = town.triaging.judge([1], Verdict.HANDLED, SENDER)
    with pytest.raises(Refused, match="only reads"):
        town.triaging.take_back(changed, reader)
    assert mention(town).handled_by == "Sam"


def test_too_many_at_once_are_refused(town: Town) -> None:
    with pytest.raises(BadInput, match="too many"):
        town.triaging.judge(range(MOST_AT_ONCE + 1), Verdict.NOISE, SENDER)


@given(
    st.lists(st.lists(st.sampled_from(PHRASES), max_size=4), max_size=5),
    st.lists(
        st.tuples(st.lists(st.integers(0, 6), max_size=4), st.sampled_from(Verdict), st.booleans()),
        max_size=4,
    ),
)
def test_lane_counters_always_equal_a_recount(
    database: Database,
    clock: HandClock,
    texts: list[list[str]],
    verdicts: list[tuple[list[int], Verdict, bool]],
) -> None:
    intake, triaging = Intake(database, Rules(), Bus(), clock.now), Triaging(database, Bus())
    with database.read() as unit:
        start = unit.mentions.next_id()
    intake.accept([item(f"{start}-{place}", " ".join(words)) for place, words in enumerate(texts)])
    for places, verdict, undone in verdicts:
        changed = triaging.judge([start + place for place in places], verdict, SENDER)
        if undone:
            triaging.take_back(changed, SENDER)
    with database.read() as unit:
        assert unit.mentions.counts() == recount(unit)
