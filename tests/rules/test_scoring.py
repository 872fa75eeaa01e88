"""Scoring: the first fitting deed counts, from the inject on, and only in time."""

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.exercise import Goal, Scenario
from crisisdesk.rules.exercise.reading import read_scenario
from crisisdesk.rules.exercise.scoring import Deed, Score, score

TEXTS = ("Mill Lane", "mill lane flooded", "School Lane", "")


def scenario(goal: dict[str, object]) -> Scenario:
    """A scenario with one inject, `rain`, and one goal measured from it."""
    return read_scenario(
        {
            "id": "small",
            "name": "Small",
            "summary": "A small one.",
            "codeword": "Heron",
            "length_minutes": 30,
            "incident_name": "Small flood",
            "injects": [
                {"id": "rain", "at": 1, "method": "mastodon", "from": "jo", "text": "Mill Lane"}
            ],
            "goals": [
                {"id": "g", "words": "Do it", "after": "rain", "within_minutes": 5, **goal},
            ],
        },
        "small",
    )


HANDLE = scenario({"do": "handle", "match": "mill lane"})
CLOSE = scenario({"do": "broadcast", "template": "road-closure", "match": "alert"})


def only(story: Scenario, *deeds: Deed) -> Score:
    (found,) = score(story, deeds, {"rain": 60})
    return found


def test_a_deed_in_time_meets_the_goal_and_one_too_late_does_not() -> None:
    for at, met in ((60, True), (360, True), (361, False)):
        result = only(HANDLE, Deed(at, "handle", "In MILL LANE now"))
        assert (result.took, result.met) == (at - 60, met)
        assert result.due_at == 360


def test_a_goal_that_nobody_met_has_no_time() -> None:
    result = only(HANDLE)
    assert (result.took, result.met) == (None, False)


def test_what_was_done_before_the_inject_does_not_count() -> None:
    assert only(HANDLE, Deed(59, "handle", "Mill Lane")).took is None


def test_another_deed_template_or_text_does_not_count() -> None:
    assert only(HANDLE, Deed(90, "note", "Mill Lane")).took is None
    assert only(HANDLE, Deed(90, "handle", "School Lane")).took is None
    assert only(CLOSE, Deed(90, "broadcast", "alert", "large-fire")).took is None
    assert only(CLOSE, Deed(90, "broadcast", "update", "road-closure")).took is None
    assert only(CLOSE, Deed(90, "broadcast", "alert", "road-closure")).met


def test_a_goal_whose_inject_was_never_played_is_left_out() -> None:
    assert score(HANDLE, [Deed(90, "handle", "Mill Lane")], {}) == ()


@given(
    st.lists(
        st.builds(
            Deed, st.integers(0, 900), st.sampled_from(("handle", "note")), st.sampled_from(TEXTS)
        )
    )
)
def test_the_first_fitting_deed_counts_in_whatever_order_they_come(deeds: list[Deed]) -> None:
    goal: Goal = HANDLE.goals[0]
    fitting = [
        deed.at
        for deed in deeds
        if deed.do == "handle" and deed.at >= 60 and "mill lane" in deed.text.lower()
    ]
    result = only(HANDLE, *deeds)
    assert result.took == (min(fitting) - 60 if fitting else None)
    assert result.met == any(at - 60 <= goal.within for at in fitting)
