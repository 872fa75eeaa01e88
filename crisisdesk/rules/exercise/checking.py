"""What must fit together in a scenario: times, names, and what waits for what."""

from collections.abc import Iterable, Iterator

from crisisdesk.model.exercise import Inject, Scenario
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.entry import Misfit


def check(scenario: Scenario) -> None:
    """Raises Misfit for the first thing that does not fit."""
    _check_times(scenario)
    _check_twins(scenario)
    injects = {each.id for each in scenario.injects}
    goals = {each.id for each in scenario.goals}
    _known(_names_of_injects(scenario), injects, "inject")
    _known(_names_of_goals(scenario), goals, "goal")
    _check_loops(scenario)


def _check_times(scenario: Scenario) -> None:
    for number, each in enumerate(scenario.injects, start=1):
        if each.at + each.spread > scenario.length:
            words = f"the inject {each.id!r} comes after the end, {_minutes(scenario.length)}"
            raise Misfit(words, "injects", number, "at")
    for officer, acts in scenario.acts.items():
        for number, act in enumerate(acts, start=1):
            if act.at > scenario.length:
                words = f"the act {act.do!r} at {_minutes(act.at)} comes after the end"
                raise Misfit(words, f"autopilot.{officer}", number, "at")


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:g} minutes"


def _check_twins(scenario: Scenario) -> None:
    _unique((each.id for each in expand(scenario)), "injects", "inject")
    for table in ("goals", "coach", "objectives", "rumours", "questions", "needs"):
        kind = "lesson" if table == "coach" else table.removesuffix("s")
        _unique((each.id for each in getattr(scenario, table)), table, kind)
    _unique((f"{each.method}: {each.handle}" for each in scenario.personas), "personas", "persona")


def _unique(ids: Iterable[str], table: str, kind: str) -> None:
    seen: set[str] = set()
    for number, each in enumerate(ids, start=1):
        if each in seen:
            raise Misfit(f"two {kind}s are called {each!r}", table, number, "id")
        seen.add(each)


_Name = tuple[str, int, str, str]
"""Table, number, key, and the name that stands there."""


def _names_of_injects(scenario: Scenario) -> Iterator[_Name]:
    for table, key in (
        ("injects", "after"),
        ("goals", "after"),
        ("coach", "after"),
        ("rumours", "starts"),
        ("questions", "starts"),
        ("needs", "inject"),
    ):
        for number, each in enumerate(getattr(scenario, table), start=1):
            yield table, number, key, getattr(each, key)


def _names_of_goals(scenario: Scenario) -> Iterator[_Name]:
    for number, inject in enumerate(scenario.injects, start=1):
        for key in ("on", "only_if", "unless"):
            yield "injects", number, key, getattr(inject, key)
    for table in ("rumours", "questions", "needs"):
        for number, each in enumerate(getattr(scenario, table), start=1):
            yield table, number, "answered_by", each.answered_by
    for number, objective in enumerate(scenario.objectives, start=1):
        for goal in objective.goals:
            yield "objectives", number, "goals", goal


def _known(names: Iterable[_Name], known: set[str], kind: str) -> None:
    for table, number, key, name in names:
        if name and name not in known:
            words = f"{table} number {number}: {key} names {name!r}, which is no {kind}"
            raise Misfit(words, table, number, key)


def _check_loops(scenario: Scenario) -> None:
    """An inject that waits for itself, over however many others, would never come."""
    starts = {goal.id: goal.after for goal in scenario.goals}
    waits = {each.id: _waits_for(each, starts) for each in scenario.injects}
    for number, inject in enumerate(scenario.injects, start=1):
        if inject.after and inject.on:
            words = f"injects number {number} ({inject.id}): after and on cannot both be there"
            raise Misfit(words, "injects", number, "on")
        seen, each = {inject.id}, waits[inject.id]
        while each:
            if each in seen:
                words = f"injects number {number} ({inject.id}): it waits for itself"
                raise Misfit(words, "injects", number, "after")
            seen.add(each)
            each = waits[each]


def _waits_for(inject: Inject, starts: dict[str, str]) -> str:
    return inject.after or starts.get(inject.on, "")
