"""A log replayed: what stood, was known and was promised at any entry of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One alert as it stood then. `channels` pairs each channel's name with its state's word."""

    alert_id: str
    seq: int
    at_ms: int
    marker: str
    step: str
    headline: str
    texts: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person wrote down; `corrected_by` is 0 while nothing has put it right."""

    seq: int
    at_ms: int
    actor: str
    kind: str
    words: str
    corrected_by: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """An update that was promised, and what became of the promise until then."""

    seq: int
    due: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything the log tells of one moment, right after entry `seq`. Times are ms since 1970 UTC.

    `silence_ms` is the time since something was last said to the public, None before the first.
    """

    seq: int
    at_ms: int
    incident: str
    on_duty: tuple[str, ...]
    stopped_by: str
    messages: tuple[Message, ...]
    notes: tuple[Note, ...]
    promises: tuple[Due, ...]
    waiting: tuple[str, ...]
    silence_ms: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing worth a mark on the timeline: an alert, a decision, a promise, a stop …"""

    seq: int
    at_ms: int
    kind: str
    words: str
