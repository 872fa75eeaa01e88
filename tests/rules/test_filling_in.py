"""What is wrong with an account's fields, said beside each before any network is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.account import AccountKind
from crisisdesk.rules.filling_in import field_problems
from crisisdesk.sources.registry import SOURCE_KINDS

KINDS = {kind: channel.about for kind, channel in CHANNELS.items()} | SOURCE_KINDS
GOOD = {
    "mastodon": {"server": "social.example", "token": "abc"},
    "bluesky": {"handle": "council.bsky.social", "password": "abcd-efgh"},
    "email": {"host": "smtp.example", "sender": "a@council.example", "recipients": "b@c.example"},
    "cap": {"folder": "/var/www/alerts", "base_url": "https://council.example/alerts"},
    "feed": {"url": "https://example.org/feed.atom"},
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_filled_in_well_has_no_problem(kind: str) -> None:
    assert field_problems(KINDS[kind], GOOD[kind]) == {}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_required_field_that_is_empty_is_named(kind: str) -> None:
    about = KINDS[kind]
    needed = {each.name for each in about.fields if each.required and not each.default}
    found = field_problems(about, {})
    assert set(found) == needed
    assert all(words.endswith("is empty.") for words in found.values())


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("mastodon", "server", "our server"),
        ("mastodon", "server", "ftp://social.example"),
        ("mastodon", "server", "https://"),
        ("bluesky", "handle", "council"),
        ("bluesky", "handle", "@council.example"),
        ("bluesky", "handle", "council of riverside.example"),
        ("email", "port", "none"),
        ("email", "port", "99999"),
        ("email", "port", "٥٨٧"),
        ("email", "sender", "alerts"),
        ("email", "recipients", "the newsroom"),
        ("cap", "folder", "alerts"),
        ("cap", "base_url", "council example"),
        ("feed", "url", "gopher://example.org"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field(kind: str, field: str, value: str) -> None:
    found = field_problems(KINDS[kind], GOOD[kind] | {field: value})
    assert list(found) == [field]


@pytest.mark.parametrize("folder", ["~/alerts", "C:\\alerts", "/srv/alerts", "\\\\server\\alerts"])
def test_whole_paths_of_any_system_are_taken(folder: str) -> None:
    assert field_problems(KINDS["cap"], GOOD["cap"] | {"folder": folder}) == {}


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.text(max_size=12), st.text(max_size=30)))
def test_whatever_is_typed_gets_an_answer(kind: str, typed: dict[str, str]) -> None:
    about: AccountKind = KINDS[kind]
    names = [each.name for each in about.fields]
    values = dict(zip(names, typed.values(), strict=False))
    assert set(field_problems(about, values)) <= set(names)
