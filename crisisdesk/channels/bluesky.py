"""Bluesky. We choose the record key, so sending the same record twice leaves one post."""

import base64
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from crisisdesk.channels.base import (
    UPLOAD_SECONDS,
    Channel,
    before_publishing,
    counted,
    moment_of,
    refusal,
    stop_on_refusal,
    word_for_word,
)
from crisisdesk.channels.facets import facets
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.delivery import Message, Outcome, OwnPost, Publication, Verdict
from crisisdesk.model.engagement import Engagement, PostCounts
from crisisdesk.model.media import Picture
from crisisdesk.model.moment import iso
from crisisdesk.net.answers import BadAnswer, answer_object, error_words, need_success
from crisisdesk.net.xrpc import Xrpc
from crisisdesk.rules.counting import BLUESKY_GRAPHEMES

POST = "app.bsky.feed.post"
IMAGES = "app.bsky.embed.images"
_RAW_SHA256 = bytes([1, 0x55, 0x12, 32])
LIST = "com.atproto.repo.listRecords"
PAGE = 100
"""How many of our own newest posts are read at a time; the most a page holds."""
POSTS = "app.bsky.feed.getPosts"
PROFILE = "app.bsky.actor.getProfile"
MOST_URIS = 25
"""How many posts one request may ask for (lexicon app.bsky.feed.getPosts)."""


class Bluesky(Channel):
    """One Bluesky account on any server."""

    repeatable = True
    about = AccountKind(
        kind="bluesky",
        title="Bluesky",
        publishes=True,
        listens=True,
        advice="In Bluesky: Settings, Privacy and security, App passwords. Not the main one.",
        fields=(
            SettingField("server", "Server", default="https://bsky.social"),
            SettingField("handle", "Handle", hint="council.bsky.social"),
            SettingField("password", "App password", secret=True),
            SettingField("search", "Words to search for", "riverside flood", required=False),
        ),
    )

    @cached_property
    def _xrpc(self) -> Xrpc:
        password = self.secrets.get("password", "")
        return Xrpc(self.session, self.settings["server"], self.settings["handle"], password)

    def _send(self, message: Message) -> Outcome:
        with before_publishing():
            self._xrpc.sign_in()
            body: dict[str, Any] = {"repo": self._xrpc.did, "collection": POST, "rkey": message.key}
            body["record"] = self._record(message)
        response = self._xrpc.post("com.atproto.repo.putRecord", body)
        if response.status_code != 200:
            return refusal(response, error_words(response, "error", "message"), self.now())
        answer = answer_object(response, "uri", "cid")
        words = "The server answered with the post's address."
        return Outcome(Verdict.ACCEPTED, words, answer["uri"], self._url(message.key))

    def _record(self, message: Message) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": POST,
            "text": message.text,
            "createdAt": iso(message.created_at),
            "langs": [message.language],
        }
        marks = facets(message.text)
        if marks:
            record["facets"] = marks
        reply = self._reply(message.reply_to) if message.reply_to else {}
        if reply:
            record["reply"] = reply
        if message.pictures:
            images = [self._shown(each) for each in message.pictures]
            record["embed"] = {"$type": IMAGES, "images": images}
        return record

    def _shown(self, picture: Picture) -> dict[str, Any]:
        """The picture as the record names it, uploaded. The same bytes always get the same name,
        so a record made again is the same record."""
        image = picture.image
        response = self._xrpc.upload(picture.content, image.mime, UPLOAD_SECONDS)
        if response.status_code != 200:
            stop_on_refusal(response, error_words(response, "error", "message"), self.now())
        blob = answer_object(response).get("blob")
        if _link(blob) != blob_link(image.sha256):
            raise BadAnswer(
                "The server did not keep the picture as it is.",
                "Send it again, or send it without the picture.",
            )
        size = {"width": image.width, "height": image.height}
        return {"image": blob, "alt": image.alt, "aspectRatio": size}

    def _reply(self, parent: Publication) -> dict[str, Any]:
        """Where to thread it; {} when the earlier post is gone: it goes out all the same."""
        found = self._get(parent.external_id.rsplit("/", 1)[-1])
        if not found:
            return {}
        here = {"uri": found["uri"], "cid": found["cid"]}
        return {"root": found["value"].get("reply", {}).get("root", here), "parent": here}

    def _find(self, message: Message, external_id: str) -> Outcome:
        key = external_id.rsplit("/", 1)[-1] if external_id else message.key
        self._xrpc.sign_in()
        found = self._get(key)
        if not found:
            return Outcome(Verdict.ABSENT, "The server has no post under our key.")
        if found["value"].get("text") != message.text:
            return Outcome(Verdict.ALTERED, "Another text stands under our key. Look at the post.")
        if _pictures_in(found["value"]) != _wanted(message):
            words = "The post stands there with other pictures or descriptions. Look at it."
            return Outcome(Verdict.ALTERED, words)
        words = f"Read back from the server: the post stands there {word_for_word(message)}."
        return Outcome(Verdict.CONFIRMED, words, found["uri"], self._url(key))

    def _delete(self, publication: Publication) -> Outcome:
        key = publication.external_id.rsplit("/", 1)[-1] or publication.key
        self._xrpc.sign_in()
        body = {"repo": self._xrpc.did, "collection": POST, "rkey": key}
        response = self._xrpc.post("com.atproto.repo.deleteRecord", body)
        if response.status_code == 200:
            answer_object(response)
            return Outcome(Verdict.WITHDRAWN, "The server deleted it; copies elsewhere may remain.")
        return refusal(response, error_words(response, "error", "message"), self.now())

    def own_posts(self) -> list[OwnPost]:
        """In order of their keys. Raises SignInRefused or another NetworkError."""
        self._xrpc.sign_in()
        page: dict[str, str | list[str]] = {
            "repo": self._xrpc.did,
            "collection": POST,
            "limit": str(PAGE),
        }
        answer = answer_object(need_success(self._xrpc.get(LIST, page)))
        records = answer.get("records")
        if not isinstance(records, list) or not all(map(_is_record, records)):
            raise BadAnswer(
                "The server's answer lacks the posts.",
                "Try again in a minute; meanwhile look at the account yourself.",
            )
        return [self._own_post(each["uri"], each["value"]) for each in records]

    def _own_post(self, uri: str, record: dict[str, Any]) -> OwnPost:
        url = self._url(uri.rsplit("/", 1)[-1])
        text, made_at = str(record.get("text", "")), moment_of(record.get("createdAt"))
        return OwnPost(uri, text, url, made_at)

    def engagement(self, external_ids: Sequence[str]) -> Engagement:
        """From the network's app view, which the account's own server asks for us.

        Raises SignInRefused or another NetworkError.
        """
        self._xrpc.sign_in()
        profile = self._asked(PROFILE, {"actor": self._xrpc.did})
        found: list[PostCounts] = []
        for first in range(0, len(external_ids), MOST_URIS):
            some = list(external_ids[first : first + MOST_URIS])
            posts = self._asked(POSTS, {"uris": some}).get("posts")
            if not isinstance(posts, list):
                raise BadAnswer("The server's answer lacks the posts.", "Look at the account.")
            found += [_counts(each) for each in posts if isinstance(each, dict) and each.get("uri")]
        return Engagement(counted(profile.get("followersCount")), tuple(found))

    def _asked(self, method: str, params: dict[str, str | list[str]]) -> dict[str, Any]:
        return answer_object(need_success(self._xrpc.get(method, params)))

    def _check(self) -> CheckResult:
        self._xrpc.sign_in()
        words = f"Signed in as @{self._xrpc.handle}. Nothing was published."
        return CheckResult(True, words, self._xrpc.handle, BLUESKY_GRAPHEMES)

    def _get(self, key: str) -> dict[str, Any]:
        """The record under a key of our own, {} when there is none."""
        place: dict[str, str | list[str]] = {
            "repo": self._xrpc.did,
            "collection": POST,
            "rkey": key,
        }
        response = self._xrpc.get("com.atproto.repo.getRecord", place)
        if response.status_code == 400 and "RecordNotFound" in error_words(response, "error"):
            return {}
        answer = answer_object(need_success(response), "uri", "cid")
        if not isinstance(answer.get("value"), dict):
            raise BadAnswer(
                "The server's answer lacks the post itself.", "Look at the account yourself."
            )
        return answer

    def _url(self, key: str) -> str:
        return f"https://bsky.app/profile/{self._xrpc.handle}/post/{key}"


