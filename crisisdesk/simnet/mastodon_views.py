"""Mastodon's records as its API shows them, and its way of paging."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from crisisdesk.simnet import mastodon_text
from crisisdesk.simnet.mastodon_records import Account, Media, Status
from crisisdesk.simnet.shelf import Listing
from crisisdesk.simnet.timing import iso_millis
from crisisdesk.simnet.wsgi import Request

DESCRIPTION_LIMIT = 1500
IMAGE_BYTES = 16 << 20
MOST_MEDIA = 4
PICTURE_TYPES = ("image/jpeg", "image/png")
"""Defaults of Mastodon 4.x for GET /api/v2/instance; of the types, those that we ever send."""


def account_json(account: Account, host: str) -> dict[str, Any]:
    """Mastodon's Account entity, the fields a client reads."""
    name, _, domain = account.username.partition("@")
    return {
        "id": account.id,
        "username": name,
        "acct": account.username,
        "display_name": account.display_name or name,
        "bot": account.bot,
        "followers_count": account.followers,
        "locked": False,
        "note": "",
        "url": f"https://{domain or host}/@{name}",
        "uri": f"https://{domain or host}/users/{name}",
    }


def status_json(
    status: Status,
    author: Account,
    host: str,
    replies: int,
    replied_to: Account | None,
    applauded: tuple[int, int] = (0, 0),
) -> dict[str, Any]:
    """Mastodon's Status entity; `applauded` are its likes and its shares."""
    account = account_json(author, host)
    return {
        "id": status.id,
        "uri": f"{account['uri']}/statuses/{status.id}",
        "url": f"{account['url']}/{status.id}",
        "created_at": iso_millis(status.created_at),
        "edited_at": None,
        "in_reply_to_id": status.in_reply_to_id,
        "in_reply_to_account_id": replied_to.id if replied_to else None,
        "visibility": status.visibility,
        "language": status.language,
        "sensitive": bool(status.spoiler_text),
        "spoiler_text": status.spoiler_text,
        "content": mastodon_text.to_html(status.text, host),
        "account": account,
        "tags": [{"name": tag, "url": f"https://{host}/tags/{tag}"} for tag in status.tags],
        "replies_count": replies,
        "reblogs_count": applauded[1],
        "favourites_count": applauded[0],
        "quotes_count": 0,
        "media_attachments": [media_json(each, host) for each in status.media],
        "emojis": [],
        "reblog": None,
        "poll": None,
        "card": None,
    }


def media_json(media: Media, host: str) -> dict[str, Any]:
    """Mastodon's MediaAttachment entity; it has no address while the server works on it."""
    url = f"https://{host}/system/media_attachments/{media.id}"
    return {
        "id": media.id,
        "type": "image",
        "url": None if media.looks_left else url,
        "preview_url": None if media.looks_left else f"{url}/small",
        "remote_url": None,
        "meta": {},
        "description": media.description,
        "blurhash": None,
    }


def instance_json(host: str, max_characters: int) -> dict[str, Any]:
    """The body of GET /api/v2/instance."""
    return {
        "domain": host,
        "title": f"{host} (simulated)",
        "version": "4.6.3",
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "A simulated server for exercises",
        "languages": ["en"],
        "configuration": {
            "urls": {"streaming": f"wss://{host}"},
            "statuses": {
                "max_characters": max_characters,
                "max_media_attachments": MOST_MEDIA,
                "characters_reserved_per_url": mastodon_text.RESERVED_PER_URL,
            },
            "media_attachments": {
                "supported_mime_types": list(PICTURE_TYPES),
                "description_limit": DESCRIPTION_LIMIT,
                "image_size_limit": IMAGE_BYTES,
                "image_matrix_limit": 33_177_600,
            },
            "polls": {
                "max_options": 4,
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2629746,
            },
        },
        "registrations": {"enabled": False},
        "rules": [],
    }


class Numbered(Protocol):
    """Anything with an increasing decimal id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Numbered)


def page(
    items: Listing[Item], request: Request, default: int, keep: Callable[[Item], bool]
) -> list[Item]:
    """One page of those `items` (oldest first) that `keep` lets through, newest first.

    It is at most twice `default` long; what is not on it is not looked at.

    `max_id` is older than, `since_id` the newest ones newer than, `min_id` the ones immediately
    newer than (Mastodon API, "Paginating through API responses").
    """
    max_id, since_id, min_id = (_number(request, name) for name in ("max_id", "since_id", "min_id"))
    size = _number(request, "limit")
    size = default if size is None else min(size, 2 * default)
    low = bisect_right(items.ids, max(since_id or 0, min_id or 0))
    high = len(items) if max_id is None else bisect_left(items.ids, max_id)
    rising = min_id is not None
    numbers = range(low, high) if rising else range(high - 1, low - 1, -1)
    shown = list(islice(filter(keep, (items[number] for number in numbers)), size))
    return shown[::-1] if rising else shown


def link_header(shown: Sequence[Numbered], request: Request, host: str) -> dict[str, str]:
    """The Link header of a page: "next" goes to older items, "prev" to newer ones."""
    if not shown:
        return {}
    kept = {
        name: values
        for name, values in request.query.items()
        if name not in ("max_id", "since_id", "min_id")
    }
    older = urlencode(kept | {"max_id": [shown[-1].id]}, doseq=True)
    newer = urlencode(kept | {"min_id": [shown[0].id]}, doseq=True)
    address = f"https://{host}{request.path}"
    return {"Link": f'<{address}?{older}>; rel="next", <{address}?{newer}>; rel="prev"'}


def _number(request: Request, name: str) -> int | None:
    value = request.one(name)
    return int(value) if value.isascii() and value.isdigit() else None
