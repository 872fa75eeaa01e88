"""Uploads to the simulated networks: their answers, their limits, and what they then hold."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.bluesky import MAX_BLOB_BYTES, BlueskySim
from crisisdesk.simnet.bluesky_lexicon import POST, blob_cid
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.simnet.mastodon_views import IMAGE_BYTES
from crisisdesk.simnet.uploads import read_form
from crisisdesk.simnet.wsgi import Request
from tests.pictures import encoded, halves, picture

PICTURE = picture().content
Json = dict[str, Any]


def ask(app: MastodonSim | BlueskySim, method: str, path: str, **more: Any) -> requests.Response:
    session = Net(Mode.EXERCISE, apps={app.host: app}).session()
    try:
        return session.request(method, f"https://{app.host}{path}", **more)
    finally:
        session.close()


# Forms


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_form_is_read_as_it_was_written(content: bytes, words: str) -> None:
    prepared = requests.Request(
        "POST",
        "https://x.example/",
        files={"file": ("a.jpg", content)},
        data={"description": words},
    ).prepare()
    body = prepared.body
    assert isinstance(body, bytes)
    kind = {"content-type": prepared.headers["Content-Type"]}
    fields, files = read_form(Request("POST", "/", {}, kind, body))
    assert files == {"file": content}
    assert fields == {"description": words}


def test_other_bodies_hold_no_files() -> None:
    assert read_form(Request("POST", "/", {}, {"content-type": "text/plain"}, b"x")) == ({}, {})


# Mastodon


def upload(sim: MastodonSim, content: bytes = PICTURE, words: str = "A map") -> requests.Response:
    files = {"file": ("a.jpg", content, "image/jpeg")}
    return ask(sim, "POST", "/api/v2/media", files=files, data={"description": words}, **OWN)


OWN: Json = {"headers": {"Authorization": "Bearer token-1"}}


def publish(sim: MastodonSim, **body: object) -> requests.Response:
    return ask(sim, "POST", "/api/v1/statuses", json=body, **OWN)


def test_mastodon_keeps_a_picture_until_a_post_shows_it(mastodon: MastodonSim) -> None:
    answer = upload(mastodon)
    media = answer.json()
    assert (answer.status_code, media["type"], media["description"]) == (200, "image", "A map")
    path = f"/api/v1/media/{media['id']}"
    assert ask(mastodon, "GET", path, **OWN).json() == media
    status = publish(mastodon, status="", media_ids=[media["id"]]).json()
    assert status["media_attachments"] == [media]
    assert ask(mastodon, "GET", path, **OWN).status_code == 404
    again = publish(mastodon, status="x", media_ids=[media["id"]])
    assert again.status_code == 422
    assert "already attached" in again.json()["error"]


def test_mastodon_takes_its_time_when_told_to(mastodon: MastodonSim) -> None:
    mastodon.media_looks = 2
    answer = upload(mastodon)
    assert (answer.status_code, answer.json()["url"]) == (202, None)
    number = answer.json()["id"]
    early = publish(mastodon, status="x", media_ids=[number])
    assert (early.status_code, "not finished processing" in early.json()["error"]) == (422, True)
    path = f"/api/v1/media/{number}"
    assert [ask(mastodon, "GET", path, **OWN).status_code for _ in range(3)] == [206, 200, 200]
    mastodon.media_fails = True
    assert ask(mastodon, "GET", path, **OWN).status_code == 422


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"text", "", "could not be verified"),
        (b"", "", "could not be verified"),
        (encoded(halves(), "GIF"), "", "could not be verified"),
        (PICTURE, "x" * 1501, "1500 characters"),
        (PICTURE + bytes(IMAGE_BYTES), "", "16 MB"),
    ],
)
def test_mastodon_refuses(mastodon: MastodonSim, content: bytes, words: str, said: str) -> None:
    answer = upload(mastodon, content, words)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert list(mastodon.media) == []


def test_mastodon_shows_nobody_elses_pictures_and_four_at_most(mastodon: MastodonSim) -> None:
    ids = [upload(mastodon).json()["id"] for _ in range(5)]
    assert "more than 4" in publish(mastodon, status="x", media_ids=ids).json()["error"]
    mastodon.add_account("ann", token="token-2")
    other = {"headers": {"Authorization": "Bearer token-2"}}
    path = f"/api/v1/media/{ids[0]}"
    assert ask(mastodon, "GET", path, **other).status_code == 404
    assert ask(mastodon, "POST", "/api/v2/media").status_code == 401
    body = {"status": "x", "media_ids": ids[:1]}
    taken = ask(mastodon, "POST", "/api/v1/statuses", json=body, **other)
    assert taken.status_code == 422
    assert list(mastodon.statuses) == []


# Bluesky


def token(sim: BlueskySim) -> tuple[str, Json]:
    body = {"identifier": "council.example", "password": "app-pass"}
    session = ask(sim, "POST", "/xrpc/com.atproto.server.createSession", json=body).json()
    return session["did"], {"Authorization": f"Bearer {session['accessJwt']}"}


def keep(sim: BlueskySim, content: bytes = PICTURE) -> requests.Response:
    _, headers = token(sim)
    headers["Content-Type"] = "application/octet-stream"
    path = "/xrpc/com.atproto.repo.uploadBlob"
    return ask(sim, "POST", path, data=content, headers=headers)


def put(sim: BlueskySim, images: list[Json]) -> requests.Response:
    did, headers = token(sim)
    embed = {"$type": "app.bsky.embed.images", "images": images}
    record = {"text": "x", "createdAt": "2026-08-20T09:00:00Z", "embed": embed}
    body = {"repo": did, "collection": POST, "rkey": "3lxtestaaaa2k", "record": record}
    return ask(sim, "POST", "/xrpc/com.atproto.repo.putRecord", json=body, headers=headers)


def test_bluesky_names_a_file_by_its_bytes(bluesky: BlueskySim) -> None:
    first, again = keep(bluesky).json(), keep(bluesky).json()
    assert first == again
    assert first["blob"]["ref"]["$link"] == blob_cid(PICTURE)
    assert (first["blob"]["mimeType"], first["blob"]["size"]) == ("image/jpeg", len(PICTURE))
    assert put(bluesky, [{"image": first["blob"], "alt": "A map"}]).status_code == 200


def test_bluesky_limits_what_it_is_handed(bluesky: BlueskySim) -> None:
    too_big = keep(bluesky, PICTURE + bytes(MAX_BLOB_BYTES))
    assert (too_big.status_code, too_big.json()["error"]) == (413, "PayloadTooLarge")
    assert keep(bluesky, b"").status_code == 400
    path = "/xrpc/com.atproto.repo.uploadBlob"
    assert ask(bluesky, "POST", path, data=PICTURE).status_code == 401
    assert dict(bluesky.blobs) == {}


def wrong_images(blob: Json) -> dict[str, list[Json]]:
    good = {"image": blob, "alt": "x"}
    return {
        "InvalidRequest: not have more than 4": [good] * 5,
        'InvalidRequest: must have the property "alt"': [{"image": blob}],
        "InvalidRequest: should be a blob ref": [{"image": "x", "alt": "x"}],
        "InvalidRequest: of type image/": [{"image": {**blob, "mimeType": "a/b"}, "alt": "x"}],
        "InvalidRequest: not be larger": [{"image": {**blob, "size": 1_000_001}, "alt": "x"}],
        "InvalidRequest: aspectRatio": [{**good, "aspectRatio": {"width": 0, "height": 1}}],
        "InvalidRequest: not match stored": [{"image": {**blob, "size": 5}, "alt": "x"}],
        "BlobNotFound: Could not find": [{"image": {**blob, "ref": {"$link": "b"}}, "alt": "x"}],
    }


@pytest.mark.parametrize("said", wrong_images({}))
def test_bluesky_refuses_a_post_with(bluesky: BlueskySim, said: str) -> None:
    images = wrong_images(keep(bluesky).json()["blob"])[said]
    answer = put(bluesky, images)
    name, words = said.split(": ")
    assert (answer.status_code, answer.json()["error"]) == (400, name)
    assert words in answer.json()["message"]
    assert list(bluesky.records) == []
