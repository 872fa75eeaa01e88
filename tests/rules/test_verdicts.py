"""What a verdict makes of a mention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import LABELS, Judgement, Label, Verdict
from crisisdesk.rules.verdicts import judged

LANES = [each for each in Verdict if each not in (Verdict.NOISE, Verdict.HANDLED)]
JUDGEMENTS = st.builds(
    Judgement,
    st.integers(0, 31).map(Label),
    st.lists(st.sampled_from(["need: trapped", "place: weir", "judged by Kim: media"])).map(tuple),
    st.sampled_from(["", "Kim"]),
)


@given(JUDGEMENTS, st.sampled_from(Verdict))
def test_saying_it_twice_is_saying_it_once(before: Judgement, verdict: Verdict) -> None:
    after = judged(before, verdict, "Sam")
    assert judged(after, verdict, "Sam") == after


@given(JUDGEMENTS, st.sampled_from(LANES))
def test_a_lane_is_the_only_label_and_opens_it(before: Judgement, verdict: Verdict) -> None:
    after = judged(before, verdict, "Sam")
    assert (after.labels.words, after.handled_by) == ([verdict.value], "")


@given(JUDGEMENTS, st.sampled_from(Verdict))
def test_no_reason_of_the_rules_is_lost(before: Judgement, verdict: Verdict) -> None:
    after = judged(before, verdict, "Sam")
    kept = [each for each in after.reasons if not each.startswith("judged by ")]
    assert kept == [each for each in before.reasons if not each.startswith("judged by ")]


def test_there_is_a_verdict_for_every_label() -> None:
    assert [each.value for each in LANES] == [word for each in LABELS for word in each.words]


@pytest.mark.parametrize("by", ["", "Kim"])
def test_handled_changes_nothing_but_the_name(by: str) -> None:
    before = Judgement(Label.NEED, ("need: trapped",), by)
    assert judged(before, Verdict.HANDLED, "Sam") == Judgement(
        Label.NEED, ("need: trapped",), by or "Sam"
    )
