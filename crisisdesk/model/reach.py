"""How far what we said has come on each channel: what the log knows, and what nobody told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Sending:
    """One message on one channel, as the log has it. `state` is the last one, `counts` the last
    numbers that its network told, `gone` whether a later look found it gone or altered."""

    delivery: str
    alert: str
    account: str
    channel: str
    began: datetime
    state: str
    gone: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelReach:
    """All that was sent on one channel in a stretch of a log.

    `counted` posts have the numbers in `counts`. `followers` are those of the account when it was
    last counted: at most so many people could be reached directly. None: nobody told us.
    """

    channel: str
    kind: str
    messages: int
    confirmed: int
    accepted: int
    unknown: int
    failed: int
    withdrawn: int
    gone: int
    counted: int
    counts: Mapping[str, int]
    followers: int | None = None

    @property
    def reactions(self) -> int | None:
        """Likes, shares, replies and quotes for each counted post, on average, rounded."""
        return round(sum(self.counts.values()) / self.counted) if self.counted else None
