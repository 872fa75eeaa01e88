"""How well the public was told, measured by the log alone: live incidents and exercises alike.

Every measure scores 0 to 100 by a formula of its own; `total` is their mean by weight. What could
not be measured, because nothing of the kind was due, is left out and counts nowhere. The limits
are this program's own unless a source is named, and are to be agreed with practitioners.
"""

from collections.abc import Callable, Iterable, Sequence

from crisisdesk.model.facts import Facts
from crisisdesk.model.measure import Measure
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.log_facts import Entry, read_facts
from crisisdesk.rules.measures import listening, recording, speaking

MEASURES: tuple[Callable[[Facts, Run | None], Measure | None], ...] = (
    speaking.first_statement,
    speaking.completeness,
    listening.needs,
    listening.rumours,
    listening.rumour_response,
    speaking.corrections,
    speaking.correction_time,
    speaking.promises,
    speaking.silence,
    speaking.brevity,
    recording.decisions,
    recording.log_gaps,
    recording.doubts,
    recording.approval,
    listening.goals,
)


def measure(entries: Iterable[Entry], run: Run | None = None) -> tuple[Measure, ...]:
    """Every measure that a log allows; more of them when it is that of an exercise.

    Of a live desk's log, give the stretch that belongs to the incident.
    """
    return measure_facts(read_facts(entries), run)


def measure_facts(facts: Facts, run: Run | None = None) -> tuple[Measure, ...]:
    """The same, over a log that was read already."""
    made = (each(facts, run) for each in MEASURES)
    return tuple(each for each in made if each is not None)


def total(measures: Sequence[Measure]) -> int | None:
    """The mean of all scores by weight, 0 to 100; None when nothing could be measured."""
    weight = sum(each.weight for each in measures)
    if not weight:
        return None
    return round(sum(each.score * each.weight for each in measures) / weight)
