"""What becomes of a network's posts, good and bad ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.account import Account
from crisisdesk.model.errors import NetworkError
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.faults import Fault
from crisisdesk.sources.base import listed, web_address
from crisisdesk.sources.bluesky import post_item
from crisisdesk.sources.mastodon import status_item
from crisisdesk.sources.registry import make_sources
from tests.loopback import serve
from tests.sources.conftest import Listening

JSON = {"Content-Type": "application/json"}
NOTIFICATIONS = "GET /xrpc/app.bsky.notification.listNotifications"


def test_mastodon_post_as_an_item(listening: Listening) -> None:
    listening.mastodon.add_account("ann", display_name="Ann")
    status = listening.mastodon.post("ann", "@council Dŵr <b>5 ft</b>\nhttps://a.example.org/x")
    source = listening.sources("mastodon")[0]
    listening.visit(source)
    (item,) = listening.stored[source.id]
    assert item.text == "@council Dŵr <b>5 ft</b>\nhttps://a.example.org/x"
    assert (item.source, item.author, item.author_name) == ("mastodon", "ann", "Ann")
    assert item.ext_id == f"https://social.example/users/ann/statuses/{status.id}"
    assert item.url == f"https://social.example/@ann/{status.id}"
    assert item.posted_at == int(status.created_at.timestamp() * 1000)


def test_bluesky_post_as_an_item(listening: Listening) -> None:
    listening.bluesky.add_account("ann.example", display_name="Ann")
    record = listening.bluesky.post("ann.example", "@council.example dŵr 🌊")
    source = listening.sources("bluesky")[0]
    listening.visit(source)
    (item,) = listening.stored[source.id]
    assert (item.text, item.author, item.author_name) == (
        "@council.example dŵr 🌊", "ann.example", "Ann",
    )  # fmt: skip
    assert item.ext_id == record.uri
    assert item.url == f"https://bsky.app/profile/ann.example/post/{record.rkey}"


def test_own_posts_are_passed_over_in_searches(listening: Listening) -> None:
    listening.bluesky.post("council.example", "flood warning")
    listening.bluesky.post("ann.example", "flood here")
    source = listening.sources("bluesky", search="flood")[1]
    listening.visit(source)
    assert listening.texts(source) == ["flood here"]


def test_one_account_brings_its_streams(listening: Listening) -> None:
    mastodon = listening.sources("mastodon", hashtags="flood, #Riverside,,")
    assert [each.id for each in mastodon] == [
        "mastodon/mentions",
        "mastodon/tag/flood",
        "mastodon/tag/Riverside",
    ]
    bluesky = listening.sources("bluesky", search="a b, c")
    assert [each.id for each in bluesky] == [
        "bluesky/mentions",
        "bluesky/search/a b",
        "bluesky/search/c",
    ]
    assert [each.id for each in listening.sources("feed")] == ["feed/feed"]
    assert make_sources(Account("m", "email", "Mail"), {}, listening.net, listening.now) == []
    assert listed(" a ,, b") == ["a", "b"]


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_refused_credentials_are_told(listening: Listening, kind: str) -> None:
    listening.mastodon.add_account("council", token="other")
    listening.bluesky.add_account("council.example", password="other")
    source = listening.sources(kind)[0]
    with pytest.raises(NetworkError, match=r"[Ii]nvalid"):
        source.fetch("")


@pytest.mark.parametrize("body", ["null", "{}", "[1]",
    '[{"type": "mention", "status": {"id": ""}}]',
    '[{"type": "mention", "status": {"id": "1", "created_at": "soon"}}]',
    '[{"type": "mention", "status": {"id": "1", "account": "x", "created_at": "2026-08-20"}}]',
    '{"error": "x"}', "[", ""])  # fmt: skip
def test_bad_mastodon_answers(listening: Listening, body: str) -> None:
    listening.mastodon.faults.add(Fault("status", status=200, body=body, headers=JSON))
    with pytest.raises(NetworkError):
        listening.sources("mastodon")[0].fetch("")


@pytest.mark.parametrize("body", ["null", "[]", "{}", '{"notifications": {}}',
    '{"notifications": [1]}', '{"notifications": [{"reason": "reply"}]}',
    '{"notifications": [{"reason": "reply", "uri": "a", "author": "x", "indexedAt": "2026"}]}',
    '{"notifications": [{"reason": "reply", "uri": "a", "record": [1], "indexedAt": "x"}]}',
    "[", ""])  # fmt: skip
def test_bad_bluesky_answers(listening: Listening, body: str) -> None:
    fault = Fault("status", NOTIFICATIONS, status=200, body=body, headers=JSON)
    listening.bluesky.faults.add(fault)
    with pytest.raises(NetworkError):
        listening.sources("bluesky")[0].fetch("")


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
FIELDS = ["id", "uri", "url", "content", "created_at", "account", "author", "record", "indexedAt"]
GOOD: dict[str, Any] = {
    "id": "1",
    "uri": "at://x/y/z",
    "created_at": "2026-08-20T09:00:00Z",
    "content": "x",
    "indexedAt": "2026-08-20T09:00:00Z",
    "account": {"acct": "a"},
    "author": {"handle": "a"},
    "record": {"text": "x", "createdAt": "2026-08-20T09:00:00Z"},
}


@given(st.dictionaries(st.sampled_from(FIELDS), NESTED))
def test_damaged_posts_become_items_or_network_errors(damage: dict[str, Any]) -> None:
    for read in (status_item, post_item):
        try:
            item = read({**GOOD, **damage})
        except NetworkError:
            continue
        assert isinstance(item.text, str)
        assert isinstance(item.posted_at, int)
        assert item.ext_id


@pytest.mark.parametrize(
    "created", ["", "soon", "2026-08-20T09:00:60Z", "99999-01-01T00:00:00Z", None, 5, {}]
)
def test_an_author_cannot_stop_the_stream_with_a_false_time(created: object) -> None:
    record = {"text": "x", "createdAt": created}
    assert post_item({**GOOD, "record": record}).posted_at == 1_787_216_400_000


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example.org/x?y#z", "https://a.example.org/x?y#z"),
        ("HTTP://a.example.org", "http://a.example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("http://[bad", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_only_web_addresses_are_kept(url: object, kept: str) -> None:
    assert web_address(url) == kept
    assert status_item({**GOOD, "url": url}).url == kept


def test_over_a_real_socket(listening: Listening) -> None:
    with serve(listening.mastodon) as social, serve(listening.bluesky) as pds:
        live = Net(Mode.LIVE)
        for kind, server in (("mastodon", social), ("bluesky", pds)):
            source = listening.sources(kind, live, server=server)[0]
            listening.visit(source)
            for number in range(120):
                listening.mastodon.post("ann", f"@council {number}")
                listening.bluesky.post("ann.example", f"@council.example {number}")
            listening.visit(source)
            numbers = {int(text.split()[1]) for text in listening.texts(source)}
            assert numbers == set(range(120))
            source.close()
