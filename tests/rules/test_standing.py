"""Goals while the story runs: they agree with the score, and never go back from done."""

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.directing import Progress
from crisisdesk.model.exercise import Inject, Method
from crisisdesk.rules.exercise.scoring import Deed, score
from crisisdesk.rules.exercise.standing import depends_on, goals_now, waits_for
from tests.rules.test_scoring import HANDLE

DONE = (Progress.DONE, Progress.LATE)
DEEDS = st.lists(
    st.builds(Deed, st.integers(0, 900), st.just("handle"), st.sampled_from(["Mill Lane", "no"]))
)


@given(DEEDS, st.integers(0, 900))
def test_what_is_done_in_time_is_what_the_score_calls_met(deeds: list[Deed], now: int) -> None:
    past = [each for each in deeds if each.at <= now]
    (shown,) = goals_now(HANDLE, past, {"rain": 60}, now)
    (measured,) = score(HANDLE, past, {"rain": 60})
    assert (shown.progress is Progress.DONE) == measured.met
    assert (shown.progress in DONE) == (measured.took is not None)
    assert (shown.progress is Progress.OVERDUE) == (measured.took is None and now > 360)


@given(DEEDS, st.integers(0, 900), st.integers(0, 900))
def test_a_goal_once_done_stays_as_it_was_done(deeds: list[Deed], one: int, other: int) -> None:
    now, later = sorted((one, other))
    before, after = (
        goals_now(HANDLE, [each for each in deeds if each.at <= moment], {"rain": 60}, moment)[0]
        for moment in (now, later)
    )
    if before.progress in DONE:
        assert after == before


def test_before_its_inject_nobody_asks_for_it() -> None:
    (shown,) = goals_now(HANDLE, [Deed(0, "handle", "Mill Lane")], {}, 30)
    assert (shown.progress, shown.due, shown.done) == (Progress.NOT_YET, None, None)


def test_what_an_inject_waits_for_is_said_in_words() -> None:
    thanks = Inject("thanks", 2, Method.MASTODON, "jo", "Thanks", on="g", unless="g")
    assert waits_for(HANDLE, thanks) == "waits until “Do it” is done"
    assert depends_on(HANDLE, thanks) == "not if “Do it” was done"
    assert waits_for(HANDLE, Inject("x", 2, Method.MASTODON, "jo", "Hm", after="rain")) == (
        "waits for rain"
    )
