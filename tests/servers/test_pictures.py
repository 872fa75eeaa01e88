"""Pictures through the real channels to real servers: whole, with their words, and once."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import make_channel
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import Message, Publication, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.pictures import read_picture
from crisisdesk.rules.references import delivery_key
from tests.pictures import encoded, noise, two_pictures
from tests.servers.launching import wait_until
from tests.servers.mastodon import MastodonServer
from tests.servers.pds import Pds
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.server

V = Verdict
PASSWORD = "a password of the tests"
LARGE = read_picture(encoded(noise(1600, 1200)), "As large as a picture may be")
PICTURES = (*two_pictures(), LARGE)
Open = Callable[..., Channel]


@pytest.fixture
def open_channel() -> Iterator[Open]:
    """Makes live channels, closed at the end."""
    with ExitStack() as opened:

        def make(
            kind: str,
            settings: Mapping[str, str],
            secrets: Mapping[str, str],
            net: Net | None = None,
        ) -> Channel:
            account, net = Account(kind, kind, kind, dict(settings)), net or Net(Mode.LIVE)
            channel = make_channel(account, secrets, net, lambda: datetime.now(UTC))
            opened.callback(channel.close)
            return channel

        yield make


def message(kind: str) -> Message:
    now = datetime.now(UTC)
    key = delivery_key(kind, int(now.timestamp() * 1_000_000), uuid.uuid4().int % 1000)
    return Message(key, f"Weir Bridge is closed. {key}", now, pictures=PICTURES)


def test_bluesky_keeps_them_byte_for_byte_and_a_repeat_changes_nothing(
    pds: Pds, open_channel: Open
) -> None:
    desk = pds.create_account("picture-desk.test", PASSWORD)
    settings = {"server": pds.base_url, "handle": desk.handle}
    sent = message("bluesky")
    channel = open_channel("bluesky", settings, {"password": PASSWORD})
    first = channel.send(sent)
    assert first.verdict is V.ACCEPTED, first
    before = desk.call("com.atproto.repo.getRecord", **place(desk.did, sent.key))
    head = desk.call("com.atproto.sync.getLatestCommit", did=desk.did)
    again = open_channel("bluesky", settings, {"password": PASSWORD}).send(sent)
    assert again == first
    assert desk.call("com.atproto.repo.getRecord", **place(desk.did, sent.key)) == before
    assert desk.call("com.atproto.sync.getLatestCommit", did=desk.did) == head
    assert channel.find(sent).verdict is V.CONFIRMED
    (post,) = pds.posts(desk.did)
    shown = [(blob(pds, desk.did, each), each["alt"]) for each in post["embed"]["images"]]
    assert shown == [(each.content, each.image.alt) for each in PICTURES]


def place(did: str, key: str) -> dict[str, str]:
    return {"repo": did, "collection": "app.bsky.feed.post", "rkey": key}


def blob(pds: Pds, did: str, image: Mapping[str, Mapping[str, Mapping[str, str]]]) -> bytes:
    query = {"did": did, "cid": image["image"]["ref"]["$link"]}
    url = f"{pds.base_url}/xrpc/com.atproto.sync.getBlob"
    answer = requests.get(url, params=query, timeout=10)
    answer.raise_for_status()
    return answer.content


def test_bluesky_refuses_a_post_whose_pictures_it_never_got(pds: Pds, open_channel: Open) -> None:
    """What our simulated network answers there is what the real one does."""
    desk = pds.create_account("picture-gap.test", PASSWORD)
    link = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    image = {"$type": "blob", "ref": {"$link": link}, "mimeType": "image/png", "size": 5}
    record = {
        "$type": "app.bsky.feed.post",
        "text": "x",
        "createdAt": "2026-08-20T09:00:00.000Z",
        "embed": {"$type": "app.bsky.embed.images", "images": [{"image": image, "alt": "x"}]},
    }
    where = place(desk.did, message("bluesky").key)
    answer = requests.post(
        f"{pds.base_url}/xrpc/com.atproto.repo.putRecord",
        json={**where, "record": record},
        headers={"Authorization": f"Bearer {desk.access_token}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "BlobNotFound")


def test_mastodon_keeps_them_with_their_words_and_a_repeat_posts_once(
    mastodon: MastodonServer, open_channel: Open
) -> None:
    sent = message("mastodon")
    channel = open_channel(
        "mastodon", {"server": mastodon.base_url}, {"token": mastodon.desk_token}
    )
    first = channel.send(sent)
    assert first.verdict is V.ACCEPTED, first
    assert channel.send(sent).external_id == first.external_id
    assert channel.find(sent).verdict is V.CONFIRMED
    status = requests.get(
        f"{mastodon.base_url}/api/v1/statuses/{first.external_id}", timeout=10
    ).json()
    shown = [
        (requests.get(each["url"], timeout=10).content, each["description"])
        for each in status["media_attachments"]
    ]
    assert shown == [(each.content, each.image.alt) for each in PICTURES]
    assert mastodon.published().count(sent.text) == 1
    assert channel.delete(Publication(first.external_id)).verdict is V.WITHDRAWN


def test_mastodon_that_fails_at_the_upload_publishes_nothing(
    mastodon: MastodonServer, open_channel: Open
) -> None:
    sent = message("mastodon")
    mastodon.fail_next("/api/v2/media", 503)
    channel = open_channel(
        "mastodon", {"server": mastodon.base_url}, {"token": mastodon.desk_token}
    )
    assert channel.send(sent).verdict is V.NOT_SENT
    assert sent.text not in mastodon.published()
    assert channel.send(sent).verdict is V.ACCEPTED


def test_mail_brings_them_to_the_reader(postfix: Postfix, open_channel: Open) -> None:
    reader = "picture-reader@example.org"
    settings = {
        "host": postfix.host,
        "port": str(postfix.port),
        "sender": "desk@example.org",
        "recipients": reader,
    }
    sent = replace(message("email"), subject="Weir Bridge")
    net = Net(Mode.LIVE, extra_ca_file=str(postfix.ca_file))
    assert open_channel("email", settings, {}, net).send(sent).verdict is V.ACCEPTED
    wait_until(lambda: bool(postfix.delivered(reader)), "the letter to arrive", postfix.log, 10)
    (letter,) = postfix.delivered(reader)
    text, *parts = letter.iter_parts()
    assert [f"Picture: {each.image.alt}" in text.get_content() for each in PICTURES] == [True] * 3
    shown = [(each.get_content(), each["Content-Description"]) for each in parts]
    assert shown == [(each.content, each.image.alt) for each in PICTURES]
