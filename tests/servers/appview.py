"""A small stand-in for Bluesky's AppView: it answers from the records that really are on the PDS.

The PDS alone keeps accounts and records; the questions "who mentioned me?" and "who wrote about
this?" it passes on to an AppView, signed with a token that names the account. This one reads
every repository of the PDS back through its public endpoints at each question, so what a test
sees was written, stored and proxied by the real server. It trusts the token unseen: only the PDS
on loopback knows its address.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

Json = dict[str, Any]
Query = dict[str, list[str]]

POSTS = "app.bsky.feed.post"
MENTION = "app.bsky.richtext.facet#mention"


@dataclass
class AppView:
    """The stand-in; give it `pds_url` before the first question."""

    pds_url: str = ""
    _session: requests.Session = field(default_factory=requests.Session)

    def list_notifications(self, did: str, query: Query) -> Json:
        """app.bsky.notification.listNotifications: mentions of and replies to `did`."""
        wanted = query.get("reasons", ["mention", "reply"])
        found = []
        for post in self._posts():
            reason = _reason(post, did)
            if reason in wanted:
                found.append({**post, "reason": reason, "isRead": False, "labels": []})
        return _page("notifications", found, query, limit=50)

    def search_posts(self, did: str, query: Query) -> Json:
        """app.bsky.feed.searchPosts: posts that hold every word of `q`, whoever asks."""
        words = query["q"][0].casefold().split()
        found = [
            {**post, "likeCount": 0, "repostCount": 0, "replyCount": 0, "quoteCount": 0}
            for post in self._posts()
            if all(word in post["record"].get("text", "").casefold() for word in words)
        ]
        return _page("posts", found, query, limit=25)

    def _posts(self) -> list[Json]:
        repos = self._pages("com.atproto.sync.listRepos", "repos", {})
        posts = [self._view(record, repo) for repo in repos for record in self._records(repo)]
        return sorted(posts, key=_sort_key, reverse=True)

    def _records(self, repo: Json) -> list[Json]:
        wanted = {"repo": repo["did"], "collection": POSTS}
        return self._pages("com.atproto.repo.listRecords", "records", wanted)

    def _view(self, record: Json, repo: Json) -> Json:
        owner = self._get("com.atproto.repo.describeRepo", {"repo": repo["did"]})
        author = {"did": repo["did"], "handle": owner["handle"], "displayName": "", "labels": []}
        value = record["value"]
        # The PDS keeps no time of arrival: the author's own time stands for it, in one form
        # whatever the author's programme writes, so that it sorts.
        created = datetime.fromisoformat(value["createdAt"]).astimezone(UTC)
        return {
            "uri": record["uri"],
            "cid": record["cid"],
            "author": author,
            "record": value,
            "indexedAt": created.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }

    def _pages(self, method: str, key: str, query: dict[str, str]) -> list[Json]:
        page = self._get(method, {**query, "limit": "100"})
        items: list[Json] = page[key]
        while cursor := page.get("cursor"):
            page = self._get(method, {**query, "limit": "100", "cursor": cursor})
            items += page[key]
        return items

    def _get(self, method: str, query: dict[str, str]) -> Json:
        answer = self._session.get(f"{self.pds_url}/xrpc/{method}", params=query, timeout=10)
        answer.raise_for_status()
        content: Json = answer.json()
        return content


def _reason(post: Json, did: str) -> str:
    """Why `did` hears of this post; empty when it does not. The reason "reply" goes first."""
    record = post["record"]
    if post["author"]["did"] == did:
        return ""
    if record.get("reply", {}).get("parent", {}).get("uri", "").startswith(f"at://{did}/"):
        return "reply"
    features = [part for facet in record.get("facets", []) for part in facet["features"]]
    mentioned = any(part["$type"] == MENTION and part["did"] == did for part in features)
    return "mention" if mentioned else ""


def _sort_key(post: Json) -> str:
    return f"{post['indexedAt']}::{post['cid']}"


def _page(key: str, newest_first: list[Json], query: Query, limit: int) -> Json:
    before = query.get("cursor", [""])[0]
    rest = [post for post in newest_first if not before or _sort_key(post) < before]
    size = int(query.get("limit", [str(limit)])[0])
    page: Json = {key: rest[:size]}
    if len(rest) > size:
        page["cursor"] = _sort_key(rest[size - 1])
    return page


def _asking_account(authorization: str) -> str:
    """The account's DID: the issuer of the service token that the PDS signs for it."""
    claims = authorization.removeprefix("Bearer ").split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    issuer: str = json.loads(base64.urlsafe_b64decode(padded))["iss"]
    return issuer


def _handler(view: AppView) -> type[BaseHTTPRequestHandler]:
    methods: dict[str, Callable[[str, Query], Json]] = {
        "/xrpc/app.bsky.notification.listNotifications": view.list_notifications,
        "/xrpc/app.bsky.feed.searchPosts": view.search_posts,
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            method = methods.get(address.path)
            if method is None:
                self._answer(501, {"error": "MethodNotImplemented", "message": address.path})
                return
            did = _asking_account(self.headers["Authorization"])
            self._answer(200, method(did, parse_qs(address.query)))

        def _answer(self, status: int, content: Json) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *message: object) -> None:
            """Stay silent: standard error belongs to the tests."""

    return Handler


@contextmanager
def running_appview() -> Iterator[tuple[AppView, str]]:
    """The stand-in and its base URL, on a free loopback port."""
    view = AppView()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(view))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield view, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        view._session.close()
