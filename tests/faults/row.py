"""One cell of the fault matrix, and how the cells are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from crisisdesk.model.delivery import DeliveryState
from tests.faults.harbour import PUBLISH, Harbour
from tests.faults.proxy import Way

S = DeliveryState
Do = Callable[[Harbour], None]
SOCIAL = ("masto", "bsky")
NETWORKS = ("masto", "bsky", "mail")
SIGN_IN = "POST /xrpc/com.atproto.server.createSession"
KINDS = {"masto": "mastodon", "bsky": "bluesky", "mail": "email", "cap": "cap"}


class Moment(StrEnum):
    """When a fault strikes."""

    BEFORE = "before connecting"
    DURING = "during the body"
    AFTER = "after it was accepted"


def nothing(_harbour: Harbour) -> None:
    """The fault has struck once and is over, or never ends."""


@dataclass(frozen=True)
class Row:
    """One cell of the matrix. `words` is looked for in the evidence of the first attempt."""

    fault: str
    name: str
    account: str
    moment: Moment
    strike: Do
    words: str
    first: tuple[DeliveryState, int]
    end: tuple[DeliveryState, int]
    heal: Do = nothing
    hurry: bool = False
    asked: int | None = None
    """How often the network may be asked to publish in all; None where that is no rule."""

    @property
    def id(self) -> str:
        """As pytest shows it."""
        return f"{self.fault} {self.name}, {KINDS[self.account]}, {self.moment}"


def armed(account: str, way: Way, match: str = "", times: int = 1) -> Do:
    """The proxy of the account goes wrong in this way when it is asked to publish."""
    return lambda harbour: harbour.proxies[account].plan(way, match or PUBLISH[account], times)


def done(account: str) -> DeliveryState:
    """As well as a channel can know that it is public."""
    return S.ACCEPTED if account == "mail" else S.CONFIRMED


def lost(
    fault: str,
    name: str,
    account: str,
    way: Way,
    public: int,
    words: str,
    moment: Moment = Moment.AFTER,
    **more: object,
) -> Row:
    """A request of unknown fate: looked for, repeated by itself only where that is harmless."""
    found = {"masto": S.CONFIRMED if public else S.UNKNOWN, "bsky": S.CONFIRMED, "mail": S.UNKNOWN}
    row = Row(
        fault,
        name,
        account,
        moment,
        armed(account, way),
        words,
        (S.UNKNOWN, public),
        (found[account], 1 if account == "bsky" else public),
        asked=None if account == "bsky" else 1,
    )
    return replace(row, **more)


LEFT = "after the request had left|Connection|closed|reset|timed out|total time"
