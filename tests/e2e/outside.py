"""What really stands outside, read from each server's own side and never through the desk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import feedparser
import requests

from crisisdesk.config import resource
from crisisdesk.model.cap import CapAlert
from crisisdesk.rules.cap import compile_schema, findings
from crisisdesk.rules.cap_read import parse
from crisisdesk.simnet.feed import FeedSim
from tests.loopback import serve
from tests.servers.appview import POSTS
from tests.servers.mastodon import MastodonServer
from tests.servers.pds import Account, Pds
from tests.servers.postfix import Postfix

READERS = ("ward-three@example.org", "newsroom@example.org")
PASSWORD = "a password of the tests"


@dataclass(frozen=True)
class Toot:
    """One row of the Mastodon server's database."""

    id: int
    text: str
    in_reply_to_id: int | None


@dataclass(frozen=True)
class Outside:
    """Every server the desk talks to, the desk's accounts there, and a citizen."""

    pds: Pds
    desk: Account
    citizen: Account
    mastodon: MastodonServer
    postfix: Postfix
    feed: FeedSim
    feed_url: str
    cap_folder: Path
    toots_before: int

    def posts(self) -> list[dict[str, Any]]:
        """Our posts on the PDS with `uri`, `cid` and `value`, oldest first."""
        query = {"repo": self.desk.did, "collection": POSTS, "reverse": "true"}
        listed = _get(f"{self.pds.base_url}/xrpc/com.atproto.repo.listRecords", query)
        return [self.post(each["uri"]) for each in listed["records"]]

    def post(self, uri: str) -> dict[str, Any]:
        """One of our posts, as anybody may read it."""
        query = {"repo": self.desk.did, "collection": POSTS, "rkey": uri.rsplit("/", 1)[-1]}
        return _get(f"{self.pds.base_url}/xrpc/com.atproto.repo.getRecord", query)

    def toots(self) -> list[Toot]:
        """Our posts on the Mastodon server since this test began, oldest first."""
        path = f"file:{self.mastodon.database}?mode=ro"
        query = (
            "SELECT statuses.id, text, in_reply_to_id FROM statuses"
            " JOIN accounts ON accounts.id = account_id"
            " WHERE username = 'desk' AND statuses.id > ? ORDER BY statuses.id"
        )
        with closing(sqlite3.connect(path, uri=True)) as database:
            return [Toot(*row) for row in database.execute(query, (self.toots_before,))]

    def letters(self, address: str = READERS[0]) -> list[EmailMessage]:
        """The letters in the Maildir for an address, oldest first."""
        return self.postfix.delivered(address)

    def caps(self) -> list[CapAlert]:
        """The CAP files in the folder by time; each must hold by the schema and the rules."""
        schema = compile_schema(resource("schemas", "cap-1.2.rng"))
        files = [each.read_bytes() for each in sorted(self.cap_folder.glob("*.cap.xml"))]
        wrong = [each for xml in files for each in findings(xml, schema)]
        assert [each for each in wrong if each.severity == "error"] == []
        return sorted((parse(xml) for xml in files), key=lambda each: each.sent)

    def cap_feed(self) -> list[Any]:
        """The entries of the feed beside the CAP files, newest first."""
        parsed = feedparser.parse((self.cap_folder / "feed.atom").read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        return list(parsed.entries)

    def silent(self) -> bool:
        """Whether nothing of ours stands anywhere."""
        folder = list(self.cap_folder.iterdir())
        return not (self.posts() or self.toots() or self.letters() or folder)


@contextmanager
def running_outside(
    pds: Pds, mastodon: MastodonServer, postfix: Postfix, folder: Path
) -> Iterator[Outside]:
    """The real servers with accounts of their own for this test, and a feed on loopback."""
    desk = pds.create_account("e2e-desk.test", PASSWORD)
    citizen = pds.create_account("e2e-citizen.test", PASSWORD)
    feed = FeedSim("127.0.0.1", "Flood warnings", lambda: datetime.now(UTC))
    with closing(sqlite3.connect(f"file:{mastodon.database}?mode=ro", uri=True)) as database:
        (newest,) = database.execute("SELECT coalesce(max(id), 0) FROM statuses").fetchone()
    with serve(feed) as url:
        address = f"{url}/feed.atom"
        cap = folder / "cap"
        cap.mkdir()
        yield Outside(pds, desk, citizen, mastodon, postfix, feed, address, cap, newest)


def _get(url: str, query: dict[str, str]) -> dict[str, Any]:
    answer = requests.get(url, params=query, timeout=10)
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content
