"""Bluesky. We choose the record key, so sending the same record twice leaves one post."""

from functools import cached_property
from typing import Any

from crisisdesk.channels.base import Channel, refusal
from crisisdesk.channels.facets import facets
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.delivery import Message, Outcome, Publication, Verdict
from crisisdesk.model.errors import GateClosed, NetworkError, NotSent, Untrusted
from crisisdesk.model.moment import iso
from crisisdesk.net.answers import BadAnswer, answer_object, error_words, need_success
from crisisdesk.net.xrpc import SignInRefused, Xrpc
from crisisdesk.rules.counting import BLUESKY_GRAPHEMES

POST = "app.bsky.feed.post"


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
        try:
            self._xrpc.sign_in()
            body: dict[str, Any] = {"repo": self._xrpc.did, "collection": POST, "rkey": message.key}
            body["record"] = self._record(message)
        except (SignInRefused, GateClosed, Untrusted):
            raise
        except NetworkError as error:
            # Only sign-in and look-ups so far: whatever went wrong, nothing was published.
            raise NotSent(error.problem, "Nothing was published.") from error
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
        return record

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
            return Outcome(Verdict.UNKNOWN, "Another text stands under our key. Look at the post.")
        words = "Read back from the server: the post stands there word for word."
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
            raise BadAnswer("The answer lacks the record itself.", "Look it up.")
        return answer

    def _url(self, key: str) -> str:
        return f"https://bsky.app/profile/{self._xrpc.handle}/post/{key}"
