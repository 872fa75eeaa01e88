"""How many people ask a question: until it is answered, and again when we break a promise."""

from crisisdesk.model.exercise import Question
from crisisdesk.rules.exercise.hearing import Answer

RISES = 3 * 60
"""Seconds from the start of a question until people ask it at its full rate: our assumption."""

DROPS = 4 * 60
"""Half-life in seconds of a question that was answered: our assumption."""

NEVER_READ = 0.04
"""Share of the askers who never see the answer: our assumption."""

COMES_BACK = 0.6
"""Share that asks again when a promised update time has passed without one: our assumption."""


def per_hour(
    question: Question, now: int, started: int, answer: Answer | None, broken_at: int | None
) -> float:
    """How many ask it an hour at `now`; all times in story seconds."""
    share = min(1.0, (now - started) / RISES)
    if answer is not None:
        share = min(share, max(NEVER_READ, 2 ** (-(now - answer.at) / DROPS)))
        if broken_at is not None and broken_at > answer.at:
            share = max(share, COMES_BACK * min(1.0, (now - broken_at) / RISES))
    return question.per_hour * share
