"""The monthly report as one HTML page, for the screen and for paper: one sheet or two."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from crisisdesk.model.month import MonthFigures
from crisisdesk.rules.month.plot import month_in_words, month_plot
from crisisdesk.rules.month.words import (
    NO_READERS,
    NO_RECORD,
    REACH,
    ROWS,
    Row,
    channel_cells,
    notes,
)
from crisisdesk.rules.printed_page import Cell, table, whole_page

STYLE = """
h1 { font-size: 17pt; }
td, th { overflow-wrap: anywhere; }
th, td { padding: 0.6mm 1.4mm; }
table { table-layout: fixed; }
.figures th:first-child { width: 27%; }
.channels th:first-child { width: 17%; }
.channels th:nth-child(2) { width: 12%; }
.channels th:last-child { width: 15%; }
tbody .group { font-weight: bold; background: #f2f2f2; }
li { margin-bottom: 0.4mm; }
"""
MADE = "Made from the desk's own log, beside {}. How each figure was counted stands at the end."
PAPER = """
  @bottom-left { content: "Monthly report, made from the log"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 8pt; }"""


def month_page(
    now: MonthFigures,
    before: MonthFigures,
    newest: str,
    *,
    desk: str = "",
    exercise: bool = False,
    doubts: Sequence[str] = (),
) -> str:
    """The whole page. `desk` names the organisation; `doubts` are said first, such as that the log
    is broken; `newest` is when the log ends, in words."""
    of = f" of {desk}" if desk else ""
    told = [*doubts, *notes(now, newest)]
    parts = [
        f"<h1>Public messages{escape(of)}: {now.month.words}</h1>",
        f'<p class="small">{MADE.format(before.month.words)}</p>',
        *(f"<p><b>{escape(each)}</b></p>" for each in told),
        _plot(now),
        _figures(now, before),
        _channels(now, before),
        _how(),
    ]
    title = f"{'EXERCISE: ' if exercise else ''}Monthly report, {now.month.words}"
    return whole_page(title, "\n".join(parts), exercise=exercise, style=STYLE, paper=PAPER)


def _plot(now: MonthFigures) -> Cell:
    if not now.entries:
        return ""
    source = b64encode(month_plot(now).encode()).decode()
    told = escape(month_in_words(now), quote=True)
    return (
        f'<figure><img class="plot" alt="{told}" src="data:image/svg+xml;base64,{source}">'
        "<figcaption>Each day of the month.</figcaption></figure>"
    )


def _figures(now: MonthFigures, before: MonthFigures) -> Cell:
    """One table, with a heading row for each group of figures."""
    heads = ("Figure", now.month.words, before.month.words)
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    sections = dict.fromkeys(row.section for row in ROWS)
    body = "".join(_group(section, now, before) for section in sections)
    return (
        '<h2>The figures</h2><table class="figures"><caption>This month beside the month before'
        f"</caption><thead><tr>{head}</tr></thead>{body}</table>"
    )


def _group(section: str, now: MonthFigures, before: MonthFigures) -> Cell:
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td><b>{escape(row.of(now))}</b></td>'
        f"<td>{escape(row.of(before))}</td></tr>"
        for row in ROWS
        if row.section == section
    )
    head = f'<tr><th class="group" scope="rowgroup" colspan="3">{escape(section)}</th></tr>'
    return f"<tbody>{head}{rows}</tbody>"


def _channels(now: MonthFigures, before: MonthFigures) -> Cell:
    earlier = {each.channel: each for each in before.channels}
    rows = []
    for each in now.channels:
        cells = [escape(cell) for cell in channel_cells(each)]
        old = earlier.get(each.channel)
        none = "0" if before.entries else NO_RECORD
        was = [escape(cell) for cell in channel_cells(old)] if old else [none, "", "", ""]
        shown = (f"<b>{a}</b>{_was(b)}" for a, b in zip(cells, was, strict=True) if a)
        rows.append((escape(each.channel), *shown))
    if not rows:
        return "<h2>Channels</h2><p>Nothing was sent on any channel.</p>"
    heads = ("Channel", "Messages", "What became of them", "Reactions", "Followers")
    made = _wide(table("Each channel", heads, rows))
    return f"<section><h2>Channels</h2>{made}<p>{REACH} {NO_READERS}</p></section>"


def _wide(made: Cell) -> Cell:
    return made.replace("<table>", '<table class="channels">', 1)


def _was(before: Cell) -> Cell:
    return f'<br><span class="small">before: {before}</span>' if before else ""


def _how() -> Cell:
    def line(row: Row) -> Cell:
        return f"<li><b>{escape(row.name)}</b>: {escape(row.how)}</li>"

    words = (
        "“Middle” is a value that really was: half of the others are not above it. A month begins "
        "at midnight on this computer's calendar. What was asked in a month counts for it, "
        "whenever it was answered."
    )
    return (
        f'<h2>How it was counted</h2><div class="small"><p>{words}</p>'
        f"<ul>{''.join(map(line, ROWS))}</ul></div>"
    )
