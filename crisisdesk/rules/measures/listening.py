"""Measures of what we did about what people said: calls for help, rumours, the goals set."""

from collections.abc import Iterable

from crisisdesk.model.facts import Facts, Heard
from crisisdesk.model.measure import Measure, Unit
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.measures.scale import MINUTE, falling, line
from crisisdesk.rules.plain_words import minutes, of_all

NEED, NEED_LATEST = 10 * MINUTE, 40 * MINUTE
CLAIM, CLAIM_LATEST = 30 * MINUTE, 120 * MINUTE
"""Liverpool took less than two hours on 26 May 2025; in two days after Southport falsehood won."""


def needs(facts: Facts, run: Run | None) -> Measure | None:
    """How many calls for help were acknowledged, and how fast."""
    heard = _due(run.needs() if run else facts.needs, facts.end)
    if not heard:
        return None
    took = sorted(each.answered - each.at for each in heard if each.answered is not None)
    scores = [falling(each, NEED, NEED_LATEST) for each in took]
    words = f"{of_all(len(took), len(heard), 'call')} for help acknowledged"
    if took:
        words += f", half of them within {minutes(took[(len(took) - 1) // 2])}, the slowest after "
        words += minutes(took[-1])
    return Measure(
        "needs",
        "Calls for help",
        round(100 * len(took) / len(heard)),
        Unit.PERCENT,
        True,
        round(sum(scores) / len(heard)),
        3,
        f"{words}; {minutes(NEED)} is allowed for each.",
        f"For each call {line(NEED, NEED_LATEST)}, 0 when it was never acknowledged; then the "
        "mean.",
        tuple(each.seq for each in heard if each.seq),
    )


def _due(heard: Iterable[Heard], end: int, allowed: int = NEED) -> list[Heard]:
    """Without those that came too shortly before the end to be answered in time."""
    return [each for each in heard if each.answered is not None or end - each.at > allowed]


def rumours(facts: Facts, run: Run | None) -> Measure | None:
    """Whether claims were answered before they were at their height."""
    spreads = run.spreads() if run else []
    due = [each for each in spreads if each.answered is not None or each.peak <= facts.end]
    if not due:
        return None
    early = [each for each in due if each.answered is not None and each.answered <= each.peak]
    never = sum(each.answered is None for each in due)
    scores = [
        falling(each.answered - each.began, each.peak - each.began, 2 * (each.peak - each.began))
        for each in due
        if each.answered is not None
    ]
    after = len(due) - len(early) - never
    words = f"{of_all(len(early), len(due), 'rumour')} answered before the height"
    words += f", {after} after it" if after else ""
    words += f", {never} never" if never else ""
    return Measure(
        "rumours",
        "Rumours",
        round(100 * len(early) / len(due)),
        Unit.PERCENT,
        True,
        round(sum(scores) / len(due)),
        2,
        f"{words}.",
        "For each rumour 100 up to its height, falling evenly to 0 when it has had the same time "
        "again, 0 when never answered; then the mean. The height is after five doublings (our "
        "assumption).",
    )


def rumour_response(facts: Facts, run: Run | None) -> Measure | None:
    """How long claims stood: of live logs only, for an exercise knows when each was at its height.

    Counted from the verdict of a person, for nobody knows when a claim began.
    """
    due = _due(facts.claims, facts.end, CLAIM)
    if run or not due:
        return None
    took = sorted(each.answered - each.at for each in due if each.answered is not None)
    words = f"{of_all(len(took), len(due), 'claim')} answered"
    if took:
        words += f", half of them within {minutes(took[(len(took) - 1) // 2])}, the slowest after "
        words += minutes(took[-1])
    return Measure(
        "rumour_response",
        "Answer to rumours",
        took[(len(took) - 1) // 2] if took else None,
        Unit.SECONDS,
        False,
        round(sum(falling(each, CLAIM, CLAIM_LATEST) for each in took) / len(due)),
        2,
        f"{words}; {minutes(CLAIM)} is allowed for each.",
        f"For each mention judged a rumour {line(CLAIM, CLAIM_LATEST)}, 0 when never answered; "
        "then the mean. Answered is when it was handled, or a rumour correction was in public.",
        tuple(each.seq for each in due if each.seq),
    )


def goals(_facts: Facts, run: Run | None) -> Measure | None:
    """How many of the scenario's goals were met in time."""
    scores = run.scores() if run else ()
    if not scores:
        return None
    met = sum(each.met for each in scores)
    share = round(100 * met / len(scores))
    return Measure(
        "goals",
        "Goals of the scenario",
        share,
        Unit.PERCENT,
        True,
        share,
        3,
        f"{of_all(met, len(scores), 'goal')} met in time.",
        "The share of the scenario's goals that were met in their time.",
    )
