"""Every kind of fault, shown in process by an app that counts what took effect."""

from __future__ import annotations

import pytest

from crisisdesk.simnet.faults import Fault, FaultKind, Faults
from crisisdesk.simnet.mastodon import MastodonSim
from tests.simnet.wsgi_client import Reply, call

POST = "POST /api/v1/statuses"


def publish(sim: MastodonSim) -> Reply:
    return call(sim, POST, form={"status": "Mill Lane is closed"}, token="token-1")


@pytest.mark.parametrize(
    ("kind", "raised", "stored"),
    [
        ("refuse", ConnectionRefusedError, 0),
        ("lost_answer", ConnectionResetError, 1),
        ("timeout", TimeoutError, 0),
    ],
)
def test_connection_faults_raise(
    mastodon: MastodonSim, kind: FaultKind, raised: type[OSError], stored: int
) -> None:
    mastodon.faults.add(Fault(kind, POST))
    with pytest.raises(raised):
        publish(mastodon)
    assert len(mastodon.statuses) == stored
    assert publish(mastodon).status == 200
    assert mastodon.requests == [POST, POST]


def test_a_timeout_may_come_after_the_effect(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("timeout", POST, processed=True))
    with pytest.raises(TimeoutError):
        publish(mastodon)
    assert len(mastodon.statuses) == 1


def test_a_status_fault_answers_what_it_was_given(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("status", POST, status=429, headers={"Retry-After": "7"}, body="{}"))
    reply = publish(mastodon)
    assert (reply.status, reply.headers["retry-after"], reply.body) == (429, "7", b"{}")
    assert mastodon.statuses == []


def test_a_captive_portal_answers_html_and_stores_nothing(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("html", POST))
    reply = publish(mastodon)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert mastodon.statuses == []


def test_a_truncated_answer_is_no_json(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("truncate", POST))
    reply = publish(mastodon)
    assert reply.body
    with pytest.raises(ValueError):
        reply.json()
    assert len(mastodon.statuses) == 1


def test_an_empty_answer_follows_the_effect(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("empty", POST))
    assert publish(mastodon).body == b""
    assert len(mastodon.statuses) == 1


def test_a_fault_hits_only_what_it_matches(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("refuse", "DELETE /"))
    assert publish(mastodon).status == 200
    assert mastodon.faults.history == []


def test_faults_are_used_up_in_order() -> None:
    faults = Faults()
    twice, ever = Fault("refuse", "GET /a", times=2), Fault("empty", "GET /", times=-1)
    faults.add(twice)
    faults.add(ever)
    taken = [faults.take(f"GET /{path}") for path in ("a", "b", "a", "a", "a")]
    assert taken == [twice, ever, twice, ever, ever]
    assert [line for line, _ in faults.history] == [
        "GET /a",
        "GET /b",
        "GET /a",
        "GET /a",
        "GET /a",
    ]
    faults.clear()
    assert faults.take("GET /a") is None


def test_a_fault_for_no_request_is_refused() -> None:
    with pytest.raises(ValueError, match="times"):
        Faults().add(Fault("refuse", times=0))
