"""What the public asked and claimed, as far as people dealt with it, and what went wrong."""

from datetime import datetime, timedelta
from itertools import pairwise

from crisisdesk.model.facts import Facts
from crisisdesk.model.incident_report import Asked, Gathered
from crisisdesk.rules.incident.page_words import (
    NOTHING,
    Clocks,
    entry,
    more,
    paragraph,
    said,
    section,
)
from crisisdesk.rules.incident.report import IncidentReport
from crisisdesk.rules.measures.recording import LOG_GAP
from crisisdesk.rules.measures.scale import happened
from crisisdesk.rules.plain_words import counted, minutes
from crisisdesk.rules.printed_page import Cell, table

MOST_GAPS = 40
NOT_HERE = (
    "The log holds what people decided about each mention, by its number; the words of the public "
    "are not part of the log. What nobody judged or dealt with stands in no entry, and so not here."
)
_KINDS = {"need": "Call for help", "rumour": "Rumour"}


def heard(gathered: Gathered, clocks: Clocks) -> Cell:
    """Each call for help and rumour with its outcome; everything else by kind and answer."""
    asked = gathered.asked.values()
    parts = [
        _asked("Calls for help", [each for each in asked if "need" in each.kinds], clocks),
        _asked("Rumours", [each for each in asked if "rumour" in each.kinds], clocks),
        more(gathered.more["asked"], "entries about other calls for help and rumours"),
        _answers(gathered),
    ]
    return section("heard", "Calls for help, rumours and questions", paragraph(NOT_HERE), *parts)


def _asked(caption: str, listed: list[Asked], clocks: Clocks) -> Cell:
    rows = [
        (
            said(f"Mention {each.mention}"),
            "<br>".join(
                f"{clocks.exact(step.at)} {said(step.what)} by {said(step.who)}{entry(step.seq)}"
                for step in each.steps
            ),
            "<br>".join(dict.fromkeys(said(step.words) for step in each.steps if step.words))
            or NOTHING,
        )
        for each in listed
    ]
    if not rows:
        return paragraph(f"{caption}: no entry tells of one.")
    return table(caption, ("Which", "What was done", "In whose words"), rows)


def _answers(gathered: Gathered) -> Cell:
    rows = [
        (
            said(each.kind),
            said(each.words) or NOTHING,
            f"{each.number:,}",
            f'<span class="close">{each.first} to {each.last}</span>'
            if each.number > 1
            else f"{each.first}",
        )
        for each in gathered.answers.values()
    ]
    if not rows:
        return ""
    heads = ("Kind", "Dealt with in these words", "How many", "Entries")
    listed = table("Other mentions that somebody dealt with", heads, rows)
    return listed + more(gathered.more["answers"], "mentions that were dealt with in other words")


def faults(report: IncidentReport, clocks: Clocks) -> Cell:
    """What went wrong or was stopped, in order, and the gaps."""
    gathered = report.gathered
    rows = [
        (clocks.exact(each.at), each.what, said(each.who), said(each.words), entry(each.seq))
        for each in gathered.faults
    ]
    heads = ("When", "What", "Who", "In words", "Entry")
    listed = table("Faults, stops and restarts", heads, rows) if rows else ""
    parts = [listed, more(gathered.more["faults"], "faults"), _unreadable(gathered)]
    return section("faults", "Faults and gaps", *parts, _gaps(report.facts, clocks))


def _unreadable(gathered: Gathered) -> Cell:
    if not gathered.unreadable:
        return ""
    numbers = ", ".join(map(str, gathered.unreadable))
    left = more(gathered.more["unreadable"], "entries that cannot be read")
    words = f"<b>Entries that cannot be read, and of which nothing is told here: {numbers}.</b>"
    return paragraph(words) + left


def gaps(facts: Facts) -> list[tuple[int, int]]:
    """(from, to) in seconds of each stretch, longer than is allowed, in which something happened
    and no person wrote or did anything."""
    marks = sorted({0, facts.end, *(each for each in facts.by_people if 0 <= each <= facts.end)})
    events = sorted(facts.events)
    return [
        (before, after)
        for before, after in pairwise(marks)
        if after - before > LOG_GAP and happened(events, before, after)
    ]


def _gaps(facts: Facts, clocks: Clocks) -> Cell:
    found = gaps(facts)
    allowed = minutes(LOG_GAP)
    if not found:
        return paragraph(f"No gap: while things happened, a person wrote or acted every {allowed}.")
    lines = "".join(
        f"<li>{minutes(after - before)}, from {clocks.short(_moment(facts, before))} to "
        f"{clocks.short(_moment(facts, after))}</li>"
        for before, after in found[:MOST_GAPS]
    )
    words = f"{counted(len(found), 'gap')}: things happened, and no person wrote or did anything "
    return (
        paragraph(f"{words}for more than {allowed}.")
        + f"<ul>{lines}</ul>{more(len(found) - MOST_GAPS, 'gaps')}"
    )


def _moment(facts: Facts, second: int) -> datetime:
    return facts.began + timedelta(seconds=second)
