"""What a log tells of one incident or exercise: who said what to the public, and when.

Times are whole seconds from the start: STARTEX in an exercise, else the first incident's opening.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Said:
    """One message that was sent. `public_at` is None until a network said that it stands there.

    `texts` are (account, language, text); `elements` the same with what each text says, empty
    where the log is older than that.
    """

    alert: str
    seq: int
    at: int
    step: str
    template: str
    headline: str
    marker: str
    follows: str
    channels: tuple[str, ...]
    texts: tuple[tuple[str, str, str], ...]
    asked: tuple[str, ...]
    elements: tuple[tuple[str, str, tuple[str, ...]], ...]
    approved_by: str
    approved_how: str
    public_at: int | None = None

    @property
    def complete(self) -> float | None:
        """The share of what it had to say that its texts say; None when nobody noted it."""
        if not self.asked or not self.elements:
            return None
        there = sum(len(set(self.asked) & set(found)) for _, _, found in self.elements)
        return there / (len(self.asked) * len(self.elements))


@dataclass(slots=True)
class Promise:
    """The next update that a message promised, and when it came."""

    alert: str
    seq: int
    due: int
    kept: int | None = None


@dataclass(slots=True)
class Doubt:
    """A delivery whose outcome was unknown, and when that ended."""

    delivery: str
    channel: str
    seq: int
    at: int
    settled: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in the log, one not to act included. `reasoned`: it says why."""

    seq: int
    at: int
    by: str
    words: str
    reasoned: bool


@dataclass(slots=True)
class Asking:
    """A message that waited for a second person."""

    alert: str
    seq: int
    at: int
    answered: int | None = None


@dataclass(slots=True)
class Heard:
    """A call for help or a claim, and when it was acknowledged or answered. `seq` is the
    entry that shows it, or 0."""

    words: str
    at: int
    answered: int | None = None
    seq: int = 0


@dataclass(slots=True)
class Facts:
    """Everything the measures and the report need, read in one go."""

    began: datetime
    end: int = 0
    entries: int = 0
    exercise: bool = False
    ended: bool = False
    said: list[Said] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    asking: list[Asking] = field(default_factory=list)
    needs: list[Heard] = field(default_factory=list)
    claims: list[Heard] = field(default_factory=list)
    by_people: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def public(self) -> list[Said]:
        """What certainly reached the public, in the order in which it did."""
        out = [each for each in self.said if each.public_at is not None]
        return sorted(out, key=lambda each: each.public_at or 0)
