"""Scenario files: what is to happen and what is measured. docs/scenarios.md has the format."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crisisdesk.model.cap import Severity
from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import (
    CALLS,
    POSTS,
    Act,
    Goal,
    Inject,
    Lesson,
    Media,
    Method,
    Objective,
    Scenario,
)
from crisisdesk.model.template import Step
from crisisdesk.rules.counting import BLUESKY_GRAPHEMES, COUNTERS, MASTODON_DEFAULT_LIMIT
from crisisdesk.rules.exercise import reading_public
from crisisdesk.rules.exercise.checking import check
from crisisdesk.rules.exercise.entry import Entry

DO = frozenset({"open_incident", "broadcast", "handle", "settle", "note", "hand_over"})
ON_SCREEN = frozenset({"choose", "fill"})
"""What only the screen knows: a template is being written, and nothing in it is missing."""

OFFICERS = ("good", "poor")
FIRST_YEAR, LAST_YEAR = 1971, 2199
"""Computers count from 1970, and a name of Bluesky's holds 53 bits of microseconds since then."""

NETWORKS = ("mastodon", "bluesky", "mail")
MEND = "mend"
"""The kind of fault that ends every fault on its network."""

MOST_COPIES = 1_000
FAULTS = ("refuse", "lost_answer", "timeout", "status", "html", "truncate", "empty", MEND)

_SCENARIO = (
    "id name summary codeword length_minutes incident_name watch_terms places injects autopilot"
    " goals coach briefing day starts objectives personas rumours questions needs public observe"
    " debrief"
)
_INJECT = (
    "id at after on only_if unless from to method text media expected_action copies"
    " spread_minutes data"
)
_FEED_DATA = "title severity"
_CALL_DATA = "hold_back end_when"
_FAULT_DATA = "network kind match times status"
_ACT = "at do template step values match words"
_GOAL = "id words after do within_minutes template match"
_LESSON = "id words why practised after do template match"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LIMITS = {Method.MASTODON: MASTODON_DEFAULT_LIMIT, Method.BLUESKY: BLUESKY_GRAPHEMES}
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def read_scenario(data: Mapping[str, Any], origin: str) -> Scenario:
    """Build a scenario from a parsed TOML file; its minutes become seconds.

    Raises BadInput that names the file and the place in it.
    """
    try:
        return scenario_of(Entry(data))
    except ValueError as error:
        raise BadInput(
            f"The scenario {origin} cannot be used: {error}.",
            "Correct the file, or play another scenario.",
        ) from error


def scenario_of(top: Entry) -> Scenario:
    """The same from its top table. Raises Misfit with the place in the file."""
    top.only(_SCENARIO)
    scenario = Scenario(
        id=_id(top),
        name=top.text("name"),
        summary=top.text("summary"),
        codeword=top.text("codeword"),
        length=top.seconds("length_minutes"),
        incident_name=top.text("incident_name"),
        watch_terms=top.texts("watch_terms"),
        places=top.texts("places"),
        injects=tuple(inject_of(each) for each in top.entries("injects", needed=True)),
        acts=_acts(top.inner("autopilot")),
        goals=tuple(_goal(each) for each in top.entries("goals", needed=True)),
        coach=tuple(_lesson(each) for each in top.entries("coach")),
        briefing=top.optional("briefing"),
        day=_day(top),
        starts=_clock(top),
        objectives=tuple(_objective(each) for each in top.entries("objectives")),
        personas=tuple(reading_public.persona(each) for each in top.entries("personas")),
        rumours=tuple(reading_public.rumour(each) for each in top.entries("rumours")),
        questions=tuple(reading_public.question(each) for each in top.entries("questions")),
        needs=tuple(reading_public.need(each) for each in top.entries("needs")),
        crowd=reading_public.crowd(top.inner("public")),
        observe=top.texts("observe"),
        debrief=top.texts("debrief"),
    )
    check(scenario)
    return scenario


def inject_of(entry: Entry) -> Inject:
    """One inject. Raises Misfit."""
    entry.only(_INJECT)
    method = Method(entry.one_of(Method, "method"))
    copies = entry.count("copies", 1, least=1, most=MOST_COPIES)
    if copies > 1 and method is Method.FAULT:
        raise entry.misfit("copies", "a fault has no copies; write times in its data")
    waits = "after" in entry.table or "on" in entry.table
    media = tuple(_media(each) for each in entry.entries("media"))
    _check_post(entry, method, media)
    return Inject(
        id=entry.text("id"),
        at=entry.seconds("at", default=0 if waits else None),
        method=method,
        sender=(entry.optional if method is Method.FAULT else entry.text)("from"),
        text=entry.text("text"),
        to=entry.optional("to"),
        expected_action=entry.optional("expected_action"),
        after=entry.optional("after"),
        on=entry.optional("on"),
        only_if=entry.optional("only_if"),
        unless=entry.optional("unless"),
        copies=copies,
        spread=entry.seconds("spread_minutes", default=0),
        media=media,
        data=_data(entry.inner("data"), method),
    )


