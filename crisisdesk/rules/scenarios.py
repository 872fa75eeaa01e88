"""Scenario files: reading, checking, laying out. docs/scenarios.md describes the format."""

from collections.abc import Iterable, Mapping
from typing import Any

from crisisdesk.model.cap import Severity
from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Act, Goal, Inject, Lesson, Scenario
from crisisdesk.model.template import Step

VIA = frozenset({"mastodon", "bluesky", "feed", "fault"})
DO = frozenset({"open_incident", "broadcast", "handle", "settle", "note", "hand_over"})
ON_SCREEN = frozenset({"choose", "fill"})
"""What only the screen knows: a template is being written, and nothing in it is missing."""

OFFICERS = ("good", "poor")
NETWORKS = frozenset({"mastodon", "bluesky", "mail"})
SEVERITIES = frozenset(Severity)
FAULTS = frozenset({"refuse", "lost_answer", "timeout", "status", "html", "truncate", "empty"})

_SCENARIO = (
    "id name summary codeword length_minutes incident_name watch_terms places injects autopilot"
    " goals coach"
)
_INJECT = "id at via author text expect copies spread_minutes data"
_FEED_DATA = "title severity"
_FAULT_DATA = "network kind match times status"
_ACT = "at do template step values match words"
_GOAL = "id words after do within_minutes template match"
_LESSON = "id words why practised after do template match"

_Table = Mapping[str, Any]


def read_scenario(data: Mapping[str, Any], origin: str) -> Scenario:
    """Build a scenario from a parsed TOML file; its minutes become seconds.

    Raises BadInput that names the file and the place in it.
    """
    try:
        return _scenario(data)
    except ValueError as error:
        raise BadInput(
            f"The scenario {origin} cannot be used: {error}.",
            "Correct the file, or play another scenario.",
        ) from error


def expand(scenario: Scenario) -> tuple[Inject, ...]:
    """Every inject by itself, in time order: a crowd of `copies` becomes so many single injects.

    The copies lie evenly over `spread` seconds. Their authors are numbered from 1, before the
    first dot of a handle; the first copy keeps the inject's id, the others are "id-2", "id-3", ….
    """
    singles = [single for inject in scenario.injects for single in _singles(inject)]
    return tuple(sorted(singles, key=lambda inject: inject.at))


def _singles(inject: Inject) -> list[Inject]:
    if inject.copies == 1:
        return [inject]
    name, dot, domain = inject.author.partition(".")
    return [
        Inject(
            id=inject.id if number == 1 else f"{inject.id}-{number}",
            at=inject.at + inject.spread * (number - 1) // (inject.copies - 1),
            via=inject.via,
            author=f"{name}{number}{dot}{domain}",
            text=inject.text,
            expect=inject.expect,
            data=inject.data,
        )
        for number in range(1, inject.copies + 1)
    ]


def _scenario(data: _Table) -> Scenario:
    place = "the top of the file"
    _only(data, _SCENARIO, place)
    injects = [_inject(entry, where) for entry, where in _entries(data, "injects", place)]
    scenario = Scenario(
        id=_text(data, "id", place),
        name=_text(data, "name", place),
        summary=_text(data, "summary", place),
        codeword=_text(data, "codeword", place),
        length=_seconds(data, "length_minutes", place),
        incident_name=_text(data, "incident_name", place),
        watch_terms=_words(data, "watch_terms", place),
        places=_words(data, "places", place),
        injects=tuple(injects),
        acts=_acts(data),
        goals=tuple(_goal(entry, where) for entry, where in _entries(data, "goals", place)),
        coach=_coach(data, place),
    )
    _check_times(scenario)
    _check_names(scenario)
    return scenario


def _inject(entry: _Table, place: str) -> Inject:
    _only(entry, _INJECT, place)
    via = _one_of(VIA, entry, "via", place)
    copies = entry.get("copies", 1)
    if type(copies) is not int or copies < 1:
        raise ValueError(f"{place}: copies must be a whole number above 0")
    if copies > 1 and via == "fault":
        raise ValueError(f"{place}: a fault has no copies; write times in its data")
    return Inject(
        id=_text(entry, "id", place),
        at=_seconds(entry, "at", place),
        via=via,
        author=(_optional if via == "fault" else _text)(entry, "author", place),
        text=_text(entry, "text", place),
        expect=_optional(entry, "expect", place),
        copies=copies,
        spread=_seconds(entry, "spread_minutes", place, default=0),
        data=_data(entry.get("data", {}), via, f"{place}, data"),
    )


def _data(table: object, via: str, place: str) -> dict[str, str]:
    if not isinstance(table, Mapping):
        raise ValueError(f"{place} must be a table")
    _only(table, {"feed": _FEED_DATA, "fault": _FAULT_DATA}.get(via, ""), place)
    if via == "feed":
        _text(table, "title", place)
        _one_of(SEVERITIES, table, "severity", place)
    if via == "fault":
        _one_of(NETWORKS, table, "network", place)
        _one_of(FAULTS, table, "kind", place)
        for key in ("times", "status"):
            if type(table.get(key, 1)) is not int:
                raise ValueError(f"{place}: {key} must be a whole number")
        if table.get("times", 1) < 1 and table["times"] != -1:
            raise ValueError(f"{place}: times must be above 0, or -1 for ever")
    return {key: str(value) for key, value in table.items()}


def _acts(data: _Table) -> dict[str, tuple[Act, ...]]:
    place = "autopilot"
    table = data.get(place, {})
    _only(table, " ".join(OFFICERS), place)
    return {
        officer: tuple(
            _act(entry, where) for entry, where in _entries(table, officer, place, f"{place}.")
        )
        for officer in OFFICERS
        if officer in table
    }


