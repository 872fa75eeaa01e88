"""Facet offsets count UTF-8 bytes; each range decodes to exactly the link or tag."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.channels.facets import facets

WORDS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            *(
                "🌊",
                "👨‍👩‍👧",
                "Tŷ'r Afon",
                "llifogydd",
                "café",
                "e\u0301",
                "漢字",
                "\n",
                " ",
                "(",
                ")",
            ),
            *("https://council.example.org/a?b=c#d", "http://例え.テスト/路", "https://", "#"),
            *("#llifogydd", "#洪水", "＃flood", "#1", "#a1", "x#y", "https://a.example.org/#tag"),
        ]
    ),
)
TEXTS = st.lists(WORDS, max_size=12).map("".join) | st.lists(WORDS, max_size=12).map(" ".join)


def marked(text: str, facet: dict[str, Any]) -> str:
    index = facet["index"]
    return text.encode()[index["byteStart"] : index["byteEnd"]].decode()


@given(TEXTS)
def test_every_range_decodes_to_its_link_or_tag(text: str) -> None:
    last = 0
    for facet in facets(text):
        assert facet["index"]["byteStart"] >= last  # in order, none over another
        last = facet["index"]["byteEnd"]
        feature = facet["features"][0]
        kind = feature["$type"].rpartition("#")[2]
        assert len(facet["features"]) == 1
        if kind == "link":
            assert marked(text, facet) == feature["uri"]
            assert feature["uri"].lower().startswith(("http://", "https://"))
        else:
            assert kind == "tag"
            assert marked(text, facet)[1:] == feature["tag"]
            assert marked(text, facet)[0] in "#＃"
            assert 0 < len(feature["tag"]) <= 64
            assert not any(letter.isspace() for letter in feature["tag"])


def uris(text: str) -> list[str]:
    return [each["features"][0].get("uri", "") for each in facets(text)]


def tags(text: str) -> list[str]:
    return [each["features"][0]["tag"] for each in facets(text) if "tag" in each["features"][0]]


@given(st.text(alphabet="🌊ŷâ é漢"))
def test_a_link_is_found_behind_anything(before: str) -> None:
    text = f"{before} https://council.example.org/heol?a=1"
    (facet,) = facets(text)
    assert marked(text, facet) == "https://council.example.org/heol?a=1"
    assert facet["index"]["byteStart"] == len(f"{before} ".encode())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.example.org/x.", ["https://a.example.org/x"]),
        ("(https://a.example.org/x)", ["https://a.example.org/x"]),
        (
            "https://a.example.org/(x) and http://b.org",
            ["https://a.example.org/(x)", "http://b.org"],
        ),
        ("a.example.org javascript:alert(1) file:///etc", []),
        ("https://a.example.org/#flood", ["https://a.example.org/#flood"]),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    assert uris(text) == found
    assert tags(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#WeirBridge is closed #llifogydd.", ["WeirBridge", "llifogydd"]),
        ("(#flood) #a1", ["flood", "a1"]),
        ("no#tag # #1 #!", []),
        ("#" + "x" * 64, ["x" * 64]),
        ("#2026flood", ["2026flood"]),
    ],
)
def test_tags(text: str, found: list[str]) -> None:
    assert tags(text) == found


def test_nothing_to_mark() -> None:
    assert facets("") == facets("Weir Bridge is closed.") == []
