"""A checkpoint on paper: to be signed by people, kept in a drawer, and scanned years later."""

from html import escape
from io import BytesIO

import segno

from crisisdesk.model.audit import Checkpoint
from crisisdesk.model.mode import Mode
from crisisdesk.rules.checkpoints import claims_of
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.note import parse

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font-family: Arial, "DejaVu Sans", sans-serif; font-size: 11pt; color: #000000;
  background-color: #ffffff; margin: 10mm; }}
h1 {{ font-size: 20pt; }}
pre {{ font-family: "DejaVu Sans Mono", monospace; font-size: 9pt; white-space: pre-wrap;
  overflow-wrap: anywhere; border: 1px solid #000000; padding: 3mm; }}
.drill {{ font-size: 20pt; font-weight: bold; border: 3px solid #000000; padding: 3mm;
  text-align: center; background-color: #ffb81c; }}
.line {{ border-bottom: 1px solid #000000; height: 12mm; }}
@page {{ size: A4; margin: 12mm; }}
</style></head>
<body>
{drill}<h1>Checkpoint of a log: entry {seq}</h1>
<p>This page fixes what the log of desk <b>{desk}</b> was at {at}, with {seq} entries. Kept where
nobody at the desk can reach it, it shows later whether one of them was changed, added or taken
out.</p>
<p>Scan the square with any telephone, or type the text; save it as a file, then:
<b>crisisdesk log verify LOG --anchors FILE</b></p>
<div>{square}</div>
<pre>{note}</pre>
<p>Printed by, in the presence of, on what day, kept where:</p>
<div class="line"></div><div class="line"></div><div class="line"></div>
</body></html>
"""


def page(checkpoint: Checkpoint) -> str:
    """The page for a checkpoint that is a note. Self-contained HTML, no script, no link."""
    claims = claims_of(parse(checkpoint.note).text)
    drill = f'<p class="drill">{EXERCISE_PREFIX}</p>\n' if claims.mode is Mode.EXERCISE else ""
    return _PAGE.format(
        title=escape(f"{'EXERCISE ' if drill else ''}Checkpoint {claims.desk} {claims.size}"),
        drill=drill,
        seq=claims.size,
        desk=escape(claims.desk),
        at=escape(claims.at),
        square=_square(checkpoint.note),
        note=escape(checkpoint.note),
    )


def _square(text: str) -> str:
    """A QR code as SVG, dark on light whatever the theme of who looks at it."""
    code = segno.make_qr(text, error="m", encoding="utf-8")
    out = BytesIO()
    code.save(out, kind="svg", scale=4, xmldecl=False, svgns=True, dark="#000000", light="#ffffff")
    return out.getvalue().decode()
