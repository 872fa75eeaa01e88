"""What the core tells the rest after a commit. Published from any thread."""

from dataclasses import dataclass

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.mention import Label


@dataclass(frozen=True, slots=True)
class MentionsStored:
    """New mentions are in the store; `last_id` is the highest id among them."""

    count: int
    last_id: int
    labels: Label


@dataclass(frozen=True, slots=True)
class MentionChanged:
    """Somebody handled or relabelled a mention."""

    mention_id: int


@dataclass(frozen=True, slots=True)
class SourceState:
    """How an account is doing: working, or what is wrong in words.

    `part` tells what was tried: a stream it listens to, or the sign-in of its channel.
    """

    account_id: str
    ok: bool
    words: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class AlertComposed:
    """An alert was frozen and may be broadcast."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """One delivery moved to another state."""

    delivery_id: str
    alert_id: str
    account_id: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class LogGrew:
    """The log has a new head."""

    seq: int


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """Channels or sources were added, changed or removed; `saved` was, perhaps its secret alone."""

    saved: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseTold:
    """The story went on: an inject was played, or the exercise ended."""

    at: int
    words: str
    ended: bool = False


Event = (
    MentionsStored
    | MentionChanged
    | SourceState
    | AlertComposed
    | DeliveryChanged
    | LogGrew
    | AccountsChanged
    | ExerciseTold
)
