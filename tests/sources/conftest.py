"""Simulated networks with a clock that moves on at every post, and sources that are closed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.model.account import Account
from crisisdesk.model.mention import Item
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.sources.base import Source
from crisisdesk.sources.registry import make_sources


@dataclass
class Listening:
    """One network of each kind, fresh sources for it, and what a desk has stored of them."""

    time: datetime = datetime(2026, 8, 20, 9, tzinfo=UTC)
    made: list[Source] = field(default_factory=list)
    stored: dict[str, list[Item]] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mastodon = MastodonSim("social.example", self.now)
        self.mastodon.add_account("council", token="token-1")
        self.bluesky = BlueskySim("pds.example", self.now)
        self.bluesky.add_account("council.example", password="app-pass")
        self.feed = FeedSim("roads.example", "Roads", self.now)
        apps = {each.host: each for each in (self.mastodon, self.bluesky, self.feed)}
        self.net = Net(Mode.EXERCISE, apps=apps)

    def now(self) -> datetime:
        """A little later at every call."""
        self.time += timedelta(milliseconds=1)
        return self.time

    def sources(self, kind: str, net: Net | None = None, **settings: str) -> list[Source]:
        """New sources for an account of this kind."""
        secrets = {"token": "token-1", "password": "app-pass"}
        base = {
            "mastodon": {"server": "https://social.example"},
            "bluesky": {"server": "https://pds.example", "handle": "council.example"},
            "feed": {"url": "https://roads.example/feed.atom"},
        }[kind]
        account = Account(kind, kind, "Name", base | settings)
        self.made += (new := make_sources(account, secrets, net or self.net, self.now))
        return new

    def visit(self, source: Source, pages: int = 100) -> bool:
        """Fetch as the desk does: store items once each, together with the cursor.

        False when there was more after this many pages, as if the program had died there.
        """
        for _ in range(pages):
            batch = source.fetch(self.cursors.get(source.id, ""))
            known = self.stored.setdefault(source.id, [])
            seen = {each.ext_id for each in known}
            known += [each for each in batch.items if each.ext_id not in seen]
            self.cursors[source.id] = batch.cursor
            if not batch.more:
                return True
        return False

    def texts(self, source: Source) -> list[str]:
        """What is stored of this source, in order of arrival at the desk."""
        return [each.text for each in self.stored.get(source.id, [])]


@pytest.fixture
def listening() -> Iterator[Listening]:
    made = Listening()
    yield made
    for source in made.made:
        source.close()


@pytest.fixture
def new_listening() -> Callable[[], Listening]:
    """For Hypothesis, which needs a fresh one for every example."""
    return Listening
