"""The report of a run as one HTML page: for the screen, for paper, and to make a PDF from.

Every word from the exercise is escaped. Headings in order, and words for the one picture.
"""

from collections.abc import Mapping, Sequence
from html import escape

from crisisdesk.rules.exercise.comparing import Comparison
from crisisdesk.rules.exercise.improving import Improvement
from crisisdesk.rules.exercise.report import Report
from crisisdesk.rules.exercise.report_parts import (
    appendix,
    assumptions,
    clock,
    compared,
    entry_links,
    how_measured,
    improvements,
    measures,
    messages,
    needs_and_rumours,
    objectives,
    people_said,
)
from crisisdesk.rules.exercise.report_words import band
from crisisdesk.rules.exercise.timeline import figure
from crisisdesk.rules.printed_page import whole_page


def report_page(
    report: Report,
    debrief: Sequence[Mapping[str, str]] = (),
    improving: Sequence[Improvement] = (),
    comparison: Comparison | None = None,
) -> str:
    """The whole page. What was added after the run (answers, actions, earlier runs) comes beside
    the report, because only the report is fixed by the log."""
    parts = [
        _head(report),
        _advice(report),
        objectives(report),
        figure(report, "the tables and in the log at the end"),
        messages(report),
        needs_and_rumours(report),
        people_said(report, debrief),
        compared(report, comparison),
        improvements(improving),
        measures(report),
        how_measured(report),
        assumptions(),
        appendix(report),
    ]
    title = f"EXERCISE: report on {report['name']}"
    return whole_page(title, "\n".join(part for part in parts if part), exercise=True)


def _head(report: Report) -> str:
    score = "–" if report["score"] is None else str(report["score"])
    said = "".join(f"<p>{escape(each)}</p>" for each in report["summary"])
    who = f"Player: {report['player']}. " if report["player"] else ""
    return (
        f"<h1>{escape(report['name'])}</h1>"
        f'<p class="small">After-action report of an exercise, codeword '
        f"{escape(report['codeword'])}. {escape(who)}Story time {escape(report['began_at'][:10])}, "
        f"{clock(report, 0)} to {clock(report, report['length'])}. "
        f"Log: {report['log_entries']} entries.</p>"
        f'<h2>What happened</h2>{said}<p class="score">Score <b>{score}</b> of 100: '
        f"{band(report['score'])}.</p>"
    )


def _advice(report: Report) -> str:
    if not report["advice"]:
        return "<h2>What to do about it</h2><p>Nothing scored so low that it asks for action.</p>"
    lines = "".join(
        f"<li><b>{escape(each['do'])}</b><br>{escape(each['why'])}{entry_links(each['entries'])}"
        "</li>"
        for each in report["advice"]
    )
    return f"<h2>What to do about it</h2><ol>{lines}</ol>"
