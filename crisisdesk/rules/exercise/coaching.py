"""Coaching: which lesson of a drill is done, by the log and the screen, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisisdesk.model.exercise import Lesson, Scenario
from crisisdesk.rules.exercise.reading import ON_SCREEN
from crisisdesk.rules.exercise.scoring import Deed, first_fitting


@dataclass(frozen=True, slots=True)
class Seen:
    """What no log tells: the template being written, and whether nothing in it is missing."""

    template: str = ""
    ready: bool = False


def ticked(
    scenario: Scenario,
    deeds: Sequence[Deed],
    played_at: Mapping[str, int],
    seen: Seen,
    before: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The ids of the lessons that are done. What was done stays done: `before` had been.

    A lesson that the screen ticks off is done as well when the one after it is: whoever has sent a
    message has chosen and filled it, however that went.
    """
    done = set(before)
    later = False
    for lesson in reversed(scenario.coach):
        on_screen = lesson.do in ON_SCREEN
        if (on_screen and (later or _shows(lesson, seen))) or _did(lesson, deeds, played_at):
            done.add(lesson.id)
        later = lesson.id in done
    return frozenset(done)


def next_lesson(
    scenario: Scenario, done: frozenset[str], played_at: Mapping[str, int]
) -> Lesson | None:
    """The first lesson that is open and due; None while the story has to go on first."""
    for lesson in scenario.coach:
        if lesson.id not in done and (not lesson.after or lesson.after in played_at):
            return lesson
    return None


def _did(lesson: Lesson, deeds: Sequence[Deed], played_at: Mapping[str, int]) -> bool:
    if lesson.do in ON_SCREEN or (lesson.after and lesson.after not in played_at):
        return False
    return first_fitting(lesson, deeds, played_at.get(lesson.after, 0)) is not None


def _shows(lesson: Lesson, seen: Seen) -> bool:
    chosen = seen.template != "" and lesson.template in ("", seen.template)
    return chosen and (lesson.do == "choose" or seen.ready)
