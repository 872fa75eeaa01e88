"""RSS and Atom feeds, with the CAP messages they link to.

Asks only for what changed (ETag, Last-Modified). An item whose text changed comes again as a new
mention: an authority's correction must not be missed.
"""

from calendar import timegm
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from crisisdesk.model.account import Account, AccountKind, SettingField
from crisisdesk.model.errors import NetworkError
from crisisdesk.model.mention import Item
from crisisdesk.model.moment import to_ms
from crisisdesk.net import Net
from crisisdesk.rules.cap_read import CapError, parse
from crisisdesk.rules.html import text_of_html
from crisisdesk.sources.base import Batch, Source, SourceGone, web_address

MAX_BYTES = 5 << 20
CAP_TYPE = "application/cap+xml"
REMEMBERED = 500

FEED = AccountKind(
    kind="feed",
    title="News or warning feed",
    publishes=False,
    listens=True,
    advice="Any RSS, Atom or CAP feed: weather and flood warnings, local news, neighbours.",
    fields=(SettingField("url", "Address of the feed", hint="https://example.org/feed.atom"),),
)


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the feed looked like last time. `seen` holds short hashes of items."""

    etag: str = ""
    modified: str = ""
    seen: tuple[str, ...] = ()


_MARK = msgspec.json.Decoder(Mark)  # here, once: a first use in two threads at a time would crash


class Feed(Source):
    """One feed."""

    def __init__(
        self, account: Account, secrets: Mapping[str, str], net: Net, now: Callable[[], datetime]
    ) -> None:
        super().__init__(account, secrets, net, "feed")
        self._now = now

    def fetch(self, cursor: str) -> Batch:
        mark = _MARK.decode(cursor) if cursor else Mark()
        url = self.settings["url"]
        headers = {"If-None-Match": mark.etag, "If-Modified-Since": mark.modified}
        response = self.session.request(
            "GET", url, headers={k: v for k, v in headers.items() if v}, max_bytes=MAX_BYTES
        )
        if response.status_code == 304:
            return Batch((), cursor)
        if response.status_code == 410:
            raise SourceGone(
                f"The feed {url} is gone for good.",
                "Remove it, or find its successor.",
                "Nothing new comes in from it.",
            )
        if response.status_code != 200:
            raise NetworkError(
                f"The feed answered {response.status_code}.",
                "Check its address under Channels and sources.",
                "Nothing new comes in from it.",
            )
        parsed = _parsed(response.content, response.headers)
        fresh = [
            (entry, digest)
            for entry in parsed.entries
            if (digest := _digest(entry)) not in mark.seen
        ]
        items = tuple(self._item(entry, digest) for entry, digest in reversed(fresh))
        seen = (*mark.seen, *(digest for _, digest in fresh))[-REMEMBERED:]
        # Of half a feed the rest is still wanted, so it must not be "unchanged" next time.
        whole = {} if parsed.bozo else response.headers
        after = Mark(whole.get("ETag", ""), whole.get("Last-Modified", ""), seen)
        return Batch(items, msgspec.json.encode(after).decode())

    def _item(self, entry: Any, digest: str) -> Item:
        title = text_of_html(entry.get("title", ""))
        body = text_of_html(entry.get("summary", ""))
        warning = self._warning(entry)
        title = "" if warning.startswith(title) else title
        text = "\n".join(dict.fromkeys(part for part in (title, warning or body) if part))
        when = _moment(_own(entry, "updated_parsed") or entry.get("published_parsed"))
        return Item(
            source=f"feed:{self.account.id}",
            ext_id=f"{_identity(entry)}#{digest}",
            text=text or "(an entry without words)",
            posted_at=to_ms(self._now()) if when is None else when,
            author=self.account.name,
            author_name=text_of_html(entry.get("author", "")),
            url=web_address(entry.get("link")),
        )

    def _warning(self, entry: Any) -> str:
        """What a linked CAP message says; a feed's own address may be private, others may not."""
        links = [link for link in entry.get("links", ()) if link.get("type") == CAP_TYPE]
        if not links:
            return ""
        try:
            url = urljoin(self.settings["url"], links[0].get("href", ""))
            foreign = urlsplit(url).hostname != urlsplit(self.settings["url"]).hostname
            response = self.session.request("GET", url, public_only=foreign)
            info = parse(response.content).infos[0]
        except (NetworkError, CapError, IndexError, ValueError):
            return ""
        areas = "; ".join(area.desc for area in info.areas)
        grade = f"{info.event} – {info.severity}, {info.urgency}. {areas}"
        return "\n".join(part for part in (grade, info.description, info.instruction) if part)


def _parsed(content: bytes, headers: Mapping[str, str]) -> Any:
    """What feedparser makes of it. Raises NetworkError for what is no feed."""
    import feedparser  # 110 ms, needed only by those who follow feeds

    kind = headers.get("Content-Type", "application/xml")
    # As a stream: bytes that happen to be the name of a file would be opened as that file.
    parsed = feedparser.parse(BytesIO(content), response_headers={"content-type": kind})
    if not parsed.entries and (parsed.bozo or not parsed.get("version")):
        problem = str(parsed.get("bozo_exception", "this is no feed"))[:150]
        raise NetworkError(
            f"The feed is damaged: {problem}.",
            "Read the page itself meanwhile; tell whoever publishes it.",
            "What came before is kept; nothing new comes in from it.",
        )
    return parsed


def _own(entry: Any, key: str) -> Any:
    """A value of the entry itself: feedparser would give `published` for a missing `updated`."""
    return dict.get(entry, key)


def _moment(when: Any) -> int | None:
    """ms since 1970; None without a date, or with one that no calendar has."""
    try:
        return timegm(when) * 1000 if when else None
    except (OverflowError, ValueError):
        return None


def _identity(entry: Any) -> str:
    return str(entry.get("id") or entry.get("link") or entry.get("title", ""))


def _digest(entry: Any) -> str:
    parts = (
        _identity(entry),
        entry.get("title", ""),
        entry.get("summary", ""),
        _own(entry, "updated") or "",
    )
    return sha256("\0".join(parts).encode()).hexdigest()[:12]
