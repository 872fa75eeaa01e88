"""A few letters find what is meant."""

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.matching import best, searchable

NAMES = ["Road closure", "Large fire – close windows", "Broad Street: gas leak", "Fire drill"]
TEXTS = [searchable(each) for each in NAMES]
WORDS = st.lists(st.sampled_from(["road", "fire", "Öl", "close", "win", "x"]), max_size=4)


def found(typed: str, limit: int = 10) -> list[str]:
    return [NAMES[place] for place in best(TEXTS, typed, limit)[0]]


def test_nothing_typed_is_everything_in_order() -> None:
    assert found("  ") == NAMES
    assert best(TEXTS, "", 2) == ([0, 1], 4)


def test_parts_of_words_in_any_order_and_case() -> None:
    assert found("WIN fire") == ["Large fire – close windows"]
    assert found("clos") == ["Road closure", "Large fire – close windows"]
    assert found("fire gas") == []


def test_what_begins_with_the_word_comes_first() -> None:
    assert found("fire") == ["Large fire – close windows", "Fire drill"][::-1]


def test_beginnings_of_words_come_before_middles() -> None:
    assert found("roa") == ["Road closure", "Broad Street: gas leak"]
    assert found("ire dr") == ["Fire drill"]


def test_the_count_is_of_all_the_list_of_some() -> None:
    assert best([searchable("water")] * 9, "wat", 3) == ([0, 1, 2], 9)


def test_accents_and_signs_do_not_hide_anything() -> None:
    assert best([searchable("Llŷn – café?")], "cafe llyn", 5) == ([0], 1)
    assert best([searchable("Llyn cafe")], "Llŷn café", 5) == ([0], 1)
    assert best([searchable("a-b_c")], "b", 5) == ([0], 1)


@given(st.lists(WORDS.map(" ".join)), WORDS.map(" ".join), st.integers(0, 6))
def test_all_and_only_those_with_every_word(texts: list[str], typed: str, limit: int) -> None:
    forms = [searchable(each) for each in texts]
    places, number = best(forms, typed, limit)
    words = searchable(typed).split()
    holding = [place for place, form in enumerate(forms) if all(word in form for word in words)]
    assert number == len(holding)
    assert len(places) == min(limit, number) == len(set(places))
    assert set(places) <= set(holding)
