"""Short public references and keys that networks accept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.references import REFERENCE_ALPHABET, delivery_key, marker, reference, tid


@given(st.integers(0, 2**64))
def test_references_hold_no_letter_that_can_be_misheard(number: int) -> None:
    made = reference(number)
    assert len(made) == 4
    assert set(made) <= set(REFERENCE_ALPHABET)
    assert not set(made) & set("0O1ILU")


def test_references_differ_until_all_are_used() -> None:
    size = len(REFERENCE_ALPHABET) ** 2
    assert len({reference(number, 2) for number in range(size)}) == size
    assert reference(size, 2) == reference(0, 2)


def test_marker() -> None:
    assert marker("K7Q3", 2) == "Ref K7Q3-2"


def test_tid_of_known_moments() -> None:
    assert tid(0, 0) == "2222222222222"
    assert tid(0, 1) == "2222222222223"
    assert tid(1, 0) == "2222222222322"
    assert tid(2**53 - 1, 1023) == "bzzzzzzzzzzzz"


@given(st.integers(0, 2**53 - 1), st.integers(0, 2**60))
def test_tid_has_the_form_the_protocol_wants(moment: int, clock_id: int) -> None:
    made = tid(moment, clock_id)
    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", made)
    number = 0
    for letter in made:
        number = number << 5 | "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    assert (number >> 10, number & 1023) == (moment, clock_id & 1023)


@given(st.integers(0, 2**53 - 2), st.integers(0, 1023), st.integers(0, 1023))
def test_later_keys_sort_after_earlier_ones(moment: int, one: int, other: int) -> None:
    assert tid(moment, one) < tid(moment + 1, other)


@pytest.mark.parametrize("kind", ["mastodon", "email", "cap"])
@given(st.integers(0, 2**60), st.integers(0, 2**80))
def test_other_keys_hold_letters_digits_and_hyphens(kind: str, moment: int, chance: int) -> None:
    assert re.fullmatch(r"cd-[0-9a-f]+-[0-9a-f]{12}", delivery_key(kind, moment, chance))


def test_bluesky_gets_a_record_key() -> None:
    assert delivery_key("bluesky", 5, 7) == tid(5, 7)


def test_keys_of_one_moment_differ_by_chance() -> None:
    for kind in ("mastodon", "bluesky"):
        assert len({delivery_key(kind, 1, chance) for chance in range(1000)}) == 1000
