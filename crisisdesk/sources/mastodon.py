"""Mastodon: mentions of our account, and hashtags.

`min_id` gives the page immediately after an id, so pages join without a gap however long we were
away; `since_id` would skip to the newest page.
"""

from collections.abc import Mapping
from typing import Any

from crisisdesk.model.account import Account
from crisisdesk.model.mention import Item
from crisisdesk.model.moment import from_iso, to_ms
from crisisdesk.net import Net
from crisisdesk.net.answers import BadAnswer, answer_list, need_success
from crisisdesk.rules.html import text_of_html
from crisisdesk.sources.base import Batch, Source, listed, named, web_address

PAGE = 40


class _Timeline(Source):
    path = ""
    params: Mapping[str, str | list[str]] = {}

    def fetch(self, cursor: str) -> Batch:
        params: dict[str, str | list[str]] = {**self.params, "limit": str(PAGE)}
        if cursor:
            params["min_id"] = cursor
        page = self._get(params)
        newest = max((str(entry.get("id", "")) for entry in page), key=_by_number, default=cursor)
        items = [item for entry in reversed(page) if (item := self.item(entry))]
        # With nothing there yet the next visit starts from 0, not from the newest page.
        return Batch(tuple(items), newest or cursor or "0", more=bool(cursor) and len(page) >= PAGE)

    def _get(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        url = self.settings["server"].rstrip("/") + self.path
        headers = {"Authorization": f"Bearer {self.secrets.get('token', '')}"}
        return answer_list(
            need_success(self.session.request("GET", url, params=params, headers=headers))
        )

    def item(self, entry: dict[str, Any]) -> Item | None:
        """The item of one entry of the page; None when it is not wanted."""
        return status_item(entry)


class MastodonMentions(_Timeline):
    """Posts that mention our account."""

    path = "/api/v1/notifications"
    params: Mapping[str, str | list[str]] = {"types[]": ["mention"]}

    def item(self, entry: dict[str, Any]) -> Item | None:
        """The post of a notification; some servers ignore `types[]`."""
        status = entry.get("status")
        wanted = entry.get("type") == "mention" and isinstance(status, dict)
        return status_item(status) if wanted and status else None


class MastodonTag(_Timeline):
    """Posts with a hashtag."""

    def __init__(self, account: Account, secrets: Mapping[str, str], net: Net, tag: str) -> None:
        super().__init__(account, secrets, net, f"tag/{tag}")
        self.path = f"/api/v1/timelines/tag/{tag}"


def mastodon_sources(account: Account, secrets: Mapping[str, str], net: Net) -> list[Source]:
    """Everything one Mastodon account listens to."""
    tags = [tag.lstrip("#") for tag in listed(account.settings.get("hashtags", ""))]
    mentions: Source = MastodonMentions(account, secrets, net, "mentions")
    return [mentions, *(MastodonTag(account, secrets, net, tag) for tag in tags)]


def status_item(status: dict[str, Any]) -> Item:
    """A post as an item, known by its address, which is the same on every server."""
    try:
        author = dict(status.get("account") or {})
        return Item(
            source="mastodon",
            ext_id=named(status.get("uri") or status["id"]),
            text=text_of_html(str(status.get("content", ""))),
            posted_at=to_ms(from_iso(str(status["created_at"]))),
            author=str(author.get("acct", "")),
            author_name=str(author.get("display_name", "")),
            url=web_address(status.get("url")),
        )
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise BadAnswer(
            f"A post is damaged: {error}.",
            "Read the account yourself, and tell the server's administrator.",
            "New mentions there may not be seen.",
        ) from error


def _by_number(identifier: str) -> tuple[int, str]:
    """Ids are opaque, but grow: a longer number is a later one."""
    return len(identifier), identifier
