"""What of a log is disclosed to somebody, and what is kept back, on which ground."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Show(StrEnum):
    """How much of an entry is disclosed."""

    ALL = "all"
    WITHOUT_WORDS = "without words"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Ruling:
    """How much of entries `first` to `last` is disclosed; `ground` is why not all of it is."""

    first: int
    last: int
    show: Show
    ground: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A request and how it is answered. The entries are those of an incident (`ref`) or of a span,
    both when given; `words` says how much is shown where no ruling says otherwise, the last one
    that fits first."""

    reference: str
    to: str
    ref: str
    since: datetime | None
    until: datetime | None
    words: Show
    ground: str
    rulings: tuple[Ruling, ...] = ()

    def ruling(self, seq: int) -> Ruling:
        """What goes for one entry."""
        fitting = (each for each in reversed(self.rulings) if each.first <= seq <= each.last)
        return next(fitting, Ruling(seq, seq, self.words, self.ground))