def _check_post(entry: Entry, method: Method, media: tuple[Media, ...]) -> None:
    """What the simulated network itself would refuse is refused here, with its place."""
    if is_too_long(method, entry.text("text"), media):
        raise entry.misfit("text", f"text is too long for {method}")


def is_too_long(method: Method, text: str, media: tuple[Media, ...] = ()) -> bool:
    """Whether a network would refuse a post for its length."""
    return method in POSTS and COUNTERS[method](text + shown(media)) > _LIMITS[method]


def shown(media: tuple[Media, ...]) -> str:
    """How the pictures of a post are told in words."""
    return "".join(f" [Picture: {each.shows}]" for each in media)


def _media(entry: Entry) -> Media:
    entry.only("file shows")
    return Media(entry.text("file"), entry.text("shows"))


def _data(entry: Entry, method: Method) -> dict[str, str]:
    known = {Method.FEED: _FEED_DATA, Method.FAULT: _FAULT_DATA}
    known |= dict.fromkeys(CALLS, _CALL_DATA)
    entry.only(known.get(method, ""))
    if method is Method.FEED:
        entry.text("title")
        entry.one_of(Severity, "severity")
    if method is Method.FAULT:
        _check_fault(entry)
    return {key: str(value) for key, value in entry.table.items()}


def _check_fault(entry: Entry) -> None:
    entry.one_of(NETWORKS, "network")
    entry.one_of(FAULTS, "kind")
    entry.count("status", 503, least=100)
    if entry.table.get("times") == 0:
        raise entry.misfit("times", "times must be above 0, or -1 for ever")
    entry.count("times", 1, least=-1)


def _acts(officers: Entry) -> dict[str, tuple[Act, ...]]:
    officers.only(" ".join(OFFICERS))
    return {
        officer: tuple(_act(each) for each in officers.entries(officer))
        for officer in OFFICERS
        if officer in officers.table
    }


def _act(entry: Entry) -> Act:
    entry.only(_ACT)
    do = entry.one_of(DO, "do")
    values = entry.inner("values")
    if do == "broadcast":
        entry.text("template")
    if do == "handle":
        entry.text("match")
    return Act(
        at=entry.seconds("at"),
        do=do,
        template=entry.optional("template"),
        step=entry.one_of(Step, "step", default=Step.ALERT.value),
        values={key: values.text(key) for key in values.table},
        match=entry.optional("match"),
        words=entry.optional("words"),
    )


def _goal(entry: Entry) -> Goal:
    entry.only(_GOAL)
    do = entry.one_of(DO, "do")
    return Goal(
        id=entry.text("id"),
        words=entry.text("words"),
        after=entry.text("after"),
        do=do,
        within=entry.seconds("within_minutes"),
        template=entry.optional("template"),
        match=_match(entry, do),
    )


def _lesson(entry: Entry) -> Lesson:
    entry.only(_LESSON)
    do = entry.one_of(DO | ON_SCREEN, "do")
    return Lesson(
        id=entry.text("id"),
        words=entry.text("words"),
        do=do,
        why=entry.optional("why"),
        practised=entry.optional("practised"),
        after=entry.optional("after"),
        template=entry.optional("template"),
        match=_match(entry, do),
    )


def _match(entry: Entry, do: str) -> str:
    match = entry.optional("match")
    if do == "broadcast" and match and match not in list(Step):
        raise entry.misfit("match", f"{match!r} is no step; use one of {', '.join(Step)}")
    return match


def _objective(entry: Entry) -> Objective:
    entry.only("id words goals")
    return Objective(entry.text("id"), entry.text("words"), entry.texts("goals"))


def _id(top: Entry) -> str:
    """It names a folder and a desk, so it holds nothing that could lead elsewhere."""
    found = top.text("id")
    if not _NAME.fullmatch(found):
        words = "id must be small letters, digits and hyphens, 60 at most, as in night-flood"
        raise top.misfit("id", words)
    return found


def _day(top: Entry) -> str:
    day = top.optional("day", "2026-02-03")
    try:
        return story_day(day).isoformat()
    except ValueError as error:
        raise top.misfit("day", "day must be a date such as 2026-02-03") from error


def story_day(text: str) -> date:
    """A day on which a story may play. Raises ValueError for what is none, and where clocks of some
    zone would leave the calendar."""
    found = date.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"{text} is no day for a story")
    return found


def _clock(top: Entry) -> tuple[int, int]:
    found = _CLOCK.fullmatch(top.optional("starts", "02:00"))
    if not found:
        raise top.misfit("starts", "starts must be a time such as 02:00")
    return int(found[1]), int(found[2])
