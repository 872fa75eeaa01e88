"""Deliveries: one alert on one channel, and the only moves its state may make."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.media import Picture


class DeliveryState(StrEnum):
    """How far one alert has come on one channel."""

    PREPARED = "prepared"
    HELD = "held"
    SENDING = "sending"
    RETRYING = "retrying"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


_S = DeliveryState

MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    _S.PREPARED: frozenset({_S.SENDING, _S.HELD, _S.FAILED}),
    _S.HELD: frozenset({_S.SENDING, _S.ACCEPTED, _S.CONFIRMED, _S.FAILED}),
    _S.SENDING: frozenset({_S.ACCEPTED, _S.CONFIRMED, _S.RETRYING, _S.UNKNOWN, _S.FAILED}),
    _S.RETRYING: frozenset({_S.SENDING, _S.HELD, _S.ACCEPTED, _S.FAILED}),
    _S.UNKNOWN: frozenset({_S.ACCEPTED, _S.CONFIRMED, _S.FAILED, _S.SENDING}),
    _S.ACCEPTED: frozenset({_S.CONFIRMED, _S.WITHDRAWN}),
    _S.CONFIRMED: frozenset({_S.WITHDRAWN}),
    # Only by a person who posted by hand what the desk could not.
    _S.FAILED: frozenset({_S.CONFIRMED}),
    _S.WITHDRAWN: frozenset(),
}

PUBLISHED = frozenset({_S.ACCEPTED, _S.CONFIRMED})
NEVER_OUT = frozenset({_S.PREPARED, _S.HELD, _S.FAILED})
SETTLED = frozenset({_S.CONFIRMED, _S.FAILED, _S.WITHDRAWN})


def may_move(old: DeliveryState, new: DeliveryState) -> bool:
    """Whether a delivery in `old` may become `new`."""
    return new in MOVES[old]


class Verdict(StrEnum):
    """What one request to a network told us."""

    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    NOT_SENT = "not sent"
    REFUSED = "refused"
    LOCKED = "locked"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    ALTERED = "altered"
    WITHDRAWN = "withdrawn"


class Found(StrEnum):
    """What the last reading back found where a message had been published.

    It stands beside the state, which goes on telling how the sending ended: what was confirmed
    once was confirmed. One look can be wrong (a server being restored, a folder not mounted), and
    the next may find the message again; a state without further moves could not take that back,
    and "withdrawn" would claim that we did it.
    """

    AS_SENT = ""
    GONE = "gone"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """One address of a list: whether its server took the message, and what it said."""

    address: str
    verdict: Verdict
    answer: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one send, look-up or deletion, with its evidence in words.

    `retry_after` is in seconds, given only where the network asked us to wait.
    """

    verdict: Verdict
    evidence: str
    external_id: str = ""
    url: str = ""
    retry_after: float | None = None
    recipients: tuple[RecipientResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """Where an earlier alert stands on a channel, so that a follow-up can point at it."""

    external_id: str
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """The frozen content for one channel. Sending it again sends the same bytes.

    `key` is our idempotency key, made once and stored before the first byte leaves.
    `marker` is the public reference in the text, by which a reader can find it again.
    """

    key: str
    text: str
    created_at: datetime
    language: str = "en"
    subject: str = ""
    marker: str = ""
    cap_xml: bytes = b""
    recipients: tuple[str, ...] = ()
    reply_to: Publication | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnPost:
    """Something that stands on our own account, whoever put it there."""

    external_id: str
    text: str
    url: str
    posted_at: datetime


class PostVerdict(StrEnum):
    """Whose a post on our own account is. The first two raise an alarm until a person answers."""

    FOREIGN = "foreign"
    CHANGED = "changed"
    KNOWN = "known before"
    OURS = "ours"
    BY_HAND = "by hand"
    NOT_OURS = "not ours"


ALARMS = frozenset({PostVerdict.FOREIGN, PostVerdict.CHANGED})


@dataclass(frozen=True, slots=True)
class SentText:
    """What it takes to recognise a delivery's post: its key, its words, and since when."""

    key: str
    external_id: str
    text: str
    state: DeliveryState
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on one channel, with the evidence for the state it is in; `desk` sends it.

    `seen_at` is when it was last seen as we sent it, by reading back or by a person.
    """

    id: str
    alert_id: str
    account_id: str
    language: str
    state: DeliveryState
    key: str
    text: str
    subject: str
    external_id: str
    url: str
    evidence: str
    created_at: datetime
    changed_at: datetime
    recipients: tuple[RecipientResult, ...] = ()
    seen_at: datetime | None = None
    desk: str = ""
    found: Found = Found.AS_SENT
