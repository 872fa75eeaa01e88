"""A simulated website with an Atom feed, its RSS twin, and CAP alerts behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from lxml import etree

from crisisdesk.simnet.timing import Clock, iso_millis
from crisisdesk.simnet.wsgi import Answer, App, Request, json_answer

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
SHOWN = 50
"""Entries a feed carries at most, newest first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `cap_xml` is the alert it stands for, if it is one."""

    item_id: str
    title: str
    summary: str
    link: str
    updated: datetime
    cap_xml: bytes | None = None


class FeedSim(App):
    """Serves /feed.atom, /feed.rss and /cap/{item_id}.xml; with `gone` set, 410 for all of them."""

    def __init__(self, host: str, title: str, now: Clock) -> None:
        routes = {
            "GET /feed.atom": self._serve_atom,
            "GET /feed.rss": self._serve_rss,
            "GET /cap/{name}": self._serve_cap,
        }
        super().__init__(host, now, routes)
        self.title = title
        self.gone = False
        self._items: dict[str, Item] = {}
        self._changed = now()

    def publish(
        self,
        item_id: str,
        title: str,
        summary: str,
        link: str | None = None,
        updated: datetime | None = None,
        cap_xml: bytes | None = None,
    ) -> Item:
        """Add an entry, or replace the one with this id. `updated` is the present by default."""
        with self.lock:
            self._changed = self.now()
            link = link or f"https://{self.host}/items/{quote(item_id, safe='')}"
            item = Item(item_id, title, summary, link, updated or self._changed, cap_xml)
            self._items[item_id] = item
            return item

    def _serve_atom(self, request: Request) -> Answer:
        return self._fresh(request, self._atom, "application/atom+xml; charset=utf-8")

    def _serve_rss(self, request: Request) -> Answer:
        return self._fresh(request, self._rss, "application/rss+xml; charset=utf-8")

    def _serve_cap(self, request: Request) -> Answer:
        item = self._items.get(request.params["name"].removesuffix(".xml"))
        if self.gone or item is None or item.cap_xml is None:
            return self._missing()
        return Answer(200, item.cap_xml, {"Content-Type": CAP_TYPE})

    def _missing(self) -> Answer:
        return json_answer({"error": "Gone"}, 410) if self.gone else self.not_found()

    def _fresh(self, request: Request, build: Callable[[], bytes], kind: str) -> Answer:
        if self.gone:
            return self._missing()
        body = build()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        changed = self._changed.astimezone(UTC)
        validators = {"ETag": tag, "Last-Modified": format_datetime(changed, usegmt=True)}
        headers = {**validators, "Cache-Control": "max-age=60"}
        if _unchanged(request, tag, changed):
            return Answer(304, b"", headers)
        return Answer(200, body, {**headers, "Content-Type": kind})

    def _newest(self) -> list[Item]:
        items = sorted(self._items.values(), key=lambda each: each.updated, reverse=True)
        return items[:SHOWN]

    def _cap_address(self, item: Item) -> str:
        return f"https://{self.host}/cap/{quote(item.item_id, safe='')}.xml"

    def _atom(self) -> bytes:
        feed = etree.XML(f'<feed xmlns="{ATOM}"/>')
        address = f"https://{self.host}/feed.atom"
        _add(feed, "id", address)
        _add(feed, "title", self.title)
        _add(feed, "updated", iso_millis(self._changed))
        _add(_add(feed, "author"), "name", self.title)
        _add(feed, "link", rel="self", type="application/atom+xml", href=address)
        for item in self._newest():
            entry = _add(feed, "entry")
            _add(entry, "id", f"https://{self.host}/items/{quote(item.item_id, safe='')}")
            _add(entry, "title", item.title)
            _add(entry, "updated", iso_millis(item.updated))
            _add(entry, "summary", item.summary)
            _add(entry, "link", rel="alternate", type="text/html", href=item.link)
            if item.cap_xml is not None:
                _add(entry, "link", rel="alternate", type=CAP_TYPE, href=self._cap_address(item))
        return _bytes(feed)

    def _rss(self) -> bytes:
        rss = etree.Element("rss", version="2.0")
        channel = _add(rss, "channel")
        _add(channel, "title", self.title)
        _add(channel, "link", f"https://{self.host}/")
        _add(channel, "description", self.title)
        _add(channel, "ttl", "5")
        for item in self._newest():
            entry = _add(channel, "item")
            _add(entry, "title", item.title)
            _add(entry, "link", item.link if item.cap_xml is None else self._cap_address(item))
            _add(entry, "guid", item.item_id, isPermaLink="false")
            _add(entry, "pubDate", format_datetime(item.updated))
            _add(entry, "description", item.summary)
        return _bytes(rss)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name), attributes)
    child.text = text or None
    return child


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _unchanged(request: Request, tag: str, changed: datetime) -> bool:
    # RFC 9110 section 13.2.2: If-Modified-Since counts only where If-None-Match is absent.
    if wanted := request.headers.get("if-none-match"):
        tags = [each.strip().removeprefix("W/") for each in wanted.split(",")]
        return tag in tags or tags == ["*"]
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed < since + timedelta(seconds=1)
