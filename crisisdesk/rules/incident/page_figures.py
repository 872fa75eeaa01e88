"""The report in figures: at its beginning in short, and towards its end what is measured."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from crisisdesk.model.incident_report import Gathered
from crisisdesk.model.measure import Measure, Unit
from crisisdesk.rules.exercise.timeline import figure, phases, silences
from crisisdesk.rules.incident.page_messages import PUBLIC, final, silent_accounts
from crisisdesk.rules.incident.page_record import is_to_come, kept_in_time
from crisisdesk.rules.incident.page_words import NOTHING, Clocks, entry, paragraph, said, section
from crisisdesk.rules.incident.report import IncidentReport
from crisisdesk.rules.measures.speaking import silence_allowed
from crisisdesk.rules.measuring import measure_facts
from crisisdesk.rules.plain_words import counted, minutes
from crisisdesk.rules.printed_page import Cell, table

DRAWN = 3 * 24 * 3600
"""Seconds; a picture of more than three days shows nothing of any hour."""

IN_SHORT = {"confirmed": "seen", "accepted": "accepted, not seen"}

Figure = tuple[str, Cell]


def in_short(report: IncidentReport, clocks: Clocks) -> Cell:
    """The figures that are asked for first, each with what it is made from."""
    rows = [*_spoken(report, clocks), *_agreed(report), *_written(report), *_listened(report)]
    return section("short", "In short", table("In figures", ("What", "How it was"), rows))


def _spoken(report: IncidentReport, clocks: Clocks) -> Iterator[Figure]:
    facts = report.facts
    public = len(facts.public)
    words = f"{len(facts.said):,}, of them {public:,} certainly in public on at least one channel"
    yield "Messages sent", words
    fixes = sum(each.step == "cancel" for each in facts.said)
    yield "Corrections of our own messages", f"{fixes:,}"
    yield "First words in public", _first(report, clocks)
    yield "Of all sendings, each to one channel", _standing(report.gathered)
    doubts = [each for each in facts.doubts if each.settled is None]
    settled = f"{len(facts.doubts):,}, of them {len(doubts):,} never settled"
    yield "Outcomes that were unknown", f"{settled}{entry(*(each.seq for each in doubts[:8]))}"


def _first(report: IncidentReport, clocks: Clocks) -> Cell:
    facts, opened = report.facts, report.gathered.incidents
    if not facts.public:
        return "<b>none: nothing is known to have reached the public</b>"
    said_first = next(
        each for each in report.gathered.told.values() if each.alert == facts.public[0].alert
    )
    at = facts.public[0].public_at or 0
    began = clocks.short(facts.began)
    since = "the incident was opened" if opened and opened[0][1].at == facts.began else "the start"
    sent = said_first.sent
    return f"{minutes(max(0, at))} after {since}, {began}{entry(sent.seq if sent else 0)}"


def _standing(gathered: Gathered) -> Cell:
    states = Counter(
        final(sending).what for told in gathered.told.values() for sending in told.sendings.values()
    )
    silent = Counter(each for told in gathered.told.values() for each in silent_accounts(told))
    states["handed over, no answer in the log"] += silent.total()
    loud = [
        f"{number:,} {said(IN_SHORT.get(state, state))}"
        if state in PUBLIC
        else f"<b>{number:,} {said(state)}</b>"
        for state, number in states.most_common()
        if number
    ]
    return ", ".join(loud) or NOTHING


def _agreed(report: IncidentReport) -> Iterator[Figure]:
    told = report.gathered.told.values()
    ways = Counter(each.approved_how for each in told)
    broken = [each.seq for one in told for each in one.approvals if "glass" in each.what]
    how = ", ".join(f"{number:,} {said(way)}" for way, number in ways.most_common())
    yield "Approval by a second person", how or NOTHING
    if broken:
        yield "Sent without a second person", f"<b>{len(broken):,}</b>{entry(*broken[:8])}"


def _written(report: IncidentReport) -> Iterator[Figure]:
    gathered, facts = report.gathered, report.facts
    not_to_act = sum(each["detail"].get("kind") == "not_to_act" for each in gathered.notes)
    late = [each["seq"] for each in gathered.notes if each["detail"].get("late")]
    bare = [each.seq for each in facts.decisions if not each.reasoned]
    words = f"{len(facts.decisions):,}, of them {not_to_act:,} not to act; "
    words += f"{len(bare):,} without a reason{entry(*bare[:8])}"
    yield "Decisions written down", words
    yield "Late entries", f"{len(late):,}{entry(*late[:8])}"
    yield "Entries put right later", f"{len(gathered.corrected):,}"
    kept = sum(kept_in_time(each) for each in gathered.promises.values())
    words = f"{len(facts.promises):,}, of them {kept:,} kept in time"
    to_come = sum(is_to_come(each, gathered) for each in gathered.promises.values())
    yield "Promised updates", words + (f", {to_come:,} not due yet" if to_come else "")
    signed = sum(each["action"] == "handover.signed" for each in gathered.handovers)
    briefs = len(gathered.handovers) - signed
    yield "Hand-overs", f"{counted(briefs, 'brief')}, {signed:,} signed for"


def _listened(report: IncidentReport) -> Iterator[Figure]:
    asked = report.gathered.asked.values()
    for kind, words in (("need", "Calls for help in the log"), ("rumour", "Rumours in the log")):
        own = [each for each in asked if kind in each.kinds]
        done = sum(any(step.what == "dealt with" for step in each.steps) for each in own)
        told = f"{len(own):,}, of them {done:,} dealt with; what nobody judged stands in no entry"
        yield words, told
    others = sum(each.number for each in report.gathered.answers.values())
    yield "Other mentions dealt with", f"{others + report.gathered.more['answers']:,}"
    yield "Longest silence towards the public", _silence(report)


def _silence(report: IncidentReport) -> Cell:
    gaps = list(silences(report.facts, 0))
    return minutes(max(end - begin for begin, end in gaps)) if gaps else NOTHING


def timeline(report: IncidentReport, clocks: Clocks) -> Cell:
    """The picture, where one can show something."""
    facts = report.facts
    if not report.of_one or facts.end > DRAWN:
        words = "A picture of so much would show nothing: ask for the report of one incident."
        return section("timeline", "How it ran", paragraph(words))
    began: datetime = clocks.local(facts.began)
    told = {
        "length": facts.end,
        "begins": began.hour * 3600 + began.minute * 60 + began.second,
        "posts": (),
        "phases": list(phases(facts)),
        "silences": list(silences(facts, silence_allowed(None))),
        "rumours": (),
        "needs": [_drawn(each) for each in facts.needs],
        "messages": [_drawn(each) for each in facts.said],
        "promises": [_drawn(each) for each in facts.promises],
        "decisions": [_drawn(each) for each in facts.decisions],
    }
    return figure(told, "the sections that follow").replace("<h2>", '<h2 id="timeline">', 1)


def _drawn(each: object) -> dict[str, object]:
    names = ("alert", "at", "step", "follows", "public_at", "due", "kept", "reasoned", "answered")
    return {name: getattr(each, name) for name in names if hasattr(each, name)}


def measures(report: IncidentReport) -> Cell:
    """What is measured, with its formula; of one incident alone."""
    if not report.of_one:
        words = "Measures are of one incident: ask for its report by its reference."
        return section("measures", "Measures", paragraph(words))
    rows = [
        (
            said(each.name),
            f"{said(each.words)}{entry(*each.evidence[:8])}",
            _value(each),
            f"{each.score}",
            said(each.formula),
        )
        for each in measure_facts(report.facts)
    ]
    if not rows:
        return section("measures", "Measures", paragraph("There was nothing to measure."))
    heads = ("Measure", "In words", "Value", "Score", "How the score is made")
    words = (
        "Measured by these entries alone, each from 0 to 100. A score helps to compare; it says "
        "nothing of what was possible that day. What was not due is left out."
    )
    drill = " The report of the exercise itself knows the scenario, and measures more."
    words += drill if report.gathered.exercise else ""
    return section("measures", "Measures", paragraph(words), table("Measures", heads, rows))


def _value(each: Measure) -> Cell:
    if each.value is None:
        return NOTHING
    shown: dict[Unit, Callable[[int], str]] = {
        Unit.SECONDS: minutes,
        Unit.PERCENT: lambda value: f"{value} %",
        Unit.WORDS: lambda value: f"{value} words",
    }
    return shown[Unit(each.unit)](each.value)
