"""One normal form of public texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.normal import SHORTEST_FINGERPRINT, fingerprint, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "  "),
        ("We CAN'T get out!!", " we cant get out "),
        ("We can’t get out", " we cant get out "),
        ("see https://a.example/x?y=1 now", " see now "),
        ("www.a.example\nhelp", " help "),
        ("a_b-c", " a b c "),
        ("ＨＥＬＰ ﬁre ①", " help fire 1 "),
        ("Straße ÖL", " straße öl "),
        ("SOS 🆘 help", " sos help "),
        ("#weirbridge @ann", " weirbridge ann "),
    ],
)
def test_words_of(text: str, words: str) -> None:
    assert words_of(text) == words


@given(st.text())
def test_words_are_single_lower_and_parted_by_one_space(text: str) -> None:
    words = words_of(text)
    assert (words[0], words[-1]) == (" ", " ")
    assert "  " not in words.strip()
    assert "_" not in words
    assert "'" not in words


@given(st.text(alphabet="abc d!'.,-\n_AB"))
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert words_of(words_of(text)) == words_of(text)


@pytest.mark.parametrize(
    "other",
    [
        "RT @ann: The weir bridge is closed today",
        "rt @ann the weir bridge is closed today",
        "the WEIR bridge is closed, today!",
        "@bob The weir bridge is closed today https://t.example/1",
        "The weir bridge is closed today @council",
    ],
)
def test_reposts_and_people_do_not_change_the_fingerprint(other: str) -> None:
    assert fingerprint(other) == fingerprint("The weir bridge is closed today")
    assert fingerprint(other, words_of(other)) == fingerprint(other)


def test_other_words_have_another_fingerprint() -> None:
    assert fingerprint("The weir bridge is closed") != fingerprint("The weir bridge is open!")
    assert len(fingerprint("The weir bridge is closed")) == 8


def test_short_texts_have_none() -> None:
    assert fingerprint("a" * (SHORTEST_FINGERPRINT - 3)) == b""
    assert fingerprint("a" * (SHORTEST_FINGERPRINT - 2)) != b""
    assert fingerprint("https://a.example/" + "x" * 100) == b""
