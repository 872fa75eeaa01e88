"""What networks count of our posts: how often each was liked, shared, answered and quoted.

Every number is the network's own word at one moment. None is a number that nobody told us, and is
never shown as 0.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostCounts:
    """One post's numbers, by the number that the network gave it."""

    external_id: str
    likes: int | None = None
    shares: int | None = None
    replies: int | None = None
    quotes: int | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """What one account's network told in one look. `followers` are those of the account."""

    followers: int | None
    posts: tuple[PostCounts, ...]
