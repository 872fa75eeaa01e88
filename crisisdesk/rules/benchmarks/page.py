"""Benchmarks as one HTML page: for the screen, and to be printed."""

from collections.abc import Sequence
from html import escape

from crisisdesk.model.benchmark import Benchmark, Episode, PublishedFigure
from crisisdesk.rules.benchmarks.comparing import UNLIKE
from crisisdesk.rules.benchmarks.words import (
    ALIKE,
    case_in_words,
    head_in_words,
    now_in_words,
    past_in_words,
)
from crisisdesk.rules.printed_page import Cell, table, whole_page

STYLE = """
td { overflow-wrap: anywhere; }
"""
HEADS = ("Measure", "Now", "Own incidents before", "Own exercises")


def benchmarks_page(one: Episode, rows: Sequence[Benchmark], doubts: Sequence[str] = ()) -> str:
    """The whole page; `doubts` are said first, such as that the log is broken."""
    body = [f"<h1>Benchmarks: {escape(one.name)}</h1>"]
    body += [f"<p><b>{escape(each)}</b></p>" for each in doubts]
    body += [
        f"<p>{escape(head_in_words(one))}</p>",
        f'<p class="small">{ALIKE}</p>',
        table("This one beside our own", HEADS, [_row(each) for each in rows]),
        _published(rows),
        _how(rows),
    ]
    title = f"{'EXERCISE: ' if one.exercise else ''}Benchmarks, {one.name}"
    return whole_page(title, "\n".join(body), exercise=one.exercise, style=STYLE)


def _row(row: Benchmark) -> tuple[Cell, ...]:
    return (
        f'{escape(row.name)}<br><span class="small">{escape(row.words)}</span>',
        f"<b>{escape(now_in_words(row))}</b>",
        escape(past_in_words(row.kind, row.incidents)),
        escape(past_in_words(row.kind, row.exercises)),
    )


def _published(rows: Sequence[Benchmark]) -> Cell:
    cells = [
        (escape(row.name), f"<b>{escape(now_in_words(row))}</b>", _case(row, each))
        for row in rows
        for each in row.published
    ]
    if not cells:
        return ""
    heads = ("Measure", "Now", "Published case")
    return (
        f"<h2>Published cases</h2><p>{escape(UNLIKE)}</p>"
        f"{table('This one beside published cases', heads, cells)}"
    )


def _case(row: Benchmark, figure: PublishedFigure) -> Cell:
    words = escape(case_in_words(row.kind, figure))
    place, source = escape(figure.place), escape(figure.source)
    return f'{words}<br><span class="small">{place}. Source: {source}.</span>'


def _how(rows: Sequence[Benchmark]) -> Cell:
    """Rows that are counted in the same way share a line."""
    by_formula: dict[str, list[str]] = {}
    for row in rows:
        by_formula.setdefault(row.formula, []).append(row.name)
    lines = "".join(
        f"<li><b>{escape('; '.join(names))}</b>: {escape(formula)}</li>"
        for formula, names in by_formula.items()
    )
    words = "Where a line speaks of 100, it tells how the after-action report scores the value."
    return f"<h2>How it was counted</h2><p>{words}</p><ul>{lines}</ul>"
