"""The simulated Bluesky network answers as the lexicons and the reference server do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.bluesky_lexicon import POST, tid
from tests.simnet.conftest import HandClock
from tests.simnet.wsgi_client import Reply, call

RKEY = "3lxtestaaaa2k"
LOGIN = {"identifier": "council.example", "password": "app-pass"}


def get(sim: BlueskySim, nsid: str, token: str | None = None, **query: object) -> Reply:
    return call(sim, f"GET /xrpc/{nsid}", query, token=token)


def do(sim: BlueskySim, nsid: str, token: str | None = None, **fields: object) -> Reply:
    return call(sim, f"POST /xrpc/{nsid}", json=fields, token=token)


def log_in(sim: BlueskySim) -> dict[str, Any]:
    session: dict[str, Any] = do(sim, "com.atproto.server.createSession", **LOGIN).json()
    return session


def record(text: str = "Boil water", **more: object) -> dict[str, object]:
    return {"$type": POST, "text": text, "createdAt": "2026-08-20T09:00:00.000Z", **more}


def put(sim: BlueskySim, value: dict[str, object], rkey: str = RKEY, **more: object) -> Reply:
    session = log_in(sim)
    where = {"repo": session["did"], "collection": POST, "rkey": rkey}
    nsid = "com.atproto.repo.putRecord"
    return do(sim, nsid, session["accessJwt"], **where, record=value, **more)


def test_logging_in_tells_who_and_where(bluesky: BlueskySim) -> None:
    session = log_in(bluesky)
    assert session["handle"] == "council.example"
    assert session["did"].startswith("did:plc:")
    assert session["didDoc"]["service"][0]["serviceEndpoint"] == "https://pds.example"
    assert get(bluesky, "com.atproto.server.describeServer").json()["did"] == "did:web:pds.example"


def test_a_wrong_password_is_refused(bluesky: BlueskySim) -> None:
    bluesky.add_account("ann.example")
    for identifier in ("council.example", "ann.example", "nobody.example"):
        fields = {"identifier": identifier, "password": ""}
        reply = do(bluesky, "com.atproto.server.createSession", **fields)
        assert (reply.status, reply.json()["error"]) == (401, "AuthenticationRequired")


def test_tokens_expire_and_can_be_refreshed(bluesky: BlueskySim, clock: HandClock) -> None:
    nsid = "app.bsky.notification.listNotifications"
    session = log_in(bluesky)
    assert get(bluesky, nsid, session["accessJwt"]).status == 200
    bluesky.expire_tokens()
    expired = get(bluesky, nsid, session["accessJwt"])
    assert (expired.status, expired.json()["error"]) == (400, "ExpiredToken")
    fresh = call(
        bluesky, "POST /xrpc/com.atproto.server.refreshSession", token=session["refreshJwt"]
    ).json()
    assert get(bluesky, nsid, fresh["accessJwt"]).status == 200
    clock.go_on(minutes=120)
    assert get(bluesky, nsid, fresh["accessJwt"]).json()["error"] == "ExpiredToken"
    bluesky.expire_tokens(refresh=True)
    refused = call(
        bluesky, "POST /xrpc/com.atproto.server.refreshSession", token=fresh["refreshJwt"]
    )
    assert (refused.status, refused.json()["error"]) == (400, "ExpiredToken")


def test_missing_and_strange_tokens_are_told_apart(bluesky: BlueskySim) -> None:
    nsid = "app.bsky.feed.searchPosts"
    missing, strange = get(bluesky, nsid, q="x"), get(bluesky, nsid, "abc", q="x")
    assert (missing.status, missing.json()["error"]) == (401, "AuthMissing")
    assert (strange.status, strange.json()["error"]) == (400, "InvalidToken")
    refresh = log_in(bluesky)["refreshJwt"]
    assert get(bluesky, nsid, refresh, q="x").json()["error"] == "InvalidToken"


def test_handles_resolve(bluesky: BlueskySim) -> None:
    nsid = "com.atproto.identity.resolveHandle"
    assert get(bluesky, nsid, handle="council.example").json() == {"did": log_in(bluesky)["did"]}
    assert get(bluesky, nsid, handle="nobody.example").status == 400


def test_putting_the_same_record_again_changes_nothing(bluesky: BlueskySim) -> None:
    first, again = put(bluesky, record()).json(), put(bluesky, record()).json()
    assert first == again
    assert first["uri"].endswith(f"/{POST}/{RKEY}")
    assert first["cid"].startswith("bafyrei")
    assert len(first["cid"]) == 59
    assert len(bluesky.records) == 1


def test_other_content_overwrites_unless_a_swap_guards_it(bluesky: BlueskySim) -> None:
    first = put(bluesky, record()).json()
    second = put(bluesky, record("Boil it well"), swapRecord=first["cid"]).json()
    assert second["uri"] == first["uri"]
    assert second["cid"] != first["cid"]
    stale = put(bluesky, record("Too late"), swapRecord=first["cid"])
    assert (stale.status, stale.json()["error"]) == (400, "InvalidSwap")
    assert put(bluesky, record("Again"), swapRecord=None).json()["error"] == "InvalidSwap"
    assert put(bluesky, record("Third")).status == 200
    assert [each.value["text"] for each in bluesky.records] == ["Third"]


def test_records_are_read_deleted_and_then_gone(bluesky: BlueskySim) -> None:
    written = put(bluesky, record()).json()
    session = log_in(bluesky)
    where = {"repo": session["did"], "collection": POST, "rkey": RKEY}
    by_handle = where | {"repo": "council.example"}
    read = get(bluesky, "com.atproto.repo.getRecord", **by_handle).json()
    assert read == {"uri": written["uri"], "cid": written["cid"], "value": record()}
    for _ in range(2):
        gone = do(bluesky, "com.atproto.repo.deleteRecord", session["accessJwt"], **where)
        assert gone.status == 200
    missing = get(bluesky, "com.atproto.repo.getRecord", **where)
    assert (missing.status, missing.json()["error"]) == (400, "RecordNotFound")
    assert bluesky.records[0].deleted


def test_create_chooses_a_key_and_refuses_a_taken_one(bluesky: BlueskySim) -> None:
    session = log_in(bluesky)
    fields = {"repo": session["did"], "collection": POST, "record": record()}
    nsid, token = "com.atproto.repo.createRecord", session["accessJwt"]
    uris = [do(bluesky, nsid, token, **fields).json()["uri"] for _ in range(2)]
    assert uris[0] < uris[1]
    rkey = uris[0].rpartition("/")[2]
    assert do(bluesky, nsid, token, **fields, rkey=rkey).status == 500


def test_nobody_writes_to_a_foreign_repository(bluesky: BlueskySim) -> None:
    other = bluesky.add_account("ann.example")
    session = log_in(bluesky)
    fields = {"repo": other.did, "collection": POST, "rkey": RKEY, "record": record()}
    refused = do(bluesky, "com.atproto.repo.putRecord", session["accessJwt"], **fields)
    assert (refused.status, refused.json()["error"]) == (401, "AuthenticationRequired")
    assert list(bluesky.records) == []


@pytest.mark.parametrize("text", ["é" * 300, "👨‍👩‍👧‍👦" * 120, ""])
def test_texts_within_both_limits_are_taken(bluesky: BlueskySim, text: str) -> None:
    assert put(bluesky, record(text)).status == 200


@pytest.mark.parametrize(
    "value",
    [
        record("é" * 301),
        record("👨‍👩‍👧‍👦" * 121),  # 121 graphemes, 3025 bytes
        record(langs=["en", "cy", "gd", "ga"]),
        record(langs="en"),
        record(facets=[{"index": {"byteStart": 0, "byteEnd": 4}, "features": ["#link"]}]),
        record(createdAt="yesterday"),
        record(createdAt="2026-08-20T09:00:00"),
        record(reply={"root": {"uri": "at://x"}}),
        record(facets=[{"index": {"byteStart": 0, "byteEnd": 11}, "features": []}]),
        record(facets=[{"index": {"byteStart": 5, "byteEnd": 5}, "features": []}]),
        record(facets=[{"index": {"byteStart": -1, "byteEnd": 5}, "features": []}]),
        {"$type": POST, "createdAt": "2026-08-20T09:00:00.000Z"},
        {"$type": "app.bsky.feed.like", "text": "x", "createdAt": "2026-08-20T09:00:00.000Z"},
    ],
)
def test_invalid_records_are_refused(bluesky: BlueskySim, value: dict[str, object]) -> None:
    reply = put(bluesky, value)
    assert (reply.status, reply.json()["error"]) == (400, "InvalidRequest")
    assert list(bluesky.records) == []


def test_a_post_needs_a_tid_as_its_key(bluesky: BlueskySim) -> None:
    assert put(bluesky, record(), rkey="cd-2026-0001").json()["error"] == "InvalidRequest"


@given(st.lists(st.integers(0, 2**53 - 1), min_size=2, max_size=2, unique=True))
def test_tids_sort_by_time(times: list[int]) -> None:
    early, late = sorted(times)
    assert tid(early) < tid(late)
    assert len(tid(late)) == 13


def test_records_are_listed_newest_first_in_pages(bluesky: BlueskySim) -> None:
    uris = [bluesky.post("ann.example", str(number)).uri for number in range(5)]
    nsid, seen = "com.atproto.repo.listRecords", []
    query: dict[str, object] = {"repo": "ann.example", "collection": POST, "limit": 2}
    while found := get(bluesky, nsid, **query).json()["records"]:
        seen += [each["uri"] for each in found]
        query["cursor"] = found[-1]["uri"].rpartition("/")[2]
    assert seen == uris[::-1]
    oldest = get(bluesky, nsid, repo="ann.example", collection=POST, reverse="true").json()
    assert [each["uri"] for each in oldest["records"]] == uris


def test_mentions_and_replies_notify(bluesky: BlueskySim) -> None:
    own = put(bluesky, record()).json()
    named = bluesky.post("ann.example", "@council.example is it safe?")
    reply = bluesky.post("ben.example", "@council.example thanks", reply_to=own["uri"])
    below = bluesky.post("cat.example", "same here", reply_to=reply.uri)
    bluesky.post("dan.example", "hello @nobody.example")
    nsid, token = "app.bsky.notification.listNotifications", log_in(bluesky)["accessJwt"]
    found = get(bluesky, nsid, token).json()["notifications"]
    assert [(each["uri"], each["reason"]) for each in found] == [
        (below.uri, "reply"),
        (reply.uri, "reply"),
        (named.uri, "mention"),
    ]
    assert found[1]["reasonSubject"] == own["uri"]
    assert found[0]["record"]["reply"]["root"] == {"uri": own["uri"], "cid": own["cid"]}
    mentions = get(bluesky, nsid, token, reasons=["mention", "quote"]).json()["notifications"]
    assert [each["author"]["handle"] for each in mentions] == ["ann.example"]


def test_a_mention_facet_notifies_without_the_handle(bluesky: BlueskySim) -> None:
    ann = bluesky.add_account("ann.example", password="ann-pass")
    did = log_in(bluesky)["did"]
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    facet = {"index": {"byteStart": 0, "byteEnd": 4}, "features": [feature]}
    login = {"identifier": "ann.example", "password": "ann-pass"}
    token = do(bluesky, "com.atproto.server.createSession", **login).json()["accessJwt"]
    fields = {"repo": ann.did, "collection": POST, "record": record("@you hi", facets=[facet])}
    assert do(bluesky, "com.atproto.repo.createRecord", token, **fields).status == 200
    nsid = "app.bsky.notification.listNotifications"
    found = get(bluesky, nsid, log_in(bluesky)["accessJwt"]).json()["notifications"]
    assert [each["author"]["did"] for each in found] == [ann.did]


@given(total=st.integers(0, 40), size=st.integers(1, 50))
def test_paging_back_sees_each_notification_once(total: int, size: int) -> None:
    sim = BlueskySim("pds.example", HandClock())
    sim.add_account("council.example", password="app-pass")
    posted = [sim.post("ann.example", f"@council.example {n}").uri for n in range(total)]
    nsid, token = "app.bsky.notification.listNotifications", log_in(sim)["accessJwt"]
    seen: list[str] = []
    query: dict[str, object] = {"limit": size}
    while True:
        answer = get(sim, nsid, token, **query).json()
        seen += [each["uri"] for each in answer["notifications"]]
        if "cursor" not in answer:
            break
        query["cursor"] = answer["cursor"]
    assert seen == posted[::-1]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "x"}])
def test_paging_parameters_are_checked(bluesky: BlueskySim, query: dict[str, object]) -> None:
    token = log_in(bluesky)["accessJwt"]
    reply = get(bluesky, "app.bsky.notification.listNotifications", token, **query)
    assert (reply.status, reply.json()["error"]) == (400, "InvalidRequest")


def test_search_wants_every_word(bluesky: BlueskySim, clock: HandClock) -> None:
    old = bluesky.post("ann.example", "Flood in Mill Lane")
    clock.go_on(minutes=10)
    new = bluesky.post("ben.example", "mill lane FLOOD warning #alert")
    bluesky.post("cat.example", "flood elsewhere")
    nsid, token = "app.bsky.feed.searchPosts", log_in(bluesky)["accessJwt"]

    def uris(**query: object) -> list[str]:
        found = get(bluesky, nsid, token, sort="latest", **query).json()["posts"]
        return [each["uri"] for each in found]

    assert uris(q="flood mill") == [new.uri, old.uri]
    assert uris(q='"mill lane" flood', since="2026-08-20T09:05:00Z") == [new.uri]
    assert uris(q="flood mill", until="2026-08-20T09:05:00Z") == [old.uri]
    assert uris(q="#alert") == [new.uri]
    assert get(bluesky, nsid, token).json()["error"] == "InvalidRequest"


def test_posts_are_fetched_by_address(bluesky: BlueskySim) -> None:
    post = bluesky.post("ann.example", "hello")
    nsid, token = "app.bsky.feed.getPosts", log_in(bluesky)["accessJwt"]
    found = get(bluesky, nsid, token, uris=[post.uri, "at://gone"]).json()["posts"]
    assert [each["cid"] for each in found] == [post.cid]
    assert get(bluesky, nsid, token, uris=["at://gone"] * 26).status == 400


def test_public_posts_hold_to_the_rules(bluesky: BlueskySim) -> None:
    with pytest.raises(ValueError, match="300 graphemes"):
        bluesky.post("ann.example", "x" * 301)
    with pytest.raises(KeyError):
        bluesky.post("ann.example", "x", reply_to="at://gone")
    post = bluesky.post("ann.example", "x", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert post.value["createdAt"] == "2026-01-01T00:00:00.000Z"


def test_writes_report_the_points_left(bluesky: BlueskySim) -> None:
    headers = put(bluesky, record()).headers
    assert headers["ratelimit-remaining"] == "4998"
    assert headers["ratelimit-policy"] == "5000;w=3600"
    assert int(headers["ratelimit-reset"]) == datetime(2026, 8, 20, 10, tzinfo=UTC).timestamp()
    assert put(bluesky, record("more")).headers["ratelimit-remaining"] == "4996"


def test_a_broken_body_is_a_bad_request(bluesky: BlueskySim) -> None:
    reply = call(bluesky, "POST /xrpc/com.atproto.server.createSession", json=["no", "object"])
    assert (reply.status, reply.json()["error"]) == (400, "InvalidRequest")
    assert get(bluesky, "no.such.call").status == 404
