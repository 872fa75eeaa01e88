"""Sentences from phrases: gaps, numbers, weights; voices; times of day in words."""

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.exercise.clock_words import clock_words, is_night, part_of_day
from crisisdesk.rules.exercise.phrases import read_phrases
from crisisdesk.rules.exercise.sentences import Sentences
from crisisdesk.rules.exercise.voices import Voice, spoken, voice_of
from tests.rules.public_town import public, town

CHANCES = st.integers(0, 2**32).map(Random)
TEXTS = st.lists(
    st.sampled_from(
        ["The", "water", "is", "rising", "in", "#RiversideFlood", "@riverside", "Weir", "Street."]
    ),
    min_size=1,
).map(" ".join)


def written(book: dict[str, tuple[str, ...]], times: int = 1, **given_words: str) -> list[str]:
    sentences = Sentences(book, Random(5))
    return [sentences.write("line", given_words) for _ in range(times)]


def test_gaps_stand_within_gaps() -> None:
    book = {"line": ("look at {it}",), "it": ("the {wet} road",), "wet": ("flooded",)}
    assert written(book) == ["Look at the flooded road"]


def test_what_the_speaker_gives_comes_before_the_book() -> None:
    assert written({"line": ("it is {time}",), "time": ("noon",)}, time="2.15") == ["It is 2.15"]


def test_a_number_lies_between_its_ends_whichever_stands_first() -> None:
    said = written({"line": ("{9-2} pumps",)}, 300)
    assert {int(each.split()[0]) for each in said} == set(range(2, 10))


def test_alternatives_may_be_empty() -> None:
    assert set(written({"line": ("{|very }wet",)}, 50)) == {"Wet", "Very wet"}


def test_a_weight_is_how_often_a_line_comes() -> None:
    said = Counter(written({"line": ("x3 often", "rarely")}, 400))
    assert said == {"Often": 300, "Rarely": 100}


@given(st.integers(1, 40), st.integers(1, 5))
def test_no_line_comes_again_before_all_others_have_come(lines: int, rounds: int) -> None:
    said = written({"line": tuple(f"L{number}" for number in range(lines))}, lines * rounds)
    for start in range(0, len(said), lines):
        assert len(set(said[start : start + lines])) == lines


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("is it true ?", "Is it true?"),
        ("what now?, please", "What now? Please"),
        ("no idea . who knows", "No idea. Who knows"),
        ("well ... maybe", "Well... maybe"),
        ("a  b", "A b"),
        ("at 2.15 today", "At 2.15 today"),
    ],
)
def test_stops_and_spaces_are_put_right(raw: str, tidy: str) -> None:
    assert written({"line": (raw,)}) == [tidy]


def test_a_gap_that_leads_back_to_itself_is_refused() -> None:
    with pytest.raises(BadInput, match="leads back to itself"):
        Sentences({"line": ("{a}",), "a": ("{b}",), "b": ("{a}",)}, Random(1))


@pytest.mark.parametrize("lists", [{"x": "no list"}, {"x": [1]}, {"about": "flood"}])
def test_a_file_that_holds_no_lists_is_refused_with_its_name(lists: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=r"flood\.toml"):
        read_phrases(lists, "flood.toml")


# ---- Voices -----------------------------------------------------------------------------------


@given(TEXTS, CHANCES, st.sampled_from(["resident", "troll", "journalist"]))
def test_no_voice_spoils_an_account_or_loses_a_word(text: str, chance: Random, kind: str) -> None:
    voice = voice_of(kind, chance)
    said = spoken(text, voice, "", chance)
    assert len(said.split()) >= len(text.split())
    assert said.lower().count("@riverside") == text.count("@riverside")
    assert said.lower().count("#riversideflood") == text.count("#RiversideFlood")


def test_a_voice_always_writes_alike() -> None:
    plain, lower = Voice(), Voice(lower=True, stop="")
    assert spoken("Stay safe. It's wet.", plain, "", Random(1)) == "Stay safe. It's wet."
    assert spoken("Stay safe. It's wet.", lower, "", Random(1)) == "stay safe. it's wet"
    assert spoken("Stay safe.", Voice(stop="!"), "", Random(1)) == "Stay safe!"
    assert spoken("Thank you.", Voice(short=True), "🙏", Random(1)) == "Thank u."


def test_people_at_work_write_without_slips() -> None:
    assert {voice_of("journalist", Random(seed)) for seed in range(50)} == {Voice()}


# ---- Times --------------------------------------------------------------------------------------


@given(st.tuples(st.integers(0, 23), st.integers(0, 59)), st.integers(0, 90_000), CHANCES)
def test_a_time_in_words_lies_just_before(starts: tuple[int, int], at: int, chance: Random) -> None:
    words = clock_words(starts, at, chance)
    assert re.search(r"\d", words)
    found = re.fullmatch(r"(\d\d):(\d\d)", words)
    if found:
        ago = (starts[0] * 60 + starts[1] + at // 60 - int(found[1]) * 60 - int(found[2])) % 1440
        assert 0 < ago < 25 or ago % 720 < 25, "on the clock's other half at most"


@pytest.mark.parametrize(
    ("hour", "part", "night"),
    [
        (2, "tonight", True),
        (6, "this morning", False),
        (13, "this afternoon", False),
        (19, "this evening", False),
        (23, "tonight", True),
    ],
)
def test_parts_of_the_day(hour: int, part: str, night: bool) -> None:
    assert (part_of_day((hour, 0), 0), is_night((hour, 0), 0)) == (part, night)


# ---- The words that come with the program -------------------------------------------------------


def test_what_is_said_reads_as_written_by_people() -> None:
    said = public(town(3000, 2)).step(7200, [], {each.id: each.at for each in town().injects}, {})
    for each in said:
        assert "{" not in each.text
        assert "  " not in each.text
        assert not re.search(r"\b(\w{3,}) \1\b", each.text.lower()), each.text
        assert not re.search(r"[,;] ?[.!?]|\.\.\.\.|[?!]\.", each.text), each.text