def _act(entry: _Table, place: str) -> Act:
    _only(entry, _ACT, place)
    do = _one_of(DO, entry, "do", place)
    values = entry.get("values", {})
    if not isinstance(values, Mapping):
        raise ValueError(f"{place}: values must be a table")
    if do == "broadcast":
        _text(entry, "template", place)
    if do == "handle":
        _text(entry, "match", place)
    return Act(
        at=_seconds(entry, "at", place),
        do=do,
        template=_optional(entry, "template", place),
        step=_step(_optional(entry, "step", place) or Step.ALERT.value, place),
        values={key: _text(values, key, f"{place}, values") for key in values},
        match=_optional(entry, "match", place),
        words=_optional(entry, "words", place),
    )


def _goal(entry: _Table, place: str) -> Goal:
    _only(entry, _GOAL, place)
    do = _one_of(DO, entry, "do", place)
    match = _optional(entry, "match", place)
    if do == "broadcast" and match:
        _step(match, place)
    return Goal(
        id=_text(entry, "id", place),
        words=_text(entry, "words", place),
        after=_text(entry, "after", place),
        do=do,
        within=_seconds(entry, "within_minutes", place),
        template=_optional(entry, "template", place),
        match=match,
    )


def _coach(data: _Table, place: str) -> tuple[Lesson, ...]:
    if "coach" not in data:
        return ()
    return tuple(_lesson(entry, where) for entry, where in _entries(data, "coach", place))


def _lesson(entry: _Table, place: str) -> Lesson:
    _only(entry, _LESSON, place)
    do = _one_of(DO | ON_SCREEN, entry, "do", place)
    match = _optional(entry, "match", place)
    if do == "broadcast" and match:
        _step(match, place)
    return Lesson(
        id=_text(entry, "id", place),
        words=_text(entry, "words", place),
        do=do,
        why=_optional(entry, "why", place),
        practised=_optional(entry, "practised", place),
        after=_optional(entry, "after", place),
        template=_optional(entry, "template", place),
        match=match,
    )


def _step(word: str, place: str) -> str:
    if word not in list(Step):
        raise ValueError(f"{place}: {word!r} is no step; use one of {', '.join(Step)}")
    return word


def _check_times(scenario: Scenario) -> None:
    acts = [act for acts in scenario.acts.values() for act in acts]
    ends = [(f"the inject {each.id!r}", each.at + each.spread) for each in scenario.injects]
    ends += [(f"the act {each.do!r} at {each.at / 60:g} minutes", each.at) for each in acts]
    for what, end in ends:
        if end > scenario.length:
            raise ValueError(f"{what} comes after the end, {scenario.length / 60:g} minutes")


def _check_names(scenario: Scenario) -> None:
    _unique((inject.id for inject in expand(scenario)), "inject")
    _unique((goal.id for goal in scenario.goals), "goal")
    _unique((lesson.id for lesson in scenario.coach), "lesson")
    known = {inject.id for inject in scenario.injects}
    follows = [(f"the goal {goal.id!r}", goal.after) for goal in scenario.goals]
    follows += [(f"the lesson {each.id!r}", each.after) for each in scenario.coach if each.after]
    for what, after in follows:
        if after not in known:
            raise ValueError(f"{what} follows {after!r}, which is no inject")


def _unique(ids: Iterable[str], kind: str) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise ValueError(f"two {kind}s are called {each!r}")
        seen.add(each)


def _entries(table: _Table, key: str, place: str, prefix: str = "") -> list[tuple[_Table, str]]:
    """The entries of a list of tables, each with the words that find it in the file."""
    entries = _need(table, key, place)
    if not isinstance(entries, list) or not all(isinstance(each, Mapping) for each in entries):
        raise ValueError(f"{place}: {key} must be written as [[{prefix}{key}]]")
    return [
        (entry, f"{prefix}{key} number {number}" + (f" ({entry['id']})" if "id" in entry else ""))
        for number, entry in enumerate(entries, start=1)
    ]


def _only(table: object, keys: str, place: str) -> None:
    if not isinstance(table, Mapping):
        raise ValueError(f"{place} must be a table")
    unknown = sorted(set(table) - set(keys.split()))
    if unknown:
        raise ValueError(f"{place}: unknown key {unknown[0]!r}")


def _need(table: _Table, key: str, place: str) -> object:
    if key not in table:
        raise ValueError(f"{place}: {key!r} is missing")
    return table[key]


def _text(table: _Table, key: str, place: str) -> str:
    value = _need(table, key, place)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{place}: {key} must be text that is not empty")
    return value


def _optional(table: _Table, key: str, place: str) -> str:
    return _text(table, key, place) if table.get(key, "") != "" else ""


def _words(table: _Table, key: str, place: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{place}: {key} must be a list of texts")
    return tuple(value)


def _seconds(table: _Table, key: str, place: str, default: float | None = None) -> int:
    minutes = table.get(key, default) if default is not None else _need(table, key, place)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        raise ValueError(f"{place}: {key} must be a number of minutes")
    if not 0 <= minutes < float("inf"):
        raise ValueError(f"{place}: {key} must be a number of minutes, 0 or more")
    return round(minutes * 60)


def _one_of(words: frozenset[str], table: _Table, key: str, place: str) -> str:
    word = _text(table, key, place)
    if word not in words:
        raise ValueError(f"{place}: {key} = {word!r} is unknown; use {', '.join(sorted(words))}")
    return word
