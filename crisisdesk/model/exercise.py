"""Exercises: what the directing staff wrote down, and how a simulated public behaves.

All times are seconds of story time. What refers to a goal asks whether its deed was done at all;
only the score asks whether that was in time.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Method(StrEnum):
    """How an inject reaches the player."""

    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    FEED = "feed"
    TELEPHONE = "telephone"
    EMAIL = "e-mail"
    IN_PERSON = "in person"
    FAULT = "fault"


POSTS = frozenset({Method.MASTODON, Method.BLUESKY})
CALLS = frozenset({Method.TELEPHONE, Method.EMAIL, Method.IN_PERSON})
"""What somebody says to the player alone: a role player does it, or a card on the screen."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or paper that belongs to an inject: a file inside the pack, and what it shows."""

    file: str
    shows: str


@dataclass(frozen=True, slots=True)
class Inject:
    """One piece of exercise content.

    It is due `at` seconds after STARTEX; after the inject `after` was played, or after the deed of
    the goal `on` was done, when one of these is named. When due it is left out unless the deed of
    the goal `only_if` is done, or if that of `unless` is. `copies` makes a crowd of people say it,
    over `spread` seconds.
    """

    id: str
    at: int
    method: Method
    sender: str
    text: str
    to: str = ""
    expected_action: str = ""
    after: str = ""
    on: str = ""
    only_if: str = ""
    unless: str = ""
    copies: int = 1
    spread: int = 0
    media: tuple[Media, ...] = ()
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """What the autopilot does `at` seconds after STARTEX (a good or a poor officer)."""

    at: int
    do: str
    template: str = ""
    step: str = "alert"
    values: dict[str, str] = field(default_factory=dict)
    match: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure of the exercise: `within` seconds of inject `after`, `do` must have happened."""

    id: str
    words: str
    after: str
    do: str
    within: int
    template: str = ""
    match: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing the coach asks for, once inject `after` was played (at once if that is empty).

    `do`, `template` and `match` name the deed that ticks it off, as in a goal; "choose" and "fill"
    are seen on screen instead. In `words`, names in braces stand for keys, as in {mentions}.
    """

    id: str
    words: str
    do: str
    why: str = ""
    practised: str = ""
    after: str = ""
    template: str = ""
    match: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """What the exercise is for, and the goals that show it."""

    id: str
    words: str
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the simulated public. `kind` says how they speak and how far they are heard."""

    handle: str
    method: Method
    name: str
    followers: int
    kind: str


@dataclass(frozen=True, slots=True)
class Rumour:
    """A claim that grows while nobody answers it, once the inject `starts` was played.

    `reach` people have heard it then; unanswered it doubles every `doubles` seconds. The goal
    `answered_by` is our answer. `phrasings` are sentences with gaps, see docs/scenarios.md.
    """

    id: str
    claim: str
    starts: str
    answered_by: str
    harm: str
    reach: int
    doubles: int
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What people ask, `per_hour` of them, from the inject `starts` on until it is answered."""

    id: str
    asks: str
    starts: str
    answered_by: str
    per_hour: int
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A call for help, the inject `inject`: unheard, `escalates` is said, one every `patience`."""

    id: str
    inject: str
    answered_by: str
    patience: int
    escalates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody else: how much they post when calm and at the height, and about what."""

    calm_per_hour: int = 0
    height_per_hour: int = 0
    phrasings: tuple[str, ...] = ()
    gaps: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole exercise. The story begins at `starts` (hour, minute); `day` is a date, ISO 8601."""

    id: str
    name: str
    summary: str
    codeword: str
    length: int
    incident_name: str
    watch_terms: tuple[str, ...]
    places: tuple[str, ...]
    injects: tuple[Inject, ...]
    acts: dict[str, tuple[Act, ...]]
    goals: tuple[Goal, ...]
    coach: tuple[Lesson, ...] = ()
    briefing: str = ""
    day: str = "2026-02-03"
    starts: tuple[int, int] = (2, 0)
    objectives: tuple[Objective, ...] = ()
    personas: tuple[Persona, ...] = ()
    rumours: tuple[Rumour, ...] = ()
    questions: tuple[Question, ...] = ()
    needs: tuple[Need, ...] = ()
    crowd: Crowd = Crowd()
    observe: tuple[str, ...] = ()
    debrief: tuple[str, ...] = ()
