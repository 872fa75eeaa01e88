"""The report of a run as plain values: what report.json holds and the page is made from.

Nothing in it comes from outside the exercise: the same story, played the same way, gives the same
report. Times are seconds of the story.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from crisisdesk.model.exercise import Objective
from crisisdesk.model.facts import Facts, Said
from crisisdesk.model.measure import Measure
from crisisdesk.model.moment import from_iso, iso
from crisisdesk.rules.exercise.report_words import advice, conclusions
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.exercise.scoring import Score
from crisisdesk.rules.exercise.timeline import phases, silences
from crisisdesk.rules.exercise.timeline_plot import posts_in_bars
from crisisdesk.rules.log_facts import Entry, read_facts
from crisisdesk.rules.measures.speaking import LONG_KINDS, silence_allowed
from crisisdesk.rules.measuring import measure_facts, total

FORMAT = "crisisdesk-exercise-report/1"
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What no log entry says: who played, where the public's posts fell, and how it was run.

    `posts` are seconds after STARTEX. `local` is the story's beginning on the clock of the player.
    """

    player: str = ""
    autopilot: str = ""
    seed: int = 0
    mentions: int = 0
    posts: Sequence[int] = ()
    local: datetime | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)


def report_of(entries: Sequence[Entry], run: Run, told: Circumstances) -> Report:
    """Everything that was measured and what it is read from, in the order of the page."""
    facts = read_facts(entries)
    measures = measure_facts(facts, run)
    scores = run.scores()
    scenario = run.scenario
    report: Report = {
        "format": FORMAT,
        "mode": "exercise",
        "scenario": scenario.id,
        "name": scenario.name,
        "codeword": scenario.codeword,
        "player": told.player,
        "autopilot": told.autopilot,
        "seed": told.seed,
        "began_at": iso(facts.began),
        "ended_at": entries[-1]["at"] if entries else iso(facts.began),
        "begins": _seconds_of_day(told.local or facts.began),
        "length": facts.end,
        "mentions": told.mentions,
        "log_entries": facts.entries,
        "score": total(measures),
        "measures": [asdict(each) for each in measures],
        "goals_met": sum(each.met for each in scores),
        "goals": [_goal(each) for each in scores],
        "objectives": [_objective(each, scores) for each in scenario.objectives],
        "advice": advice(measures),
        "messages": [_message(each, facts) for each in facts.said],
        "needs": [asdict(each) for each in run.needs()],
        "rumours": list(_rumours(run)),
        "promises": [asdict(each) for each in facts.promises],
        "decisions": [asdict(each) for each in facts.decisions],
        "observations": list(_observations(entries, facts)),
        "record": list(_record(entries, run, facts, _named(measures, scores, facts))),
        "posts": posts_in_bars(told.posts, facts.end),
        "phases": list(phases(facts)),
        "silences": list(silences(facts, silence_allowed(run))),
    }
    report["summary"] = conclusions(report, measures)
    return report


def _seconds_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _goal(each: Score) -> dict[str, Any]:
    return {
        "id": each.goal.id,
        "words": each.goal.words,
        "met": each.met,
        "seconds": each.took,
        "allowed": each.goal.within,
        "entry": each.seq,
    }


def _objective(objective: Objective, scores: Sequence[Score]) -> dict[str, Any]:
    own = [each for each in scores if each.goal.id in objective.goals]
    met = sum(each.met for each in own)
    state = "not reached" if not own else "met" if met == len(own) else "met in part"
    return {
        "words": objective.words,
        "state": state if met or not own else "not met",
        "goals": [each.goal.id for each in own],
    }


def _message(said: Said, facts: Facts) -> dict[str, Any]:
    return {
        "alert": said.alert,
        "entry": said.seq,
        "at": said.at,
        "step": said.step,
        "headline": said.headline,
        "marker": said.marker,
        "follows": said.follows,
        "public_at": said.public_at,
        "channels": sorted(facts.names.get(each, each) for each in said.channels),
        "approved_by": said.approved_by,
        "approved_how": said.approved_how,
        "asked": list(said.asked),
        "missing": _missing(said, facts),
        "shown": _shown(said, facts),
    }


