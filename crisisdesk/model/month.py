"""A month of a desk's work, as its log tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crisisdesk.model.reach import ChannelReach


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar; `number` is 1 to 12."""

    year: int
    number: int

    @property
    def words(self) -> str:
        """As in "November 2026"."""
        return f"{datetime(self.year, self.number, 1):%B %Y}"  # noqa: DTZ001 - a name, no moment

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    @property
    def after(self) -> "Month":
        """The month after it."""
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of what was asked were answered, and the middle wait in seconds, None without."""

    number: int = 0
    answered: int = 0
    middle: int | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise that was played and measured."""

    name: str
    player: str
    score: int


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Everything that is counted of one month. None is what the log, or nobody, can tell.

    `per_day` holds (messages, mentions or None) for each day of the month, in order. `covered` is
    whether the log reaches from the beginning of the month to its end.
    """

    month: Month
    covered: bool
    entries: int
    incidents: tuple[str, ...] = ()
    first_statement: Answered = Answered()
    messages: Mapping[str, int] = field(default_factory=dict)
    channels: tuple[ChannelReach, ...] = ()
    per_day: tuple[tuple[int, int | None], ...] = ()
    mentions: int | None = None
    mentions_removed: bool = False
    needs: Answered = Answered()
    claims: Answered = Answered()
    needs_sorted: int = 0
    claims_sorted: int = 0
    complete: int | None = None
    promised: int = 0
    kept_in_time: int = 0
    kept_late: int = 0
    approvals: Answered = Answered()
    glass_broken: int = 0
    doubts: Answered = Answered()
    foreign_posts: int = 0
    stops: int = 0
    drills: tuple[Drill, ...] | None = None
    practice: tuple[str, ...] = ()
