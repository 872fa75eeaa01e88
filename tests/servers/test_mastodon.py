"""The Mastodon server publishes once per key, passes mentions on and fails when told to."""

from collections.abc import Mapping

import pytest
import requests

from tests.servers.mastodon import MastodonServer

pytestmark = pytest.mark.server


def publish(server: MastodonServer, text: str, headers: Mapping[str, str]) -> requests.Response:
    return requests.post(
        f"{server.base_url}/api/v1/statuses",
        headers={"Authorization": f"Bearer {server.desk_token}", **headers},
        data={"status": text},
        timeout=10,
    )


def test_same_key_publishes_once(mastodon: MastodonServer) -> None:
    text = "Smoke test: boil your water"
    answers = [publish(mastodon, text, {"Idempotency-Key": "smoke"}) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert mastodon.published().count(text) == 1


def test_unknown_token_is_refused(mastodon: MastodonServer) -> None:
    answer = publish(mastodon, "not ours", {"Authorization": "Bearer unknown"})
    assert answer.status_code == 401
    assert "not ours" not in mastodon.published()


def test_mention_reaches_the_desk(mastodon: MastodonServer) -> None:
    status = mastodon.post_as_citizen("@desk is it safe?")
    answer = requests.get(
        f"{mastodon.base_url}/api/v1/notifications",
        headers={"Authorization": f"Bearer {mastodon.desk_token}"},
        timeout=10,
    )
    assert ("mention", status) in [(note["type"], note["status"]["id"]) for note in answer.json()]


def test_a_fault_strikes_once(mastodon: MastodonServer) -> None:
    mastodon.fail_next("/api/v1/statuses", 503, {"Retry-After": "7"})
    first = publish(mastodon, "Smoke test: after a fault", {})
    second = publish(mastodon, "Smoke test: after a fault", {})
    assert (first.status_code, first.headers["Retry-After"]) == (503, "7")
    assert second.status_code == 200