def _shown(said: Said, facts: Facts) -> list[str]:
    """(channel, text) of the fullest post: what most people read of it."""
    texts = [
        (facts.kinds.get(account) in LONG_KINDS, -len(text), facts.names.get(account, ""), text)
        for account, _, text in said.texts
    ]
    return list(min(texts)[2:]) if texts else ["", said.headline]


def _missing(said: Said, facts: Facts) -> list[list[Any]]:
    """(channel, elements it does not say), only where something is missing."""
    return sorted(
        [facts.names.get(account, account), gone]
        for account, _, found in said.elements
        if (gone := [each for each in said.asked if each not in found])
    )


def _rumours(run: Run) -> Iterator[dict[str, Any]]:
    for each in run.spreads():
        yield {
            "claim": each.rumour.claim,
            "harm": each.rumour.harm,
            "began": each.began,
            "peak": each.peak,
            "answered": each.answered,
            "heard_by": each.most,
        }


def _observations(entries: Sequence[Entry], facts: Facts) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry["action"] == "exercise.observed":
            detail = entry["detail"]
            yield {
                "entry": entry["seq"],
                "at": _at(entry, facts),
                "words": detail.get("words", ""),
                "about": detail.get("about", ""),
                "rating": detail.get("rating", ""),
            }


_TOLD = {
    "incident.opened": "Opened the incident “{name}”",
    "broadcast.started": "Sent {step} {marker}: {headline}",
    "alert.claimed_by_hand": "Sent by hand, {step} {marker}: {headline}",
    "decision.noted": "Decision: {words}",
    "handover.noted": "Hand-over: {words}",
    "mention.handled": "Dealt with a post: {words}",
    "approval.glass_broken": "Broke the glass: {reason}",
    "approval.returned": "Sent back for changes: {reason}",
    "delivery.unknown": "Outcome unknown on {channel_name}",
    "promise.missed": "{words}",
    "alert.expired": "Expired: {headline}",
    "desk.stopped": "Stopped all sending",
    "exercise.no_duff": "NO DUFF: a real event stopped the exercise",
    "exercise.started": "STARTEX",
    "exercise.ended": "ENDEX",
}
_STEPS = {"alert": "the alert", "update": "the update", "cancel": "the correction"}


def _named(measures: Sequence[Measure], scores: Sequence[Score], facts: Facts) -> set[int]:
    """The entries that something on the page points at."""
    found = {seq for each in measures for seq in each.evidence}
    return found | {each.seq for each in scores} | {each.seq for each in facts.said}


def _record(
    entries: Sequence[Entry], run: Run, facts: Facts, named: set[int]
) -> Iterator[list[Any]]:
    """(number, second, who, what) of what matters for reading the run, in order."""
    injects = {each.id: each for each in run.scenario.injects}
    edited: dict[str, str] = {}
    asked = _asked_for(run)
    before = ""
    for entry in entries:
        detail, action = entry["detail"], entry["action"]
        words = ""
        if action == "exercise.inject" and detail["id"] in asked:
            inject = injects[detail["id"]]
            words = f"{inject.sender or 'Fault'}: {edited.get(inject.id, inject.text)}"
        elif action == "exercise.edited":
            edited[detail["id"]] = detail["text"]
        elif action in _TOLD:
            given = {**detail, "step": _STEPS.get(detail.get("step", ""), "the all clear")}
            words = _TOLD[action].format_map(_Blank(given)).rstrip(": ")
        elif entry["seq"] in named or action == "exercise.observed":
            words = f"{action}: {detail.get('words', '')}".rstrip(": ")
        if words and (words != before or entry["seq"] in named):  # a bulk of posts is one line
            before = words
            yield [entry["seq"], _at(entry, facts), entry["actor"], words]


class _Blank(dict[str, Any]):
    """What an entry does not tell is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _asked_for(run: Run) -> frozenset[str]:
    """The injects that somebody had to answer, or that changed what was true."""
    scenario = run.scenario
    found = {each.after for each in scenario.goals}
    found |= {each.starts for each in scenario.rumours} | {each.inject for each in scenario.needs}
    own = {each.id for each in scenario.injects}
    return frozenset(found & own)


def _at(entry: Entry, facts: Facts) -> int:
    return int((from_iso(entry["at"]) - facts.began).total_seconds())


def measures_of(report: Mapping[str, Any]) -> list[Measure]:
    """The measures of a report, read back. Raises KeyError or TypeError when it has none."""
    return [Measure(**each) for each in report["measures"]]
