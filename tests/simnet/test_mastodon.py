"""The simulated Mastodon server answers as the API reference says."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.simnet import mastodon_text
from crisisdesk.simnet.mastodon import MastodonSim
from tests.simnet.conftest import HandClock
from tests.simnet.wsgi_client import Reply, call

NOTIFICATIONS = "GET /api/v1/notifications"


def publish(sim: MastodonSim, text: str, key: str | None = None, **fields: str) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    form = {"status": text, **fields}
    return call(sim, "POST /api/v1/statuses", form=form, token="token-1", headers=headers)


def test_a_published_status_can_be_read_back(mastodon: MastodonSim) -> None:
    sent = publish(mastodon, "Road <closed>\n\nuntil 18:00", language="en").json()
    read = call(mastodon, f"GET /api/v1/statuses/{sent['id']}")
    assert read.json() == sent
    assert sent["content"] == "<p>Road &lt;closed&gt;</p><p>until 18:00</p>"
    assert sent["created_at"] == "2026-08-20T09:00:00.000Z"
    assert sent["url"] == f"https://social.example/@council/{sent['id']}"
    assert sent["in_reply_to_id"] is None


def test_json_and_forms_are_both_taken(mastodon: MastodonSim) -> None:
    content = {"status": "Zoë", "visibility": "unlisted", "spoiler_text": "flood"}
    sent = call(mastodon, "POST /api/v1/statuses", json=content, token="token-1").json()
    assert (sent["visibility"], sent["spoiler_text"]) == ("unlisted", "flood")
    assert mastodon.statuses[0].text == "Zoë"


def test_links_mentions_and_tags_become_anchors() -> None:
    content = mastodon_text.to_html(
        "@ann see https://a.example/x?a=1&b=2, #Flood\nnow", "s.example"
    )
    assert 'href="https://a.example/x?a=1&amp;b=2"' in content
    assert 'href="https://s.example/@ann"' in content
    assert 'href="https://s.example/tags/Flood"' in content
    assert re.sub(r"<br>", "\n", content).count("\n") == 1
    assert re.sub(r"<[^>]+>", "", content) == "@ann see https://a.example/x?a=1&amp;b=2, #Floodnow"


@given(st.text())
def test_content_never_carries_foreign_markup(text: str) -> None:
    content = mastodon_text.to_html(text, "s.example")
    assert set(re.findall(r"</?(\w+)", content)) <= {"p", "br", "a", "span"}


@pytest.mark.parametrize(
    ("text", "spoiler", "length"),
    [
        ("@ann@other.example see https://a.example/very/long", "", 32),
        ("a.example/no/scheme", "", 19),
        ("👨‍👩‍👧‍👦", "", 1),
        ("(https://a.example/x)", "", 25),
        ("x", "https://a.example/", 19),
    ],
)
def test_length_counts_as_documented(text: str, spoiler: str, length: int) -> None:
    assert mastodon_text.length(text, spoiler) == length


def test_the_limit_is_exact(mastodon: MastodonSim) -> None:
    assert publish(mastodon, "é" * 499 + "👨‍👩‍👧‍👦").status == 200
    refused = publish(mastodon, "é" * 501)
    assert refused.status == 422
    assert refused.json() == {"error": "Validation failed: Text character limit of 500 exceeded"}
    assert publish(mastodon, "x" * 490, spoiler_text="x" * 11).status == 422


def test_a_blank_status_is_refused(mastodon: MastodonSim) -> None:
    assert publish(mastodon, " \n").json() == {"error": "Validation failed: Text can't be blank"}
    assert mastodon.statuses == []


def test_the_same_key_gives_the_same_status_for_an_hour(
    mastodon: MastodonSim, clock: HandClock
) -> None:
    first = publish(mastodon, "Closed", "key-1").json()
    clock.go_on(minutes=59)
    assert publish(mastodon, "Closed", "key-1").json() == first
    clock.go_on(minutes=1)
    assert publish(mastodon, "Closed", "key-1").json()["id"] != first["id"]
    assert [status.idempotency_key for status in mastodon.statuses] == ["key-1", "key-1"]


def test_a_key_belongs_to_one_account(mastodon: MastodonSim) -> None:
    mastodon.add_account("police", token="token-2")
    publish(mastodon, "Closed", "key-1")
    call(
        mastodon,
        "POST /api/v1/statuses",
        form={"status": "Closed"},
        token="token-2",
        headers={"Idempotency-Key": "key-1"},
    )
    assert [status.author for status in mastodon.statuses] == ["council", "police"]


def test_a_server_may_ignore_the_key(clock: HandClock) -> None:
    sim = MastodonSim("fork.example", clock, honours_idempotency=False)
    sim.add_account("council", token="token-1")
    publish(sim, "Closed", "key-1")
    publish(sim, "Closed", "key-1")
    assert len(sim.statuses) == 2


def test_threads_publishing_with_one_key_make_one_status(mastodon: MastodonSim) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: publish(mastodon, "Closed", "key-1"), range(16)))
    assert len({reply.json()["id"] for reply in replies}) == len(mastodon.statuses) == 1


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_missing_or_wrong_token_is_401(mastodon: MastodonSim, token: str | None) -> None:
    for line in (NOTIFICATIONS, "GET /api/v1/accounts/verify_credentials"):
        reply = call(mastodon, line, token=token)
        assert (reply.status, reply.json()) == (401, {"error": "The access token is invalid"})


def test_unknown_things_are_404(mastodon: MastodonSim) -> None:
    for line in ("GET /api/v1/statuses/1", "GET /nowhere", "GET /api/v1/accounts/99/statuses"):
        reply = call(mastodon, line)
        assert (reply.status, reply.json()) == (404, {"error": "Record not found"})
    assert call(mastodon, "GET /api/v1/accounts/lookup", {"acct": "nobody"}).status == 404
    assert publish(mastodon, "x", in_reply_to_id="1").status == 404


def test_instance_and_account_describe_themselves(mastodon: MastodonSim) -> None:
    v2 = call(mastodon, "GET /api/v2/instance").json()
    v1 = call(mastodon, "GET /api/v1/instance").json()
    for statuses in (v2["configuration"]["statuses"], v1["configuration"]["statuses"]):
        assert statuses["max_characters"] == 500
        assert statuses["characters_reserved_per_url"] == 23
    own = call(mastodon, "GET /api/v1/accounts/verify_credentials", token="token-1").json()
    assert (own["acct"], own["display_name"], own["bot"]) == ("council", "Example Council", False)
    for acct in ("council", "council@social.example", "@Council"):
        found = call(mastodon, "GET /api/v1/accounts/lookup", {"acct": acct}).json()
        assert found["id"] == own["id"]


def test_rate_limit_headers_count_down_and_reset_in_iso(
    mastodon: MastodonSim, clock: HandClock
) -> None:
    clock.go_on(minutes=2)
    remaining = [publish(mastodon, "x").headers["x-ratelimit-remaining"] for _ in range(2)]
    assert remaining == ["299", "298"]
    headers = publish(mastodon, "x").headers
    assert headers["x-ratelimit-limit"] == "300"
    assert headers["x-ratelimit-reset"] == "2026-08-20T09:05:00.000Z"
    clock.go_on(minutes=3)
    assert publish(mastodon, "x").headers["x-ratelimit-remaining"] == "299"


def test_deleting_hides_the_status_and_hands_back_its_text(mastodon: MastodonSim) -> None:
    sent = publish(mastodon, "Oops").json()
    line = f"/api/v1/statuses/{sent['id']}"
    theirs = mastodon.post("ann", "mine")
    assert call(mastodon, f"DELETE /api/v1/statuses/{theirs.id}", token="token-1").status == 404
    assert call(mastodon, f"DELETE {line}", token="token-1").json()["text"] == "Oops"
    assert call(mastodon, f"GET {line}").status == 404
    assert call(mastodon, f"DELETE {line}", token="token-1").status == 404
    assert mastodon.statuses[0].deleted


def test_mentions_and_replies_notify_once(mastodon: MastodonSim) -> None:
    own = publish(mastodon, "Road closed").json()
    named = mastodon.post("ann@other.example", "@council is it open?")
    replied = mastodon.post("ben", "@council@social.example thanks", in_reply_to_id=own["id"])
    mastodon.post("cat", "@police hello")
    found = call(mastodon, NOTIFICATIONS, {"types[]": ["mention", "poll"]}, token="token-1").json()
    assert [each["status"]["id"] for each in found] == [replied.id, named.id]
    assert found[1]["account"]["acct"] == "ann@other.example"
    assert found[1]["type"] == "mention"
    assert call(mastodon, NOTIFICATIONS, {"types[]": "poll"}, token="token-1").json() == []


def test_answering_what_is_not_there_is_an_error(mastodon: MastodonSim) -> None:
    with pytest.raises(KeyError):
        mastodon.post("ann", "hello?", in_reply_to_id="1")


def test_created_at_can_be_given(mastodon: MastodonSim) -> None:
    status = mastodon.post("ann", "old", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    read = call(mastodon, f"GET /api/v1/statuses/{status.id}").json()
    assert read["created_at"] == "2026-01-01T00:00:00.000Z"


def test_since_id_skips_and_min_id_does_not(mastodon: MastodonSim) -> None:
    for number in range(10):
        mastodon.post("ann", f"@council {number}")
    every = call(mastodon, NOTIFICATIONS, token="token-1").json()
    ids = [each["id"] for each in reversed(every)]

    def shown(**query: str) -> list[str]:
        found = call(mastodon, NOTIFICATIONS, {"limit": "3", **query}, token="token-1").json()
        return [each["id"] for each in found]

    assert shown() == ids[9:6:-1]
    assert shown(since_id=ids[2]) == ids[9:6:-1]
    assert shown(min_id=ids[2]) == ids[5:2:-1]
    assert shown(max_id=ids[5]) == ids[4:1:-1]
    assert shown(min_id=ids[2], max_id=ids[5]) == ids[4:2:-1]


@given(total=st.integers(0, 90), size=st.integers(1, 120))
def test_walking_forward_sees_each_notification_once(total: int, size: int) -> None:
    sim = MastodonSim("social.example", HandClock())
    sim.add_account("council", token="token-1")
    posted = [sim.post("ann", f"@council {number}").id for number in range(total)]
    seen: list[str] = []
    cursor = "0"
    while True:
        query = {"min_id": cursor, "limit": size, "types[]": "mention"}
        reply = call(sim, NOTIFICATIONS, query, token="token-1")
        found = reply.json()
        if not found:
            break
        assert len(found) <= min(size, 80)
        assert f"min_id={found[0]['id']}" in reply.headers["link"]
        seen += [each["status"]["id"] for each in reversed(found)]
        cursor = found[0]["id"]
    assert seen == posted


def test_the_link_header_leads_back_through_everything(mastodon: MastodonSim) -> None:
    posted = [mastodon.post("ann", f"#Flood {number}").id for number in range(45)]
    seen: list[str] = []
    line, query = "GET /api/v1/timelines/tag/flood", "limit=40"
    while True:
        reply = call(mastodon, line, dict([pair.split("=") for pair in query.split("&")]))
        if not reply.json():
            break
        seen += [each["id"] for each in reply.json()]
        query = re.findall(r'\?([^>]+)>; rel="next"', reply.headers["link"])[0]
    assert seen == posted[::-1]


def test_tag_timelines_show_public_statuses_of_any_case(mastodon: MastodonSim) -> None:
    first = mastodon.post("ann", "#WaterAlert in ward 3")
    both = mastodon.post("ben", "#wateralert #Ward3 today")
    mastodon.post("cat", "wateralert without a sign")
    publish(mastodon, "#wateralert quietly", visibility="unlisted")
    line = "GET /api/v1/timelines/tag/WATERALERT"
    assert [each["id"] for each in call(mastodon, line).json()] == [both.id, first.id]
    narrowed = call(mastodon, line, {"all[]": "ward3"}).json()
    assert [each["id"] for each in narrowed] == [both.id]
    assert [each["id"] for each in call(mastodon, line, {"none[]": "ward3"}).json()] == [first.id]
    assert call(mastodon, "GET /api/v1/timelines/tag/gr%C3%BCn").json() == []


def test_own_statuses_can_be_listed_for_reading_back(mastodon: MastodonSim) -> None:
    first = publish(mastodon, "one").json()["id"]
    second = publish(mastodon, "two", visibility="direct").json()["id"]
    mastodon.post("ann", "three")
    own = call(mastodon, "GET /api/v1/accounts/1/statuses", token="token-1").json()
    assert [each["id"] for each in own] == [second, first]
    seen = call(mastodon, "GET /api/v1/accounts/1/statuses").json()
    assert [each["id"] for each in seen] == [first]


def test_context_shows_the_thread_around_a_status(mastodon: MastodonSim) -> None:
    root = publish(mastodon, "root").json()["id"]
    reply = mastodon.post("ann", "reply", in_reply_to_id=root).id
    below = [mastodon.post("ben", "below", in_reply_to_id=reply).id for _ in range(2)]
    mastodon.post("cat", "aside", in_reply_to_id=root)
    thread = call(mastodon, f"GET /api/v1/statuses/{reply}/context").json()
    assert [each["id"] for each in thread["ancestors"]] == [root]
    assert [each["id"] for each in thread["descendants"]] == below
    assert thread["ancestors"][0]["replies_count"] == 2


def test_an_account_shows_how_many_follow_it(mastodon: MastodonSim) -> None:
    mastodon.know("jo", "Jo", 421)
    mastodon.know("jo", "somebody else", 9)
    account = call(mastodon, "GET /api/v1/accounts/lookup", query={"acct": "jo"}).json()
    assert (account["display_name"], account["followers_count"]) == ("Jo", 421)


def test_the_newest_post_is_the_newest_that_still_stands(mastodon: MastodonSim) -> None:
    assert mastodon.newest_of("council") is None
    first, second = (mastodon.post("council", words) for words in ("one", "two"))
    assert mastodon.newest_of("council") == second.id
    second.deleted = True
    assert mastodon.newest_of("council") == first.id


def test_a_timeline_of_two_tags_has_each_post_once_and_in_order(mastodon: MastodonSim) -> None:
    for text in ("#fire", "#flood #fire", "none", "#flood"):
        mastodon.post("jo", text)
    page = call(mastodon, "GET /api/v1/timelines/tag/fire", query={"any[]": "flood"}).json()
    assert [each["id"] for each in page] == [mastodon.statuses[number].id for number in (3, 1, 0)]