def blob_link(sha256: str) -> str:
    """The name the network gives to bytes with this hash: CID version 1, raw, SHA-256, base32.

    Source: AT Protocol, data model, "Link and CID formats".
    """
    named = base64.b32encode(_RAW_SHA256 + bytes.fromhex(sha256)).decode()
    return "b" + named.lower().rstrip("=")


def _link(blob: object) -> str:
    ref = blob.get("ref") if isinstance(blob, dict) else None
    return str(ref.get("$link")) if isinstance(ref, dict) else ""


def _wanted(message: Message) -> list[tuple[str, str]]:
    return [(blob_link(each.image.sha256), each.image.alt) for each in message.pictures]


def _pictures_in(record: dict[str, Any]) -> list[tuple[str, str]]:
    """The name and the words of each picture of a post as the server holds it."""
    embed = record.get("embed")
    images = embed.get("images") if isinstance(embed, dict) else None
    return [
        (_link(each.get("image")), str(each.get("alt")))
        for each in images or []
        if isinstance(each, dict)
    ]


def _counts(view: dict[str, Any]) -> PostCounts:
    return PostCounts(
        str(view["uri"]),
        likes=counted(view.get("likeCount")),
        shares=counted(view.get("repostCount")),
        replies=counted(view.get("replyCount")),
        quotes=counted(view.get("quoteCount")),
    )


def _is_record(found: object) -> bool:
    return (
        isinstance(found, dict)
        and isinstance(found.get("uri"), str)
        and isinstance(found.get("value"), dict)
    )
