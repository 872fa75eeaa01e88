"""Which mentions need a person, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import LABELS, Label
from crisisdesk.rules import cues
from crisisdesk.rules.normal import words_of
from crisisdesk.rules.triage import Rules

RULES = Rules(("Weir Bridge",), ("Lower Town", "O'Hara Street", "  "))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("We are trapped on the roof", Label.NEED),
        ("We CAN’T get out", Label.NEED),
        ("Please help, my baby needs oxygen", Label.NEED),
        ("Is the school open?", Label.QUESTION),
        ("does anyone have water", Label.QUESTION),
        ("Apparently the dam has gone", Label.RUMOUR),
        ("I can see flames from my window", Label.EYEWITNESS),
        ("I'm a producer at Channel 9, may we use your photo", Label.MEDIA),
    ],
)
def test_labels(text: str, label: Label) -> None:
    triage = RULES.judge(text)
    assert label in triage.labels
    assert any(reason.startswith(f"{label.words[0]}: ") for reason in triage.reasons)


@pytest.mark.parametrize("text", ["", "Lovely day", "helpful", "untrapped", "The songbook", "😀"])
def test_nothing_is_found_in_calm_words_or_inside_others(text: str) -> None:
    triage = RULES.judge(text)
    assert (triage.labels, triage.urgency, triage.reasons) == (Label.NONE, 0, ())


def test_a_need_outranks_everything() -> None:
    need = RULES.judge("We are trapped and drowning, send help").urgency
    others = ["Is it true?", "Apparently the dam has gone", "I can see smoke", "Reuters newsroom"]
    assert all(need > RULES.judge(text).urgency for text in others)


@pytest.mark.parametrize("text", ["Nobody trapped, everyone is safe", "Trapped in a lovely song"])
def test_words_of_calm_take_the_edge_off(text: str) -> None:
    triage = RULES.judge(text)
    assert Label.NEED not in triage.labels
    assert any(reason.startswith("calmer because: ") for reason in triage.reasons)


def test_a_repost_is_less_urgent_than_the_post() -> None:
    text = "We need help at the mill"
    assert RULES.judge(f"RT @ann: {text}").urgency < RULES.judge(text).urgency


def test_places_and_watch_terms_count_and_are_named() -> None:
    plain = RULES.judge("We are trapped")
    near = RULES.judge("We are trapped at weir bridge, O’Hara Street")
    assert near.urgency == plain.urgency + 20
    assert {"watch term: Weir Bridge", "place: O'Hara Street"} <= set(near.reasons)


def test_a_watch_term_alone_is_reason_enough_to_be_shown() -> None:
    triage = RULES.judge("The weir bridge looks nice")
    assert (triage.labels, triage.urgency) == (Label.NONE, 10)
    assert triage.reasons == ("watch term: Weir Bridge",)


def test_one_phrase_can_mean_two_things() -> None:
    assert Label.QUESTION | Label.RUMOUR in RULES.judge("is it true").labels


@given(st.text())
def test_any_text_is_judged_within_bounds(text: str) -> None:
    triage = RULES.judge(text)
    assert 0 <= triage.urgency <= 100
    assert all(0 <= score <= 100 for score in triage.scores.values())
    assert bool(triage.labels) <= bool(triage.reasons)
    assert triage == RULES.judge(text, words_of(text))


@given(
    st.lists(
        st.sampled_from(sorted(p for each in cues.LISTS.values() for w in each.values() for p in w))
    )
)
def test_scores_reach_the_threshold_exactly_where_labels_are_set(phrases: list[str]) -> None:
    triage = RULES.judge(" . ".join(phrases))
    for label in LABELS:
        score = triage.scores.get(label.words[0], 0)
        assert (label in triage.labels) == (score >= cues.THRESHOLD)


def test_every_cue_is_in_normal_form() -> None:
    phrases = [p for each in cues.LISTS.values() for w in each.values() for p in w] + [*cues.CALM]
    assert [p for p in phrases if words_of(p) != f" {p} "] == []


def test_own_terms_of_any_kind_are_taken() -> None:
    rules = Rules(("C++", "!!!", "Ünïcode"), ())
    assert rules.judge("c is hard").reasons == ("watch term: C++",)
    assert rules.judge("!!!").labels == Label.NONE
    assert rules.judge("ÜNÏCODE").reasons == ("watch term: Ünïcode",)
