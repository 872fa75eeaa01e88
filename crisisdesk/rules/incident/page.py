"""The report as one HTML page: for the screen, for paper, and to make a PDF from.

Every statement carries the number of its entry. Every word of the log is escaped.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo

from crisisdesk.model.audit import VerifyReport
from crisisdesk.rules.incident.page_figures import in_short, measures, timeline
from crisisdesk.rules.incident.page_messages import messages
from crisisdesk.rules.incident.page_public import faults, heard
from crisisdesk.rules.incident.page_record import approvals, duty, handovers, promises, record
from crisisdesk.rules.incident.page_trust import broken, trust
from crisisdesk.rules.incident.page_words import Clocks, entry, more, paragraph, said
from crisisdesk.rules.incident.report import IncidentReport, read_report
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.log_facts import Entry
from crisisdesk.rules.plain_words import minutes
from crisisdesk.rules.printed_page import Cell, table, whole_page
from crisisdesk.rules.showing import one_line

STYLE = """
h1 { overflow-wrap: anywhere; string-set: report attr(data-name); }
h3, td, th, dd, p { overflow-wrap: break-word; }
section { break-inside: auto; }
caption, thead { break-after: avoid; }
tbody tr:first-child { break-before: avoid; }
.entry { font-size: 8pt; }
.over { margin: 0; font-size: 8.5pt; break-after: avoid; }
.head { break-after: avoid; }
.close { white-space: nowrap; }
.more { font-weight: bold; }
dl { margin: 0 0 2mm 0; }
dt { font-weight: bold; font-size: 9pt; break-after: avoid; }
dd { margin: 0 0 1mm 5mm; font-size: 9pt; white-space: pre-wrap; }
.said { orphans: 3; widows: 3; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 0.5pt solid #777777; padding: 2mm;
  font-size: 8.5pt; }
nav ol { columns: 2; column-gap: 8mm; padding: 0; list-style: none; }
nav a { color: #000000; }
nav a::after { content: leader(".") target-counter(attr(href url), page); }
@media screen { nav a { text-decoration: underline; } }
"""
PAPER = """
  @top-left { content: string(report); font-family: "DejaVu Sans", Arial, sans-serif;
    font-size: 8pt; }
  @bottom-left { content: "Incident report, made from the log"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 8pt; }"""
CONTENTS = (
    ("short", "In short"),
    ("duty", "Who was on duty"),
    ("timeline", "How it ran"),
    ("told", "What the public was told"),
    ("approvals", "Approvals"),
    ("record", "Decisions and the record"),
    ("heard", "Calls for help, rumours and questions"),
    ("promises", "Promises"),
    ("handovers", "Hand-overs"),
    ("faults", "Faults and gaps"),
    ("measures", "Measures"),
    ("trust", "Whether this can be trusted"),
)


Bodies = Callable[[], Iterable[tuple[int, bytes]]]
"""Gives (number, body) of each entry of a log, in order, each time it is called."""


def page_of_log(
    bodies: Bodies, verified: VerifyReport, wanted: Wanted, zone: tzinfo | None = None
) -> str:
    """The report as HTML, of the entries that were verified; of all that can be read where the log
    is broken, and it says so. Raises BadInput when the log tells of no such incident."""

    def entries() -> Iterator[Entry]:
        return (readable(seq, body) for seq, body in bodies())

    upto = verified.entries if verified.intact else 0
    return incident_page(read_report(entries, wanted, upto), verified, zone)


def incident_page(report: IncidentReport, verified: VerifyReport, zone: tzinfo | None) -> str:
    """The whole page; times in `zone`, or the computer's own for None."""
    clocks = Clocks(zone, _several_days(report, zone))
    body = "\n".join(
        part
        for part in (
            in_short(report, clocks),
            duty(report.gathered, clocks),
            timeline(report, clocks),
            messages(report.gathered, clocks),
            approvals(report.gathered, clocks),
            record(report.gathered, clocks),
            heard(report.gathered, clocks),
            promises(report.gathered, clocks),
            handovers(report.gathered, clocks),
            faults(report, clocks),
            measures(report),
            trust(report, verified, clocks),
        )
        if part
    )
    name, exercise = name_of(report), report.gathered.exercise
    head = _head(report, verified, clocks) + _contents(body)
    title = f"{'EXERCISE: ' if exercise else ''}Incident report, {name}"
    return whole_page(title, f"{head}\n{body}", exercise=exercise, style=STYLE, paper=PAPER)


def name_of(report: IncidentReport) -> str:
    """What the report is about, in a few words."""
    found = report.outline.incidents
    one = report.stretch.incident or (found[0] if len(found) == 1 else None)
    if one:
        return one_line(one.name, 120)
    return f"{len(found):,} incidents" if found else "a log without an incident"


def _several_days(report: IncidentReport, zone: tzinfo | None) -> bool:
    first, last = report.gathered.first, report.gathered.last
    if not (first and last and first.at and last.at):
        return True
    return first.at.astimezone(zone).date() != last.at.astimezone(zone).date()


def _head(report: IncidentReport, verified: VerifyReport, clocks: Clocks) -> Cell:
    name = name_of(report)
    short = said(one_line(name, 60))
    parts = [
        f'<h1 data-name="{short}">Incident report: {said(name)}</h1>',
        broken(verified),
        table("This report", ("What", "Which"), _facts(report, clocks)),
        paragraph(
            "Made by rule from the log of CrisisDesk: nobody wrote or left out a word of it. "
            "A number in square brackets is the entry of the log that says so. Accepted means that "
            "a network took a message; seen, that it was read there afterwards; neither says how "
            "many people have read it."
        ),
    ]
    return "".join(parts)


def _facts(report: IncidentReport, clocks: Clocks) -> list[tuple[Cell, Cell]]:
    gathered, one = report.gathered, report.stretch.incident
    first, last = gathered.first, gathered.last
    rows = [("Desk", said(", ".join(sorted(each for each in gathered.desks if each))))]
    rows += [("Incident", _incidents(report, clocks))]
    if first and last and first.at and last.at:
        length = minutes(max(0, int((last.at - first.at).total_seconds())))
        span = f"{clocks.whole(first.at)} to {clocks.whole(last.at)} ({length})"
        rows.append(("Span", span))
        rows.append(
            ("Times", f"local times of the computer that made this, {said(clocks.name(first.at))}")
        )
        rows.append(("Entries", f"{gathered.entries:,}, from {first.seq} to {last.seq}"))
    else:
        rows.append(("Entries", "none"))
    if one:
        rows.append(("Belonging", _belonging(beside=report.stretch.beside)))
    return rows


def _incidents(report: IncidentReport, clocks: Clocks) -> Cell:
    one = report.stretch.incident
    listed = [one] if one else report.outline.incidents[:20]
    lines = [
        f"{said(each.name)}, reference {said(each.ref)}, "
        f"opened {clocks.whole(each.at)}{entry(each.seq)}"
        for each in listed
    ]
    left = 0 if one else len(report.outline.incidents) - len(listed)
    return ("<br>".join(lines) or "none was opened") + more(left, "incidents")


def _belonging(*, beside: bool) -> str:
    words = (
        "Entries that name this incident, one of its messages or a mention, and what was logged "
        "meanwhile without naming any incident, such as sign-ins."
    )
    also = " Another incident was open at the same time: some of these may belong to that one."
    return words + (also if beside else "")


def _contents(body: Cell) -> Cell:
    lines = "".join(
        f'<li><a href="#{name}">{title}</a></li>'
        for name, title in CONTENTS
        if f'id="{name}"' in body
    )
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{lines}</ol></nav>'
