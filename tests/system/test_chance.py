"""Chance: strong on a live desk, the same again in an exercise, and never the one for the other."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.chance import Chance
from crisisdesk.model.mode import Mode
from crisisdesk.system.chance import SYSTEM_CHANCE, StoryChance


def drawn(chance: Chance) -> list[object]:
    """One of each."""
    return [
        chance.id(),
        chance.token(),
        chance.bits(40),
        chance.fraction(),
        chance.choice("abcdefgh"),
        chance.raw(32),
    ]


def test_the_same_story_and_seed_draw_the_same() -> None:
    first = drawn(StoryChance(Mode.EXERCISE, "night", 7))
    assert drawn(StoryChance(Mode.EXERCISE, "night", 7)) == first
    for other in (StoryChance(Mode.EXERCISE, "night", 8), StoryChance(Mode.EXERCISE, "day", 7)):
        assert not set(map(str, drawn(other)[:4])) & set(map(str, first[:4]))


def test_a_live_desk_cannot_have_a_seed() -> None:
    with pytest.raises(ValueError, match="must not draw from a seed"):
        StoryChance(Mode.LIVE, "night", 7)
    assert not SYSTEM_CHANCE.foretold
    assert StoryChance(Mode.EXERCISE, "night", 7).foretold


def test_the_system_never_repeats_itself() -> None:
    assert len({SYSTEM_CHANCE.id() for _ in range(1000)}) == 1000


@given(st.integers(0, 2**64), st.integers(1, 80))
def test_bits_stay_in_their_bounds(seed: int, number: int) -> None:
    chance = StoryChance(Mode.EXERCISE, "night", seed)
    assert all(0 <= chance.bits(number) < 2**number for _ in range(20))
    assert all(0 <= chance.fraction() < 1 for _ in range(20))
    assert all(0 <= chance.below(number) < number for _ in range(20))


def test_every_choice_comes_up_about_as_often() -> None:
    chance = StoryChance(Mode.EXERCISE, "night", 1)
    counts = [0] * 30
    for _ in range(30_000):
        counts[chance.below(30)] += 1
    assert all(800 < each < 1200 for each in counts)


def test_ids_are_random_uuids() -> None:
    for chance in (SYSTEM_CHANCE, StoryChance(Mode.EXERCISE, "night", 1)):
        made = UUID(chance.id())
        assert (made.version, made.variant) == (4, "specified in RFC 4122")
