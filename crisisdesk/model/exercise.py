"""Exercises: a scenario is a list of timed injects and what a good officer does about them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Inject:
    """One piece of exercise content, `at` seconds after STARTEX.

    `via` is the simulated network it appears on: mastodon, bluesky, feed or mail fault.
    `copies` makes a crowd of people say it, over `spread` seconds.
    """

    id: str
    at: int
    via: str
    author: str
    text: str
    expect: str = ""
    copies: int = 1
    spread: int = 0
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
class Scenario:
    """A whole exercise. `length` is in seconds of story time."""

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
