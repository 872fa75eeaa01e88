"""Plans: what is to happen at a moment, and the only moves its state may make."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlanKind(StrEnum):
    """What is due: our own message, its repetition, words we promised, or the end of an alert."""

    SEND = "send"
    REPEAT = "repeat"
    PROMISE = "promise"
    EXPIRY = "expiry"


class PlanState(StrEnum):
    """How far a plan has come. Held and missed ones wait for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    MISSED = "missed"
    DROPPED = "dropped"


_S = PlanState

MOVES: dict[PlanState, frozenset[PlanState]] = {
    _S.WAITING: frozenset({_S.RUNNING, _S.DONE, _S.HELD, _S.MISSED, _S.DROPPED}),
    _S.RUNNING: frozenset({_S.WAITING, _S.DONE, _S.HELD, _S.DROPPED}),
    _S.HELD: frozenset({_S.WAITING, _S.RUNNING, _S.DONE, _S.DROPPED}),
    _S.MISSED: frozenset({_S.WAITING, _S.RUNNING, _S.HELD, _S.DONE, _S.DROPPED}),
    _S.DONE: frozenset(),
    _S.DROPPED: frozenset(),
}

OURS = (PlanKind.SEND, PlanKind.REPEAT)
"""What sends something. The others only watch."""

ASKING = (PlanState.HELD, PlanState.MISSED)
"""Nothing more happens by itself: a person decides."""

UNDONE = (PlanState.WAITING, *ASKING)
OPEN = (PlanState.RUNNING, *UNDONE)


def may_move(old: PlanState, new: PlanState) -> bool:
    """Whether a plan in `old` may become `new`."""
    return new in MOVES[old]


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing due for one alert. `words` say why it stands as it does.

    `every_minutes` is 0 unless it repeats; `made_by` is a person's name, or "desk".
    """

    id: str
    kind: PlanKind
    alert_id: str
    due_at: datetime
    made_by: str
    made_at: datetime
    changed_at: datetime
    every_minutes: int = 0
    state: PlanState = PlanState.WAITING
    words: str = ""
