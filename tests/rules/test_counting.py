"""Lengths as the networks count them, and agreement with the simulated Mastodon's own count."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules import counting
from crisisdesk.rules.counting import CHECKS, COUNTERS, LINK, graphemes, mastodon
from crisisdesk.simnet import mastodon_text

FAMILY = "👨‍👩‍👧‍👦"


def test_the_example_of_the_mastodon_api_notes() -> None:
    assert mastodon("@ann@other.example see https://a.example/very/long") == 32


def test_the_example_of_the_bluesky_notes() -> None:
    assert (graphemes(FAMILY), len(FAMILY.encode())) == (1, 25)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301", 1),
        ("a" + "\u0301" * 50, 1),
        ("🇬🇧🇫🇷", 2),
        ("👍🏽", 1),
        ("\r\n", 1),
        ("a\r\nb", 3),
        ("한국", 2),
        ("क्षि", 1),
    ],
)
def test_graphemes_are_what_people_see(text: str, length: int) -> None:
    assert graphemes(text) == length
    assert counting.bluesky(text) == length


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("see https://a.example/x, then", "https://a.example/x"),
        ("see https://a.example/x!", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://en.a.example/wiki/Weir_(dam)", "https://en.a.example/wiki/Weir_(dam)"),
        ("(see https://a.example/Weir_(dam))", "https://a.example/Weir_(dam)"),
        ("https://a.example/x?a=1&b=2.", "https://a.example/x?a=1&b=2"),
        ("https://a.example?", "https://a.example"),
        ("https://a.example/#top.", "https://a.example/#top"),
        ("HTTPS://A.EXAMPLE/x", "HTTPS://A.EXAMPLE/x"),
        ("http://a.example:8080/x;", "http://a.example:8080/x"),
        ("“https://a.example/x”", "https://a.example/x”"),
        ("https://bücher.example/ä", "https://bücher.example/ä"),
        ("https://a.example/\u200bx", "https://a.example/"),
    ],
)
def test_a_link_ends_where_mastodon_ends_it(text: str, link: str) -> None:
    found = LINK.search(text)
    assert found is not None
    assert found.group() == link
    assert mastodon(text) == graphemes(text) - graphemes(link) + 23


@pytest.mark.parametrize(
    "text",
    [
        "www.a.example/long/path",
        "a.example",
        "https://",
        "https://localhost/x",
        "xhttp://a.example",
    ],
)
def test_what_is_no_link_counts_in_full(text: str) -> None:
    assert mastodon(text) == len(text)


def test_links_count_in_full_on_bluesky() -> None:
    link = "https://a.example/" + "x" * 100
    assert counting.bluesky(link) == len(link)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("@ann", 4),
        ("@ann@other.example", 4),
        ("Hi @ann@other.example, hi", 11),
        ("ann@other.example", 17),
        ("@ann.b@sub.other.example!", 7),
        ("https://a.example/@ann@other.example", 23),
    ],
)
def test_the_host_of_a_mention_is_free(text: str, length: int) -> None:
    assert mastodon(text) == length
    assert mastodon_text.length(text) == length


def test_a_warning_counts_in_full() -> None:
    assert mastodon("abc", "see https://a.example/very/long/path") == 3 + 36


def test_the_length_reserved_for_a_link_can_be_another() -> None:
    assert mastodon("https://a.example/very/long/path", url_length=30) == 30


words = st.text(alphabet=st.characters(categories=["L", "N", "Zs", "So", "Mn"]), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
hosts = st.from_regex(r"[a-z][a-z0-9]{1,8}(\.[a-z][a-z0-9]{1,8}){0,2}\.example", fullmatch=True)
paths = st.from_regex(r"(/[a-z0-9_-]{1,8}){0,3}/?(\?[a-z]{1,4}=[a-z0-9]{1,4})?", fullmatch=True)
links = st.builds("https://{}{}".format, hosts, paths)
mentions = st.builds("@{}@{}".format, names, hosts)
tails = st.sampled_from([" ", "\n", "\r\n", ". ", ", ", "! ", "? ", ": ", "; ", ") "])
pieces = st.one_of(
    words.map(lambda word: word + " "), st.builds("{}{}".format, links | mentions, tails)
)


@given(st.lists(pieces, max_size=8), words)
def test_agrees_with_the_simulated_server(parts: list[str], spoiler: str) -> None:
    text = " " + " ".join(parts)
    assert mastodon(text, spoiler) == mastodon_text.length(text, spoiler) - _joined(text, spoiler)


def _joined(text: str, spoiler: str) -> int:
    """The server joins both before it counts, so a mark may merge with what precedes."""
    return graphemes(spoiler + text) - graphemes(spoiler) - graphemes(text)


@given(st.text())
def test_no_text_is_too_strange_to_count(text: str) -> None:
    assert 0 <= graphemes(text) <= len(text)
    for kind, count in COUNTERS.items():
        assert count(text) >= 0
        assert CHECKS[kind](text.encode("utf-8", "ignore").decode(), None).length >= 0


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_plain_ascii_takes_the_short_way_to_the_same_count(text: str) -> None:
    assert graphemes(text) == sum(1 for _ in counting._GRAPHEME.finditer(text))


@given(st.text(alphabet=st.characters(categories=["L", "Mn"])))
def test_composed_and_decomposed_texts_are_as_long_as_seen(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert counting.plain(composed) == len(composed)
    assert graphemes(composed) <= len(text) or composed == ""


@pytest.mark.parametrize(
    ("kind", "text", "limit", "fits", "shown"),
    [
        ("mastodon", "x" * 500, None, True, "500/500"),
        ("mastodon", "x" * 501, None, False, "501/500"),
        ("mastodon", "x" * 501, 5000, True, "501/5000"),
        ("bluesky", "x" * 300, None, True, "300/300"),
        ("bluesky", "x" * 301, None, False, "301/300"),
        ("bluesky", FAMILY * 120, None, True, "120/300"),
        ("bluesky", FAMILY * 121, None, False, "3025 bytes; Bluesky takes 3000"),
        ("email", "x" * 10_000, None, True, "10000"),
        ("cap", "x" * 10_000, None, True, "10000"),
    ],
)
def test_says_what_fits_in_words(
    kind: str, text: str, limit: int | None, fits: bool, shown: str
) -> None:
    count = CHECKS[kind](text, limit)
    assert (count.fits, count.words) == (fits, shown)


def test_hostile_links_are_counted_in_time() -> None:
    started = time.perf_counter()
    for text in (
        "http://a.example/" + "(" * 20_000,
        "http://a.example/" + "(a" * 10_000,
        "http://" + "a." * 10_000,
        "http://" + "a-" * 10_000,
        "@a" * 10_000,
        "@" + "a." * 10_000 + "@",
    ):
        assert mastodon(text) > 0
    assert time.perf_counter() - started < 2.0
