"""What the directing staff of an exercise do and see. Times are seconds of story time."""

from dataclasses import dataclass
from enum import StrEnum

from crisisdesk.model.exercise import Goal


class Break(StrEnum):
    """How exercise control makes a simulated network fail, until it is mended."""

    REFUSED = "cannot be reached"
    ANSWERS_LOST = "its answers get lost"
    ERROR = "answers with an error"
    SLOW = "does not answer in time"


class Rating(StrEnum):
    """An observer's opinion of what they saw."""

    NONE = ""
    WELL = "went well"
    PARTLY = "went well in part"
    BADLY = "did not go well"


@dataclass(frozen=True, slots=True)
class Observation:
    """What an observer wrote at `at`; `about` is the inject, objective or question, "" for none."""

    at: int
    words: str
    about: str = ""
    rating: Rating = Rating.NONE


class Progress(StrEnum):
    """How far the player is with a goal."""

    NOT_YET = "not asked for yet"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    LATE = "done late"


@dataclass(frozen=True, slots=True)
class GoalNow:
    """A goal as it stands: `due` is None before its inject, `done` None while it is not done."""

    goal: Goal
    progress: Progress
    due: int | None = None
    done: int | None = None
