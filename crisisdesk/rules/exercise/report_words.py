"""What a report says in sentences: what happened, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from crisisdesk.model.measure import Measure
from crisisdesk.rules.plain_words import counted, minutes

GOOD = 80
"""From this score on nothing needs to be done about a measure."""

MOST_ADVICE = 3

_ADVICE = {
    "first_statement": "Send the holding statement as soon as something is known to have happened, "
    "even when nothing else is. Play the ten-minute drill until that takes under 15 minutes.",
    "completeness": "Read every channel's preview for source, hazard, place, time, action and the "
    "next update before holding the button. A place needs its name, a time its clock time.",
    "needs": "Look into the Needs lane first after every message. Agree with the control room how "
    "a call for help is passed on, and who takes it when the officer is alone.",
    "rumours": "When a claim may do harm, ask the partner who knows at once, and send the fact "
    "before the claim is everywhere. Keep partners' night numbers by the desk.",
    "rumour_response": "Judge a claim as a rumour as soon as it is seen, ask the partner who "
    "knows at once, and send the fact as a rumour correction.",
    "corrections": "Practise the correction: two actions from the card of the wrong message. It "
    "goes out linked, to exactly the channels that had it, within five minutes.",
    "correction_time": "Practise the correction: two actions from the card of the wrong message, "
    "within five minutes of learning of it.",
    "promises": "Promise a time that can be kept, and keep it even when there is nothing new. The "
    "header counts down to it.",
    "silence": "Send an update at least once an hour, saying what is still true, and more often "
    "while much is unclear.",
    "brevity": "Cut posts to what is read out in half a minute: one order, one place, one time.",
    "decisions": "Write down each decision with its reason, decisions not to act above all: an "
    "inquiry asks for these first.",
    "log_gaps": "Write an entry whenever the picture changes, or have a loggist write for you.",
    "doubts": "When an outcome is unknown, look at the channel with your own eyes within ten "
    "minutes, then say what you saw. Never send again blindly.",
    "approval": "Agree who approves at night and how they are reached; print their codes.",
    "goals": "Go through the goals that were not met, and decide for each whether to train, to "
    "change the plan or to change the goal.",
}


ASSUMPTIONS = (
    "The limits are to be agreed with practitioners; a standard is named where there is one.",
    "A rumour that nobody answers is taken to be at its height after five doublings.",
    "How many people have heard a rumour is a figure of the model, not a count.",
    "A message counts from the moment a network accepted or confirmed it on the first channel.",
    "An element counts as said when its words stand in the text; a place needs a name.",
    "A reason is recognised by words such as “because”, or by a second sentence.",
    "The simulated second person answers at once; waiting for approval is not measured here.",
)


def advice(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """What cost most, the costliest first, each with what to do. Goals come last: they repeat the
    others."""
    weak = [each for each in measures if each.score < GOOD]
    weak.sort(key=lambda each: (each.id == "goals", -each.weight * (100 - each.score)))
    if any(each.id == "corrections" for each in weak):
        weak = [each for each in weak if each.id != "correction_time"]  # the same mistake
    return [
        {"measure": each.id, "why": each.words, "do": _ADVICE[each.id], "entries": each.evidence}
        for each in weak[:MOST_ADVICE]
    ]


def conclusions(report: Mapping[str, Any], measures: Sequence[Measure]) -> list[str]:
    """Three sentences: what was played, how it went, what to look at."""
    return [_played(report), _went(report, measures), _look_at(measures)]


def _played(report: Mapping[str, Any]) -> str:
    who = report["player"] or "the duty officer"
    if report["autopilot"]:
        who = f"the autopilot ({report['autopilot']})"
    sent = counted(len(report["messages"]), "message")
    return (
        f"{report['name']}: {minutes(report['length'])} of story, played by {who}; "
        f"{counted(report['mentions'], 'post')} came in and {sent} went out."
    )


def _went(report: Mapping[str, Any], measures: Sequence[Measure]) -> str:
    if report["score"] is None:
        return "It ended before anything could be measured."
    words = f"The score is {report['score']} of 100"
    if report["goals"]:
        words += (
            f", with {report['goals_met']} of {counted(len(report['goals']), 'goal')} met in time"
        )
    first = next((each for each in measures if each.id == "first_statement"), None)
    if first and first.value is not None:
        words += f" and first words to the public after {minutes(first.value)}"
    elif first:
        words += "; nothing reached the public"
    return f"{words}."


def _look_at(measures: Sequence[Measure]) -> str:
    weak = sorted((each for each in measures if each.score < GOOD), key=lambda each: each.score)
    if not measures:
        return "Play it to its end to learn more."
    if not weak:
        return f"Nothing scored below {GOOD}: go on with a harder scenario."
    names = [f"{each.name.lower()} ({each.score})" for each in weak[:3]]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"What to work on: {listed}."


def band(score: int | None) -> str:
    """A score in a word."""
    if score is None:
        return "not measured"
    for least, word in ((90, "very good"), (GOOD, "good"), (60, "sound, with gaps")):
        if score >= least:
            return word
    return "needs work"
