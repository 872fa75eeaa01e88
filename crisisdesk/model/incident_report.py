"""What a log tells of an incident, gathered to be printed. Every line names its entry."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry says. `at` is when it was written down, None where that cannot be read."""

    seq: int
    at: datetime | None
    who: str
    what: str
    words: str = ""


@dataclass(slots=True)
class Sending:
    """One message on one channel. `stages` are the words of its states, in the order of the log."""

    account: str
    channel: str
    stages: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """One message, written and perhaps sent. `texts` are (account, language, text); `pictures`
    the descriptions; `asked` what it had to say, `missing` what a text lacks of that, by account;
    `approvals` and `after` what people and the desk did about it; `counts` what
    networks counted of it last, by delivery."""

    alert: str
    marker: str = ""
    step: str = ""
    template: str = ""
    headline: str = ""
    follows: str = ""
    expires: datetime | None = None
    composed: Line | None = None
    sent: Line | None = None
    texts: tuple[tuple[str, str, str], ...] = ()
    pictures: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    accounts: tuple[str, ...] = ()
    approved_by: str = ""
    approved_how: str = ""
    sendings: dict[str, Sending] = field(default_factory=dict)
    approvals: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    counts: dict[str, Line] = field(default_factory=dict)


@dataclass(slots=True)
class Promised:
    """An update that was promised by a message, and what became of it."""

    alert: str
    due: datetime | None
    steps: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """One mention that was a call for help or a rumour, and what was done about it."""

    mention: str
    kinds: set[str] = field(default_factory=set)
    steps: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Answers:
    """Mentions of other kinds that were dealt with in the same words."""

    kind: str
    words: str
    number: int
    first: int
    last: int


@dataclass(slots=True)
class Stint:
    """Somebody signed in: from which entry to which. None is not in the log."""

    name: str
    came: Line | None = None
    left: Line | None = None


@dataclass(slots=True)
class Worker:
    """Somebody, or the desk itself, by the entries that bear the name."""

    first: Line
    last: Line
    number: int = 1


@dataclass(slots=True)
class Gathered:
    """Everything that a report of a stretch of a log prints. Lists hold what was kept of them;
    `more` counts what was left out, by the list's name. `names` are those of accounts by id."""

    desks: set[str] = field(default_factory=set)
    exercise: bool = False
    entries: int = 0
    first: Line | None = None
    last: Line | None = None
    names: dict[str, str] = field(default_factory=dict)
    incidents: list[tuple[str, Line]] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    unsent: list[Told] = field(default_factory=list)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    corrected: dict[int, int] = field(default_factory=dict)
    promises: dict[str, Promised] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answers] = field(default_factory=dict)
    handovers: list[Mapping[str, Any]] = field(default_factory=list)
    stints: list[Stint] = field(default_factory=list)
    workers: dict[str, Worker] = field(default_factory=dict)
    faults: list[Line] = field(default_factory=list)
    redactions: list[Mapping[str, Any]] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    more: Counter[str] = field(default_factory=Counter)
