"""The simulated networks behind a real socket, called with requests."""

from __future__ import annotations

import pytest
import requests

from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mastodon import MastodonSim
from tests.loopback import serve

OWN = {"Authorization": "Bearer token-1"}


def test_mastodon_publishes_and_pages(mastodon: MastodonSim) -> None:
    with serve(mastodon) as base:
        sent = requests.post(
            f"{base}/api/v1/statuses", data={"status": "Grün"}, headers=OWN, timeout=5
        )
        mastodon.post("ann", "thanks", in_reply_to_id=sent.json()["id"])
        found = requests.get(
            f"{base}/api/v1/notifications",
            params={"types[]": ["mention"], "min_id": "0", "limit": 80},
            headers=OWN,
            timeout=5,
        )
    assert mastodon.statuses[0].text == "Grün"
    assert found.json()[0]["status"]["in_reply_to_id"] == sent.json()["id"]
    assert found.links["prev"]["url"].startswith("https://social.example/api/v1/notifications?")


def test_bluesky_logs_in(bluesky: BlueskySim) -> None:
    login = {"identifier": "council.example", "password": "app-pass"}
    with serve(bluesky) as base:
        url = f"{base}/xrpc/com.atproto.server.createSession"
        assert requests.post(url, json=login, timeout=5).json()["handle"] == "council.example"


def test_feeds_answer_304(feed: FeedSim) -> None:
    with serve(feed) as base:
        tag = requests.get(f"{base}/feed.atom", timeout=5).headers["ETag"]
        again = requests.get(f"{base}/feed.atom", headers={"If-None-Match": tag}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("kind", "stored"), [("refuse", 0), ("lost_answer", 1)])
def test_a_cut_connection_is_a_connection_error(
    mastodon: MastodonSim, kind: FaultKind, stored: int
) -> None:
    mastodon.faults.add(Fault(kind))
    with serve(mastodon) as base, pytest.raises(requests.ConnectionError):
        requests.post(f"{base}/api/v1/statuses", data={"status": "x"}, headers=OWN, timeout=5)
    assert len(mastodon.statuses) == stored


def test_a_silent_server_is_a_read_timeout(mastodon: MastodonSim) -> None:
    mastodon.faults.add(Fault("timeout", processed=True))
    with serve(mastodon) as base, pytest.raises(requests.ReadTimeout):
        requests.post(f"{base}/api/v1/statuses", data={"status": "x"}, headers=OWN, timeout=0.2)
    assert len(mastodon.statuses) == 1


@pytest.mark.parametrize("kind", ["truncate", "empty", "html"])
def test_garbled_answers_arrive_as_200_without_json(mastodon: MastodonSim, kind: FaultKind) -> None:
    mastodon.faults.add(Fault(kind))
    with serve(mastodon) as base:
        reply = requests.get(f"{base}/api/v2/instance", timeout=5)
    assert reply.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        reply.json()
