"""Measures of the record: decisions with reasons, gaps, doubts settled, waiting for approval."""

from crisisdesk.model.facts import Facts
from crisisdesk.model.measure import Measure, Unit
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.measures.scale import MINUTE, falling, line, longest
from crisisdesk.rules.plain_words import minutes, of_all

LOG_GAP, LOG_GAP_LATEST = 20 * MINUTE, 60 * MINUTE
DOUBT, DOUBT_LATEST = 10 * MINUTE, 40 * MINUTE
APPROVAL, APPROVAL_LATEST = 10 * MINUTE, 60 * MINUTE


def decisions(facts: Facts, _run: Run | None) -> Measure | None:
    """Whether decisions are in the log with their reasons, those not to act included."""
    if not facts.decisions and facts.end <= LOG_GAP:
        return None
    reasoned = sum(each.reasoned for each in facts.decisions)
    every = len(facts.decisions)
    share = round(100 * reasoned / every) if every else 0
    return Measure(
        "decisions",
        "Decisions with reasons",
        share if every else None,
        Unit.PERCENT,
        True,
        share,
        1,
        f"{of_all(reasoned, every, 'decision')} in the log with a reason."
        if every
        else "No decision is in the log.",
        "The share of logged decisions that say why; 0 when there is none.",
        tuple(each.seq for each in facts.decisions if not each.reasoned),
    )


def log_gaps(facts: Facts, _run: Run | None) -> Measure | None:
    """The longest stretch in which things happened and no person wrote or did anything."""
    if facts.end <= LOG_GAP:
        return None
    gap, since = longest(facts.by_people, facts.end, facts.events)
    return Measure(
        "log_gaps",
        "Gaps in the log",
        gap,
        Unit.SECONDS,
        False,
        falling(gap, LOG_GAP, LOG_GAP_LATEST),
        1,
        f"The longest stretch without an entry by a person was {minutes(gap)}, from "
        f"{f'{minutes(since)} on' if since else 'the start'}; {minutes(LOG_GAP)} is allowed."
        if gap
        else "Nothing happened that no person answered.",
        f"{line(LOG_GAP, LOG_GAP_LATEST)}. Stretches in which nothing happened do not count.",
    )


def doubts(facts: Facts, _run: Run | None) -> Measure | None:
    """Whether deliveries of unknown outcome were looked at and settled."""
    due = [each for each in facts.doubts if each.settled is not None or facts.end - each.at > DOUBT]
    if not due:
        return None
    took = [each.settled - each.at for each in due if each.settled is not None]
    words = f"{of_all(len(took), len(due), 'unknown outcome')} settled"
    words += f", the slowest after {minutes(max(took))}" if took else ""
    return Measure(
        "doubts",
        "Unknown outcomes",
        round(100 * len(took) / len(due)),
        Unit.PERCENT,
        True,
        round(sum(falling(each, DOUBT, DOUBT_LATEST) for each in took) / len(due)),
        1,
        f"{words}; {minutes(DOUBT)} is allowed for each.",
        f"For each outcome {line(DOUBT, DOUBT_LATEST)}, 0 when never settled; then the mean.",
        tuple(each.seq for each in due),
    )


def approval(facts: Facts, run: Run | None) -> Measure | None:
    """How long messages waited for a second person: of live logs only, an exercise plays them."""
    took = sorted(each.answered - each.at for each in facts.asking if each.answered is not None)
    if run or not took:
        return None
    middle = took[(len(took) - 1) // 2]
    return Measure(
        "approval",
        "Wait for approval",
        middle,
        Unit.SECONDS,
        False,
        falling(middle, APPROVAL, APPROVAL_LATEST),
        1,
        f"Half of all messages waited {minutes(middle)} or less for a second person; "
        f"{minutes(APPROVAL)} is allowed.",
        f"{line(APPROVAL, APPROVAL_LATEST)}, by the median.",
        tuple(each.seq for each in facts.asking),
    )
