"""Mentions: single public posts, mails or feed items about us."""

from dataclasses import dataclass
from enum import IntFlag, StrEnum


class Label(IntFlag):
    """What triage makes of a mention; several may hold at once."""

    NONE = 0
    NEED = 1
    RUMOUR = 2
    QUESTION = 4
    EYEWITNESS = 8
    MEDIA = 16

    @property
    def words(self) -> list[str]:
        """The single labels in here as lower-case words."""
        return [label.name.lower() for label in LABELS if label in self and label.name]


LABELS = (Label.NEED, Label.RUMOUR, Label.QUESTION, Label.EYEWITNESS, Label.MEDIA)


class Verdict(StrEnum):
    """What a person says of a mention, against or with the rules' first guess."""

    NEED = "need"
    RUMOUR = "rumour"
    QUESTION = "question"
    EYEWITNESS = "eyewitness"
    MEDIA = "media"
    NOISE = "noise"
    HANDLED = "handled"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What holds of a mention for now: its labels, why, and who dealt with it ("" for nobody)."""

    labels: Label
    reasons: tuple[str, ...]
    handled_by: str = ""

    @property
    def words(self) -> str:
        """The judgement in a few words, without the reasons."""
        said = ", ".join(self.labels.words) or "no label"
        return f"{said}, handled by {self.handled_by}" if self.handled_by else said


@dataclass(frozen=True, slots=True)
class Rejudged:
    """One mention's judgement before and after a person changed it."""

    mention_id: int
    before: Judgement
    after: Judgement


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a source yielded, not yet judged. `posted_at` is ms since 1970 UTC."""

    source: str
    ext_id: str
    text: str
    posted_at: int
    author: str = ""
    author_name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """What the rules say of a text: labels, urgency 0 to 100, and why in plain words."""

    labels: Label
    urgency: int
    scores: dict[str, int]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stored item with its triage. Times are ms since 1970 UTC.

    `repeats` is the id of the first mention with the same words, 0 when this is the first.
    """

    id: int
    source: str
    ext_id: str
    author: str
    author_name: str
    text: str
    url: str
    posted_at: int
    received_at: int
    labels: Label
    urgency: int
    reasons: tuple[str, ...]
    repeats: int = 0
    handled_by: str = ""

    @property
    def judgement(self) -> Judgement:
        """What holds of it for now."""
        return Judgement(self.labels, self.reasons, self.handled_by)
