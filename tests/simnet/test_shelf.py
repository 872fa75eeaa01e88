"""Old posts lie packed, and nobody who asks for them can tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.simnet import shelf
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.simnet.shelf import Shelf
from tests.simnet.conftest import HandClock
from tests.simnet.wsgi_client import call

WORDS = ("@council is it safe? #flood", "@council.example help", "wet feet", "Grün – #flood #roads")
Told = tuple[str, int, int]
"""Who or what, which words, and how far back the post is that is answered or deleted."""

story = st.lists(
    st.tuples(
        st.sampled_from(["ann.example", "bob.example", "we", "delete", "join"]),
        st.integers(0, len(WORDS) - 1),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=30,
)


@contextmanager
def keeping(whole: int, block: int) -> Iterator[None]:
    """So many posts stay whole, and so many lie together."""
    before = shelf.WHOLE, shelf.BLOCK
    shelf.WHOLE, shelf.BLOCK = whole, block
    try:
        yield
    finally:
        shelf.WHOLE, shelf.BLOCK = before


def told_mastodon(told: list[Told]) -> MastodonSim:
    clock = HandClock()
    sim = MastodonSim("social.example", clock)
    sim.add_account("council", token="token-1")
    for who, words, back in told:
        clock.go_on(seconds=7)
        standing = [each.id for each in sim.statuses if not each.deleted]
        answered = standing[-back] if 0 < back <= len(standing) else None
        own = [each.id for each in sim.statuses if each.author == "council" and not each.deleted]
        if who == "delete":
            for each in own[:1]:
                call(sim, f"DELETE /api/v1/statuses/{each}", token="token-1")
        elif who == "join":
            sim.add_account("ann", token="token-2")
        elif who == "we":
            form = {"status": WORDS[words], "in_reply_to_id": answered or ""}
            call(sim, "POST /api/v1/statuses", form=form, token="token-1")
        else:
            sim.post(who.partition(".")[0], WORDS[words], answered, clock() - timedelta(seconds=3))
    return sim


def told_bluesky(told: list[Told]) -> BlueskySim:
    clock = HandClock()
    sim = BlueskySim("pds.example", clock)
    sim.add_account("council.example", password="pass")
    for who, words, back in told:
        clock.go_on(seconds=7)
        standing = [each.uri for each in sim.records if not each.deleted]
        answered = standing[-back] if 0 < back <= len(standing) else None
        if who == "delete":
            did = sim.add_account("council.example", password="pass").did
            for each in [uri for uri in standing if did in uri][:1]:
                sim._records.delete(each)
        elif who == "join":
            sim.add_account("ann.example", password="mine")
        else:
            name = "council.example" if who == "we" else who
            sim.post(name, WORDS[words], answered, clock() - timedelta(seconds=3))
    return sim


def heard_of_mastodon(sim: MastodonSim) -> list[Any]:
    """All that a client can ask for: every listing both ways, and every post with its thread."""
    found: list[Any] = []
    for path in ("notifications", "timelines/tag/flood", "accounts/1/statuses"):
        for name, place, start in (("min_id", 0, "0"), ("max_id", -1, "9" * 18)):
            line, query = f"GET /api/v1/{path}", {"limit": "2", name: start}
            while page := call(sim, line, query, token="token-1").json():
                found.append(page)
                query[name] = page[place]["id"]
    for status in list(sim.statuses):
        for what in ("", "/context"):
            reply = call(sim, f"GET /api/v1/statuses/{status.id}{what}", token="token-1")
            found.append((reply.status, reply.json()))
    return [*found, [(each.id, each.text, each.deleted) for each in sim.statuses]]


def heard_of_bluesky(sim: BlueskySim) -> list[Any]:
    login = {"identifier": "council.example", "password": "pass"}
    session = call(sim, "POST /xrpc/com.atproto.server.createSession", json=login).json()
    token = session["accessJwt"]
    found: list[Any] = []
    for method in ("app.bsky.notification.listNotifications", "app.bsky.feed.searchPosts"):
        query = {"limit": "2", "q": "flood"}
        while page := call(sim, f"GET /xrpc/{method}", query, token=token).json():
            found.append(page)
            if "cursor" not in page:
                break
            query["cursor"] = page["cursor"]
    posts = "GET /xrpc/app.bsky.feed.getPosts"
    found += [call(sim, posts, {"uris": each.uri}, token=token).json() for each in sim.records]
    repo = {"repo": session["did"], "collection": "app.bsky.feed.post"}
    found.append(call(sim, "GET /xrpc/com.atproto.repo.listRecords", repo, token=token).json())
    return [*found, [(each.uri, each.value, each.cid, each.deleted) for each in sim.records]]


@settings(max_examples=40)
@given(story)
def test_mastodon_answers_as_if_nothing_lay_packed(told: list[Told]) -> None:
    with keeping(10**6, 64):
        wanted = heard_of_mastodon(told_mastodon(told))
    with keeping(1, 2):
        assert heard_of_mastodon(told_mastodon(told)) == wanted


@settings(max_examples=40)
@given(story)
def test_bluesky_answers_as_if_nothing_lay_packed(told: list[Told]) -> None:
    with keeping(10**6, 64):
        wanted = heard_of_bluesky(told_bluesky(told))
    with keeping(1, 2):
        assert heard_of_bluesky(told_bluesky(told)) == wanted


def test_of_a_long_night_only_the_newest_and_our_own_are_whole() -> None:
    ours: list[Told] = [("we", 2, 0)]
    mastodon, bluesky = told_mastodon(ours), told_bluesky(ours)
    for number in range(1500):
        mastodon.post("ann", WORDS[number % 4])
        bluesky.post("ann.example", WORDS[number % 4])
    most = shelf.WHOLE + shelf.BLOCK + 1
    for kept in (mastodon._records.statuses, bluesky._records.all):
        assert len(kept) == 1501
        assert sum(kept.whole(each) is not None for each in range(len(kept))) <= most
        assert kept.whole(0) is not None
    assert len(bluesky._records._live) == 1


def test_it_is_a_sequence_to_whoever_reads_it() -> None:
    with keeping(2, 2):
        kept: Shelf[str] = Shelf(lambda each: (each,), lambda _, row: str(row[0]))
        for each in "abcdefg":
            kept.append(each)
        assert kept.whole(0) is None
        assert (kept[0], kept[-1], kept[1:3], kept[::-3]) == ("a", "g", ["b", "c"], ["g", "d", "a"])
        assert (list(kept), list(reversed(kept))) == (list("abcdefg"), list("gfedcba"))
        assert kept == list("abcdefg")
        assert kept != list("abcdef")
        kept.hold(0, "A")
        assert kept[0] == "A"
        for out in (7, -8):
            with pytest.raises(IndexError):
                kept[out]
