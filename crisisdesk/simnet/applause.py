"""How often a simulated post is liked and passed on: by its age and its author's followers alone.

No chance is drawn, and everything is whole numbers, so the same story counts the same everywhere.
The shares are made up; they are there to be read, not believed.
"""

from datetime import datetime, timedelta
from hashlib import sha256

HALF_SEEN = 20 * 60
"""Seconds after which half of those who ever will have seen a post."""
EVER_SEEN = 300
"""Of 1,000 followers, how many ever will."""
LIKE, SHARE = (10, 40), (5, 30)
"""The least and the most of 1,000 who saw it."""


def applause(post: str, followers: int, posted: datetime, now: datetime) -> tuple[int, int]:
    """(likes, shares) of a post by its number; as time goes on neither falls."""
    age = max(timedelta(), now - posted) // timedelta(seconds=1)
    seen = followers * EVER_SEEN * age // (1000 * (age + HALF_SEEN))
    drawn = sha256(post.encode()).digest()
    return seen * _between(LIKE, drawn[0]) // 1000, seen * _between(SHARE, drawn[1]) // 1000


def _between(ends: tuple[int, int], byte: int) -> int:
    low, high = ends
    return low + (high - low) * byte // 255
