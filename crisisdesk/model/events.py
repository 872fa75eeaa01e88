"""What the core tells the rest after a commit. Published from any thread."""

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.delivery import DeliveryState, OwnPost
from crisisdesk.model.exercise import Inject
from crisisdesk.model.mention import Label
from crisisdesk.model.plan import PlanKind, PlanState


@dataclass(frozen=True, slots=True)
class MentionsStored:
    """New mentions are in the store; `last_id` is the highest id among them."""

    count: int
    last_id: int
    labels: Label


@dataclass(frozen=True, slots=True)
class MentionsJudged:
    """Somebody handled or relabelled these mentions, or took that back."""

    mention_ids: tuple[int, ...]


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
class ApprovalChanged:
    """Somebody asked for, gave, refused or took back an approval."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class StopChanged:
    """All sending was stopped, or may go on."""

    stopped: bool


@dataclass(frozen=True, slots=True)
class ForeignPost:
    """A post stands on our own account that this desk did not send, or its words were changed."""

    account_id: str
    channel_name: str
    post: OwnPost
    changed: bool = False


@dataclass(frozen=True, slots=True)
class LogGrew:
    """The log has a new head."""

    seq: int


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """Channels or sources were added, changed or removed; `saved` was, perhaps its secret alone."""

    saved: str = ""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Somebody changed one setting, and it is in the file."""

    key: str


@dataclass(frozen=True, slots=True)
class MentionsRemoved:
    """Mentions that were kept long enough are gone."""

    count: int


@dataclass(frozen=True, slots=True)
class CallCame:
    """In an exercise somebody speaks to the player alone, `at` story seconds after STARTEX."""

    at: int
    inject: Inject


@dataclass(frozen=True, slots=True)
class StoryMoved:
    """An exercise's story was looked at, `at` story seconds after STARTEX: see the timeline."""

    at: int


@dataclass(frozen=True, slots=True)
class NoDuff:
    """A real event stopped the exercise for good, `at` story seconds; `by` says who told it."""

    at: int
    by: str


@dataclass(frozen=True, slots=True)
class ExerciseTold:
    """The story went on: an inject was played, or the exercise ended."""

    at: int
    words: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """Somebody opened an incident."""

    incident_id: str
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class AlertRetracted:
    """Somebody takes an alert back, wherever that is possible."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class AlertExpired:
    """An alert's time is over while something of it still stands in public."""

    alert_id: str
    headline: str


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """A plan was made or moved to another state; `words` say why."""

    plan_id: str
    alert_id: str
    kind: PlanKind
    state: PlanState
    words: str = ""


@dataclass(frozen=True, slots=True)
class PromiseNear:
    """The update that an alert promised is due in a few minutes."""

    alert_id: str
    headline: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The computer's clock was set, or the computer slept; `words` tell it to a person.

    `seconds` is by how much the clock jumped, negative when back, or how long nothing ran.
    """

    kind: str
    seconds: float
    words: str


@dataclass(frozen=True, slots=True)
class LogChecked:
    """The desk has verified its own log."""

    report: VerifyReport


Event = (
    MentionsStored
    | MentionsJudged
    | SourceState
    | AlertComposed
    | DeliveryChanged
    | ApprovalChanged
    | StopChanged
    | ForeignPost
    | LogGrew
    | AccountsChanged
    | ExerciseTold
    | CallCame
    | StoryMoved
    | NoDuff
    | IncidentOpened
    | AlertRetracted
    | AlertExpired
    | PlanChanged
    | PromiseNear
    | ClockStepped
    | LogChecked
    | SettingsChanged
    | MentionsRemoved
)
