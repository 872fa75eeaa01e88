"""A rumour's curve: what silence, an early answer and a far-reaching one do to it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.exercise import Method, Persona
from crisisdesk.rules.exercise.hearing import Answer
from crisisdesk.rules.exercise.rumours import Spread
from tests.rules.public_town import PERSONAS, RUMOUR

STEP = 15
END = 4 * 3600
PEOPLE = st.builds(
    Persona,
    handle=st.just("somebody"),
    method=st.just(Method.MASTODON),
    name=st.just("Somebody"),
    followers=st.integers(0, 3_000_000),
    kind=st.sampled_from(["resident", "troll", "celebrity", "journalist", "partner"]),
)
CROWDS = st.lists(PEOPLE, max_size=8)
RUMOURS = st.builds(
    lambda reach, doubles: RUMOUR.__class__("r", "", "", "", "high", reach, doubles, ("x",)),
    st.integers(1, 5_000),
    st.integers(30, 3600),
)


def curve(rumour=RUMOUR, personas=PERSONAS, answered=None, reaching=10_000):  # type: ignore[no-untyped-def]
    spread = Spread(rumour, personas)
    for now in range(STEP, END, STEP):
        answer = Answer(answered, reaching) if answered is not None and answered <= now else None
        spread.step(now, STEP, answer)
    return spread


def people(spread: Spread) -> list[int]:
    return [count for _, count in spread.curve.samples]


@given(RUMOURS, CROWDS)
def test_silence_never_makes_it_smaller(rumour, personas) -> None:  # type: ignore[no-untyped-def]
    spread = curve(rumour, personas)
    assert all(before <= after for before, after in pairwise(people(spread)))
    assert people(spread)[-1] <= spread.reachable


@given(RUMOURS, CROWDS, st.integers(0, END), st.integers(0, END))
def test_an_earlier_answer_never_ends_with_a_higher_peak(rumour, personas, one, other) -> None:  # type: ignore[no-untyped-def]
    early, late = sorted((one, other))
    first, second = (curve(rumour, personas, at) for at in (early, late))
    assert first.curve.peak <= second.curve.peak
    assert first.people <= second.people + 1e-6, "nor is more of it left at the end"


@given(RUMOURS, CROWDS, st.integers(0, END), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_wider_reaching_correction_never_does_worse(rumour, personas, at, one, other) -> None:  # type: ignore[no-untyped-def]
    narrow, wide = sorted((one, other))
    less, more = (curve(rumour, personas, at, reaching) for reaching in (narrow, wide))
    assert all(low <= high for low, high in zip(people(more), people(less), strict=True))


@given(RUMOURS, CROWDS, st.integers(0, END))
def test_an_answer_caps_it_at_what_it_was(rumour, personas, at) -> None:  # type: ignore[no-untyped-def]
    spread = curve(rumour, personas, at)
    counts = people(spread)
    peak = counts.index(max(counts))
    assert all(before >= after for before, after in pairwise(counts[peak:]))
    assert spread.curve.answered_at in (None, at)


def test_it_doubles_in_the_time_given_while_it_is_small() -> None:
    spread = Spread(RUMOUR, [Persona("a", Method.MASTODON, "A", 10_000_000, "resident")])
    for now in range(STEP, RUMOUR.doubles + STEP, STEP):
        spread.step(now, STEP, None)
    assert round(spread.people) == 2 * RUMOUR.reach


def test_a_celebrity_who_repeats_it_outweighs_us() -> None:
    star = Persona("star", Method.MASTODON, "Star", 2_000_000, "celebrity")
    alone, loud = curve(personas=[]), curve(personas=[star])
    assert loud.curve.peak > 3 * alone.curve.peak
    answered, hindered = curve(personas=[], answered=1500), curve(personas=[star], answered=1500)
    assert hindered.people / hindered.curve.peak > answered.people / answered.curve.peak


def test_an_answer_that_reaches_nobody_changes_nothing() -> None:
    assert people(curve(answered=600, reaching=0)) == people(curve())


@given(st.floats(0, 5000), st.floats(0.1, 5000))
def test_posts_never_go_above_what_a_crowd_can_say(grew: float, most: float) -> None:
    spread = Spread(RUMOUR, ())
    spread.people, spread.grew = grew * 10, grew
    assert 0 <= spread.per_hour(STEP, most) <= most
