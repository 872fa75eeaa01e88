"""When to call an officer who looks elsewhere, and in which words. No clock in here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from crisisdesk.rules.showing import one_line

GAP_SECONDS = 30.0
"""Between two calls of one kind. In a surge the next one tells the number."""

MANY = 100
"""From here on nobody counts any more: it is so many or more."""

LONGEST_WORDS = 90
LONGEST_CALL = 240
QUIETEST_SPIKE = 20
USUAL_MINUTES = 3
"""So many minutes have to be known before anything can be unusual."""


class Kind(Enum):
    """What calls: (needs somebody now, one of them, several of them, where it is dealt with)."""

    ALARM = (True, "A post that is not ours", "posts that are not ours", "alarm")
    LOG = (True, "The log is broken", "breaks in the log", "log")
    NEED = (True, "New need", "new needs", "mentions")
    DELIVERY = (True, "A channel is in trouble", "channels are in trouble", "broadcast")
    PROMISE = (True, "A promised update is overdue", "promised updates are overdue", "message")
    WAITING = (True, "Needs a second person", "messages need a second person", "approvals")
    CALL = (True, "Somebody calls", "calls wait", "call")
    DECIDED = (False, "Decided", "messages are decided", "approvals")
    SOON = (False, "Due soon", "things are due soon", "message")
    SPIKE = (False, "Many more mentions than before", "rises in mentions", "mentions")

    def __init__(self, urgent: bool, one: str, several: str, place: str) -> None:
        self.urgent = urgent
        self.one = one
        self.several = several
        self.place = place


@dataclass(frozen=True, slots=True)
class Call:
    """What to call somebody for: so many of a kind, and the words of the newest."""

    kind: Kind
    number: int
    words: str

    def told(self, *, discreet: bool) -> str:
        """In one line. `discreet` leaves the words out, as anybody may read them."""
        number = f"{MANY} or more" if self.number >= MANY else f"{self.number}"
        name = self.kind.one if self.number == 1 else f"{number} {self.kind.several}"
        return name if discreet or not self.words else f"{name}: {harmless(self.words)}"


def harmless(words: str, longest: int = LONGEST_WORDS) -> str:
    """On one line, short, and nothing in it that a desktop could take for markup."""
    plain = words.replace("<", "‹").replace(">", "›").replace("&", "＆")
    return one_line(plain, longest)


def notice(calls: Sequence[Call], *, exercise: bool, discreet: bool = False) -> tuple[str, str]:
    """Title and text for the desktop; in an exercise both begin with the word."""
    urgent = any(each.kind.urgent for each in calls)
    title = "CrisisDesk needs you" if urgent else "CrisisDesk, for information"
    said = " · ".join(each.told(discreet=discreet) for each in calls)
    before = "EXERCISE – " if exercise else ""
    return before + title, one_line(before + said, LONGEST_CALL)


@dataclass(slots=True)
class Calls:
    """What is to be called, and what was: nothing is called twice, and nothing is forgotten.

    Moments are seconds of a clock that never goes back.
    """

    _known: dict[Kind, set[str]] = field(default_factory=dict)
    _waiting: dict[Kind, dict[str, str]] = field(default_factory=dict)
    _last: dict[Kind, float] = field(default_factory=dict)

    def know(self, kind: Kind, subject: str) -> None:
        """This was seen: it needs no call."""
        self._known.setdefault(kind, set()).add(subject)

    def tell(self, kind: Kind, subject: str, words: str) -> None:
        """This is new, unless it was told before."""
        known = self._known.setdefault(kind, set())
        if subject not in known:
            known.add(subject)
            self._waiting.setdefault(kind, {})[subject] = words

    def over(self, kind: Kind, subject: str) -> None:
        """This is no more; should it come again, it is new."""
        self._known.get(kind, set()).discard(subject)
        self._waiting.get(kind, {}).pop(subject, None)

    def may(self, kind: Kind, now: float) -> bool:
        """Whether this kind has been silent for long enough."""
        return now - self._last.get(kind, -math.inf) >= GAP_SECONDS

    def due(self, now: float) -> list[Call]:
        """What to call now, all in one; the gravest first."""
        due = [kind for kind in Kind if self._waiting.get(kind) and self.may(kind, now)]
        for kind in due:
            self._last[kind] = now
        return [_call(kind, self._waiting.pop(kind)) for kind in due]


def _call(kind: Kind, told: Mapping[str, str]) -> Call:
    return Call(kind, len(told), list(told.values())[-1])


def spike(minutes: Sequence[int], minutes_known: int, *, already: bool = False) -> bool:
    """Whether far more mentions came in the last minute than in those before it.

    `minutes` are counts, the newest last, of which only `minutes_known` are known at all. Above the
    mean of the earlier minutes by more than three times its square root is the upper limit of a
    control chart for counts (c chart; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1).
    That limit is for events that know nothing of each other, but people answer each other; so it
    must be twice the mean as well, and a number that is trouble to read at all. A spike that is
    there `already` ends below half of what begins one, so that it is not called again and again.
    """
    before = minutes[max(0, len(minutes) - 1 - minutes_known) : -1]
    if len(before) < USUAL_MINUTES:
        return False
    mean = sum(before) / len(before)
    limit = max(QUIETEST_SPIKE, 2 * mean, mean + 3 * math.sqrt(mean))
    return minutes[-1] > (limit / 2 if already else limit)
