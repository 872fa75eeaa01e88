"""One HTML page for the screen, for paper, and to make a PDF from.

Self-contained: no script and no link out. Tables have captions, and headers for columns and rows.
"""

from collections.abc import Iterable, Sequence
from html import escape

from crisisdesk.rules.composing import EXERCISE_PREFIX

Cell = str
"""HTML that is safe already."""

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
"""

_PAPER = """
@page { size: A4; margin: 17mm 13mm 16mm 13mm; %s
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font-family:
    "DejaVu Sans", Arial, sans-serif; font-size: 8pt; } }
"""
_DRILL_PAPER = """
  @top-center { content: "EXERCISE EXERCISE EXERCISE"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 9pt; font-weight: bold; }
  @bottom-left { content: "EXERCISE – for practice only"; font-family: "DejaVu Sans", Arial,
    sans-serif; font-size: 8pt; }"""

_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style></head>
<body>
{before}<main>
{body}
</main>
{after}</body></html>
"""


_BEFORE = (
    f'<header><p class="banner">{EXERCISE_PREFIX}<br>For practice only: nothing here happened.'
    "</p></header>\n"
)
_AFTER = f'<footer><p class="banner">{EXERCISE_PREFIX}</p></footer>\n'


def whole_page(title: str, body: Cell, *, exercise: bool, style: str = "", paper: str = "") -> str:
    """The page. That of an exercise says so at both ends and on every printed sheet.

    `style` is added to the common one; `paper` are margin boxes for the sheets of what is real.
    """
    rules = STYLE + style + _PAPER % (_DRILL_PAPER if exercise else paper)
    before, after = (_BEFORE, _AFTER) if exercise else ("", "")
    return _PAGE.format(title=escape(title), style=rules, before=before, after=after, body=body)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table with a caption and a header for each column; the first cell of a row is its own."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
