"""Where an exercise stands: goals, public and timeline while the story runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisisdesk.model.directing import GoalNow, Observation, Progress
from crisisdesk.model.exercise import Goal, Inject, Scenario
from crisisdesk.rules.exercise.rumours import Curve
from crisisdesk.rules.exercise.scoring import Deed, first_fitting
from crisisdesk.rules.exercise.story import Line


@dataclass(frozen=True, slots=True)
class PublicNow:
    """The simulated public: `heat` and `restless` from 0 to 1, `silence` in minutes since it last
    heard from us."""

    heat: float
    restless: float
    silence: float
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """What exercise control sees, `at` story seconds. `broken` has words for each network that
    fails."""

    at: int
    lines: tuple[Line, ...]
    goals: tuple[GoalNow, ...]
    broken: Mapping[str, str]
    observations: tuple[Observation, ...]
    public: PublicNow


def goals_now(
    scenario: Scenario, deeds: Sequence[Deed], played_at: Mapping[str, int], now: int
) -> tuple[GoalNow, ...]:
    """Every goal of the scenario, in its order, `now` seconds after STARTEX."""
    ordered = sorted(deeds, key=lambda deed: deed.at)
    return tuple(_goal_now(goal, ordered, played_at, now) for goal in scenario.goals)


def _goal_now(goal: Goal, deeds: Sequence[Deed], played_at: Mapping[str, int], now: int) -> GoalNow:
    start = played_at.get(goal.after)
    if start is None:
        return GoalNow(goal, Progress.NOT_YET)
    due, first = start + goal.within, first_fitting(goal, deeds, start)
    if first is None:
        return GoalNow(goal, Progress.OVERDUE if now > due else Progress.OPEN, due)
    return GoalNow(goal, Progress.DONE if first.at <= due else Progress.LATE, due, first.at)


def waits_for(scenario: Scenario, inject: Inject) -> str:
    """What has to happen before an inject gets its time, in words; "" for nothing."""
    if inject.on:
        return f"waits until “{_words(scenario, inject.on)}” is done"
    return f"waits for {inject.after}" if inject.after else ""


def depends_on(scenario: Scenario, inject: Inject) -> str:
    """What decides, when an inject is due, whether it is played, in words; "" for nothing."""
    parts = []
    if inject.only_if:
        parts.append(f"only if “{_words(scenario, inject.only_if)}” was done")
    if inject.unless:
        parts.append(f"not if “{_words(scenario, inject.unless)}” was done")
    return "; ".join(parts)


def _words(scenario: Scenario, goal_id: str) -> str:
    return next((each.words for each in scenario.goals if each.id == goal_id), goal_id)
