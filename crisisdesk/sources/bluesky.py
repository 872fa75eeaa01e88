"""Bluesky: notifications and searches, both newest first.

A walk goes back from the newest page until it meets what was seen last time. The cursor remembers
where the walk stands, so one cut short by a crash goes on where it was.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from crisisdesk.model.account import Account
from crisisdesk.model.mention import Item
from crisisdesk.model.moment import from_iso, to_ms
from crisisdesk.net import Net
from crisisdesk.net.answers import BadAnswer, answer_object, need_success
from crisisdesk.net.xrpc import Xrpc
from crisisdesk.sources.base import Batch, Source, listed, named

PAGE = 100
EVER = "0"
"""Before every moment: where to walk back to when nothing had been posted yet."""


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where we are: everything up to `until` is known; a walk from `top` stands before `page`."""

    until: str = ""
    top: str = ""
    page: str = ""


_WALK = msgspec.json.Decoder(Walk)  # here, once: a first use in two threads at a time would crash


class _NewestFirst(Source):
    method = ""
    listing = ""

    @cached_property
    def _xrpc(self) -> Xrpc:
        password = self.secrets.get("password", "")
        return Xrpc(self.session, self.settings["server"], self.settings["handle"], password)

    def fetch(self, cursor: str) -> Batch:
        walk = _WALK.decode(cursor) if cursor else Walk()
        params = {**self.query(), "limit": str(PAGE)}
        if walk.page:
            params["cursor"] = walk.page
        answer = answer_object(need_success(self._xrpc.get(self.method, params)))
        entries = answer.get(self.listing)
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise BadAnswer(
                f"The answer lacks {self.listing}.",
                "Wait a minute; meanwhile read the account yourself.",
                "New mentions there are not seen.",
            )
        known = [entry for entry in entries if str(entry.get("indexedAt", "")) < walk.until]
        fresh = [entry for entry in entries if entry not in known]
        top = walk.top or max((str(entry.get("indexedAt", "")) for entry in entries), default="")
        following = str(answer.get("cursor") or "")
        done = bool(known) or not following or not entries or not walk.until
        after = Walk(until=top or walk.until or EVER) if done else Walk(walk.until, top, following)
        items = tuple(item for entry in reversed(fresh) if (item := self.item(entry)))
        return Batch(items, msgspec.json.encode(after).decode(), more=not done)

    @abstractmethod
    def query(self) -> dict[str, str | list[str]]:
        """What to ask for."""

    @abstractmethod
    def item(self, entry: dict[str, Any]) -> Item | None:
        """The item of one entry; None when it is not wanted."""


class BlueskyMentions(_NewestFirst):
    """Posts that mention, answer or quote us."""

    method = "app.bsky.notification.listNotifications"
    listing = "notifications"
    reasons = ("mention", "reply", "quote")

    def query(self) -> dict[str, str | list[str]]:
        return {"reasons": list(self.reasons)}

    def item(self, entry: dict[str, Any]) -> Item | None:
        return post_item(entry) if entry.get("reason") in self.reasons else None


class BlueskySearch(_NewestFirst):
    """Posts with certain words."""

    method = "app.bsky.feed.searchPosts"
    listing = "posts"

    def __init__(self, account: Account, secrets: Mapping[str, str], net: Net, words: str) -> None:
        super().__init__(account, secrets, net, f"search/{words}")
        self._words = words

    def query(self) -> dict[str, str | list[str]]:
        return {"q": self._words, "sort": "latest"}

    def item(self, entry: dict[str, Any]) -> Item | None:
        author = entry.get("author")
        own = isinstance(author, dict) and author.get("did") == self._xrpc.did
        return None if own else post_item(entry)


def bluesky_sources(account: Account, secrets: Mapping[str, str], net: Net) -> list[Source]:
    """Everything one Bluesky account listens to."""
    searches = listed(account.settings.get("search", ""))
    mentions: Source = BlueskyMentions(account, secrets, net, "mentions")
    return [mentions, *(BlueskySearch(account, secrets, net, words) for words in searches)]


def post_item(entry: dict[str, Any]) -> Item:
    """A post view or notification as an item."""
    try:
        author, record = dict(entry.get("author") or {}), dict(entry.get("record") or {})
        uri = named(entry["uri"])
        posted = _posted(record, entry)
    except (KeyError, ValueError, TypeError) as error:
        raise BadAnswer(
            f"A post is damaged: {error}.",
            "Wait a minute; meanwhile read the account yourself.",
            "New mentions there may not be seen.",
        ) from error
    handle = str(author.get("handle", ""))
    return Item(
        source="bluesky",
        ext_id=uri,
        text=str(record.get("text", "")),
        posted_at=to_ms(posted),
        author=handle,
        author_name=str(author.get("displayName") or ""),
        url=f"https://bsky.app/profile/{handle}/post/{uri.rsplit('/', 1)[-1]}",
    )


def _posted(record: dict[str, Any], entry: dict[str, Any]) -> datetime:
    """The author's own time, or the server's where the author wrote nonsense."""
    try:
        return from_iso(str(record.get("createdAt")))
    except ValueError:
        return from_iso(str(entry["indexedAt"]))
