"""How often a network is asked for the counts of our posts, and how they stand in the log.

Few requests: once an hour while a post is young, once a day for its first week, then never again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.model.engagement import Engagement, PostCounts
from crisisdesk.rules.plain_words import counted as number_of

COUNTED = "account.counted"
"""What such an entry is called in the log."""

YOUNG, OLD = timedelta(days=1), timedelta(days=8)
"""The last daily look at a post comes between its seventh and its eighth day."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLACK = timedelta(minutes=10)
"""The schedule comes a tenth early or late."""

_ONE = {"likes": "like", "shares": "share", "replies": "reply", "quotes": "quote"}
KINDS = tuple(_ONE)


def oldest_wanted(now: datetime, hourly: datetime | None, daily: datetime | None) -> timedelta:
    """How old a post may be to be asked for now; zero when nothing is due.

    `hourly` and `daily` are when young posts, and all of them, were last asked for.
    """
    if daily is None or now - daily >= DAY - SLACK:
        return OLD
    return YOUNG if hourly is None or now - hourly >= HOUR - SLACK else timedelta()


def in_the_log(found: Engagement, ours: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The counts as an entry's detail; `ours` maps a post to (delivery, alert). What nobody told
    is not there."""
    posts = [
        {"delivery": ours[each.external_id][0], "alert": ours[each.external_id][1]} | told(each)
        for each in found.posts
        if each.external_id in ours
    ]
    detail: dict[str, Any] = {"posts": posts, "words": in_words(found)}
    if found.followers is not None:
        detail["followers"] = found.followers
    return detail


def told(post: PostCounts) -> dict[str, int]:
    """The counts of a post that the network told, by kind."""
    values = {kind: getattr(post, kind) for kind in KINDS}
    return {kind: value for kind, value in values.items() if value is not None}


def in_words(found: Engagement) -> str:
    """As in "3 posts: 12 likes, 4 shares, 1 reply; 4,180 followers"."""
    sums = counts_in_words(summed(map(told, found.posts)))
    posts = number_of(len(found.posts), "post")
    followers = (
        "followers not known" if found.followers is None else f"{found.followers:,} followers"
    )
    return f"{posts}: {sums or 'no counts'}; {followers}"


def counts_in_words(counts: Mapping[str, int]) -> str:
    """As in "12 likes, 1 reply"; "" where nothing was told."""
    return ", ".join(
        f"{value:,} {_ONE[kind] if value == 1 else kind}" for kind, value in counts.items()
    )


def summed(posts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """All posts together, only the kinds that any of them tells."""
    sums: dict[str, int] = {}
    for post in posts:
        for kind in KINDS:
            if kind in post:
                sums[kind] = sums.get(kind, 0) + post[kind]
    return sums
