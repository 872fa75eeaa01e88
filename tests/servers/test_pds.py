"""The Bluesky server keeps real records and passes questions on to the AppView."""

import pytest
import requests

from tests.servers.pds import Account, Pds

pytestmark = pytest.mark.server
NOTIFICATIONS = "app.bsky.notification.listNotifications"


@pytest.fixture(scope="module")
def desk(pds: Pds) -> Account:
    return pds.create_account("smoke-desk.test", "a password of the tests")


@pytest.fixture(scope="module")
def citizen(pds: Pds) -> Account:
    return pds.create_account("smoke-citizen.test", "a password of the tests")


def test_wrong_password_is_refused(pds: Pds, desk: Account) -> None:
    url = f"{pds.base_url}/xrpc/com.atproto.server.createSession"
    answer = requests.post(url, json={"identifier": desk.handle, "password": "another"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "AuthenticationRequired")


def test_mention_and_reply_come_newest_first_page_by_page(desk: Account, citizen: Account) -> None:
    notice = desk.post("Boil your water in Ward 3")
    citizen.post(f"Is ours safe, @{desk.handle}? 🚰", mentioning=[desk])
    citizen.post("And Ward 4?", reply_to=notice)
    first = desk.call(NOTIFICATIONS, limit=1)
    second = desk.call(NOTIFICATIONS, limit=1, cursor=first["cursor"])
    seen = [
        (item["reason"], item["author"]["handle"], item["record"]["text"])
        for item in first["notifications"] + second["notifications"]
    ]
    assert seen == [
        ("reply", citizen.handle, "And Ward 4?"),
        ("mention", citizen.handle, f"Is ours safe, @{desk.handle}? 🚰"),
    ]
    assert "cursor" not in second
    assert citizen.call(NOTIFICATIONS)["notifications"] == []


def test_search_finds_posts_with_every_word(desk: Account, citizen: Account) -> None:
    citizen.post("Smoke over Quayside, windows shut")
    citizen.post("Quayside market is open")
    found = desk.call("app.bsky.feed.searchPosts", q="quayside SMOKE")
    assert [post["record"]["text"] for post in found["posts"]] == [
        "Smoke over Quayside, windows shut"
    ]


def test_records_are_public(pds: Pds, desk: Account) -> None:
    desk.post("Rest centre open at the town hall")
    assert pds.posts(desk.did)[-1]["text"] == "Rest centre open at the town hall"
