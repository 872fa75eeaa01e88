"""One message as it stands in public, and what is wrong with it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery


class Kind(StrEnum):
    """What can be wrong with a message in public, the worst first."""

    CONTRADICTED = "contradicted"
    LEFT = "left over"
    ALTERED = "altered"
    GONE = "gone"
    RIVAL = "rival"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    EXPIRING = "expiring"


CONTRADICTIONS = frozenset({Kind.CONTRADICTED, Kind.LEFT, Kind.ALTERED, Kind.GONE, Kind.RIVAL})
"""The public does not see what we mean to say."""

DOUBTS = frozenset({Kind.RIVAL, Kind.UNKNOWN, Kind.EXPIRING})
"""To be looked at; all others are certainly wrong."""

_RANKS = (
    CONTRADICTIONS,
    frozenset({Kind.UNKNOWN}),
    frozenset({Kind.EXPIRED, Kind.OVERDUE}),
    frozenset({Kind.EXPIRING}),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words for the officer."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One delivery the public can or may see.

    `channel` is the account's name, "" once it was removed. `age` counts from the broadcast.
    `readable` tells whether it can be read back there at all. `answered_by` is the newest later
    message of its chain that stands at the same place: this one is then no longer the last word.
    """

    alert: Alert
    delivery: Delivery
    channel: str
    age: timedelta
    expired: bool
    readable: bool = True
    answered_by: Alert | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def rank(self) -> int:
        """0 for contradictions, then unknown, expired or overdue, expiring, sound; 5 for quiet."""
        kinds = {each.kind for each in self.findings}
        found = (number for number, rank in enumerate(_RANKS) if kinds & rank)
        return next(found, len(_RANKS) + self.quiet)

    @property
    def quiet(self) -> bool:
        """Nothing to do: a newer word stands here, or it is a last word that has run out."""
        return not self.findings and (self.answered_by is not None or self.expired)
