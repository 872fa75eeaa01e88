"""Which sources an account brings."""

from collections.abc import Callable, Mapping
from datetime import datetime

from crisisdesk.model.account import Account
from crisisdesk.net import Net
from crisisdesk.sources.base import Source
from crisisdesk.sources.bluesky import bluesky_sources
from crisisdesk.sources.feed import FEED, Feed
from crisisdesk.sources.mastodon import mastodon_sources

SOURCE_KINDS = {FEED.kind: FEED}


def make_sources(
    account: Account, secrets: Mapping[str, str], net: Net, now: Callable[[], datetime]
) -> list[Source]:
    """Everything an account listens to; nothing for those that only publish."""
    if account.kind == "mastodon":
        return mastodon_sources(account, secrets, net)
    if account.kind == "bluesky":
        return bluesky_sources(account, secrets, net)
    if account.kind == "feed":
        return [Feed(account, secrets, net, now)]
    return []
