"""The report of a run as one HTML page: for the screen, for paper, and to make a PDF from.

Self-contained: no script, no link out, every word from the exercise escaped. Headings in order,
tables with headers and captions, and words for the one picture.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from crisisdesk.rules.composing import EXERCISE_PREFIX
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
from crisisdesk.rules.exercise.timeline_plot import Plot
from crisisdesk.rules.plain_words import minutes

STYLE = """
html { font-family: "DejaVu Sans", Arial, sans-serif; font-size: 10pt; line-height: 1.4;
  color: #000000; background: #ffffff; }
body { margin: 0 auto; max-width: 190mm; padding: 4mm; }
h1 { font-size: 20pt; margin: 4mm 0 1mm 0; line-height: 1.15; }
h2 { font-size: 13.5pt; margin: 7mm 0 2mm 0; border-bottom: 1.5pt solid #000000;
  break-after: avoid; }
h3 { font-size: 10.5pt; margin: 4mm 0 1mm 0; break-after: avoid; }
p { margin: 0 0 2mm 0; }
ul, ol { margin: 0 0 2mm 0; padding-left: 6mm; }
li { margin-bottom: 1mm; }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm 0; font-size: 9pt; }
caption { text-align: left; font-weight: bold; padding: 1mm 0; }
th, td { border: 0.5pt solid #777777; padding: 1mm 1.6mm; text-align: left;
  vertical-align: top; }
tbody th { font-weight: normal; }
section { break-inside: avoid; }
thead th { background: #e8e8e8; }
tr { break-inside: avoid; }
.num { text-align: right; white-space: nowrap; }
.small { font-size: 8.5pt; color: #333333; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; border: 0.5pt solid #777777;
  border-left: 3pt solid #000000; padding: 2mm; margin: 0 0 2mm 0; font-size: 9pt; }
.banner { border: 2pt solid #000000; background: #ffb81c; color: #000000; padding: 2mm;
  text-align: center; font-weight: bold; }
.score { border: 1.5pt solid #000000; padding: 2mm 3mm; margin: 3mm 0; }
.score b { font-size: 20pt; }
.plot { width: 100%; height: auto; display: block; }
figure { margin: 0 0 3mm 0; break-inside: avoid; }
figcaption { font-size: 8.5pt; }
.bar { display: inline-block; height: 3mm; background: #444444; vertical-align: middle; }
.running { display: none; }
@page { size: A4; margin: 17mm 13mm 16mm 13mm;
  @top-center { content: "EXERCISE EXERCISE EXERCISE"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 9pt; font-weight: bold; }
  @bottom-left { content: "EXERCISE – for practice only"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 8pt; }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font-family:
    "DejaVu Sans", Arial, sans-serif; font-size: 8pt; } }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style></head>
<body>
<header><p class="banner">{mark}<br>For practice only: nothing here happened.</p></header>
<main>
{body}
</main>
<footer><p class="banner">{mark}</p></footer>
</body></html>
"""


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
        _timeline(report),
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
    title = escape(f"EXERCISE: report on {report['name']}")
    body = "\n".join(part for part in parts if part)
    return _PAGE.format(title=title, style=STYLE, mark=EXERCISE_PREFIX, body=body)


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


def _timeline(report: Report) -> str:
    picture = Plot(report).svg()
    source = b64encode(picture.encode()).decode()
    told = escape(" ".join(_in_words(report)), quote=True)
    return (
        "<h2>How it ran</h2><figure>"
        f'<img class="plot" alt="{told}" src="data:image/svg+xml;base64,{source}">'
        "<figcaption>Above: posts of the public. Below: what was claimed and asked, and what we "
        "did. The same stands in words in the tables and in the log at the end.</figcaption>"
        "</figure>"
    )


def _in_words(report: Report) -> Iterator[str]:
    yield f"Timeline of {minutes(report['length'])}."
    yield f"{sum(report['posts'])} posts, at most {max(report['posts'], default=0)} in one bar."
    yield f"{len(report['messages'])} messages, {len(report['decisions'])} decisions,"
    yield f"{len(report['promises'])} promises, {len(report['rumours'])} rumours,"
    yield f"{len(report['needs'])} calls for help."
    for begin, end in report["silences"]:
        yield f"Silent for {minutes(end - begin)} from {clock(report, begin)}."
