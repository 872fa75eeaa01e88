"""Whether the report can be trusted: what the verifier says of the log, and how to check it."""

from collections.abc import Mapping
from typing import Any

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.incident_report import Gathered
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.incident.page_words import Clocks, entry, more, paragraph, said, section
from crisisdesk.rules.incident.report import IncidentReport
from crisisdesk.rules.printed_page import Cell, table
from crisisdesk.rules.redacting import basis_words, name_of, signature_holds
from crisisdesk.rules.verify_words import describe

MOST_FINDINGS = 60
_WHY = (
    "The log is a chain: each entry carries a hash of everything before it, and the desk signs its "
    "head again and again. An entry that is changed, left out, added or moved breaks the chain. "
    "This page is made from the log; it is no proof by itself. What proves is the log."
)
_HOW = (
    "To check it, ask for the log as a bundle (crisisdesk log export DESK --format bundle --out "
    "log.zip). It brings a verifier of its own that needs no CrisisDesk, and README.txt in it says "
    "how to use it. Take the desk's public key and a checkpoint from somebody other than the desk."
)


def broken(verified: VerifyReport) -> Cell:
    """What stands on the first page when the log does not verify; nothing when it does."""
    if verified.intact:
        return ""
    return (
        '<p class="banner">THIS LOG DOES NOT VERIFY: it was changed or damaged, at entry '
        f"{verified.findings[0].seq} first. What follows is what it says now; see the last "
        "section.</p>"
    )


def trust(report: IncidentReport, verified: VerifyReport, clocks: Clocks) -> Cell:
    """The verifier's own words, the head of the log, and how others check both."""
    lines = describe(verified).splitlines()
    left = len(lines) - MOST_FINDINGS
    words = "\n".join(lines[:MOST_FINDINGS]) + (f"\n… and {left:,} more lines" if left > 0 else "")
    return section(
        "trust",
        "Whether this can be trusted",
        paragraph(_WHY),
        "<h3>What crisisdesk log verify says of this log</h3>",
        f"<pre>{said(words)}</pre>",
        _redactions(report.gathered, clocks),
        f"<h3>The head of the log</h3>{_head(report, verified)}",
        f"<h3>How to check it</h3>{paragraph(said(_HOW))}",
    )


def _redactions(gathered: Gathered, clocks: Clocks) -> Cell:
    rows = [
        (
            clocks.exact(from_iso(each["at"])),
            f"entry {int(each['detail']['entry'])}: {said(_fields(each['detail']))}",
            said(str(each["actor"])),
            _why_gone(each["detail"]),
            "holds" if signature_holds(each["detail"]) else "<b>DOES NOT HOLD</b>",
            entry(each["seq"]),
        )
        for each in gathered.redactions
    ]
    if not rows:
        return ""
    heads = ("When", "Which words", "By", "On which basis, and why", "Signature", "Entry")
    listed = table("Personal words that were erased; the chain still holds", heads, rows)
    left = more(gathered.more["redactions"], "redactions")
    return f"<h3>Words taken out of the record for good</h3>{listed}{left}"


def _why_gone(detail: Mapping[str, Any]) -> Cell:
    basis, reason = str(detail.get("basis", "")), str(detail.get("reason", ""))
    return f"{said(basis_words(basis))}<br>{said(reason)}"


def _fields(detail: Mapping[str, Any]) -> str:
    fields = detail.get("fields")
    return ", ".join(name_of(str(each)) for each in fields) if isinstance(fields, list) else ""


def _head(report: IncidentReport, verified: VerifyReport) -> Cell:
    last = f"The log had {verified.entries:,} entries when this was made; the hash of the last is"
    rest = report.outline.last - (report.gathered.last.seq if report.gathered.last else 0)
    after = f"{rest:,} of them come after the last entry of this report." if rest > 0 else ""
    return f"{paragraph(last)}<pre>{verified.head.hex()}</pre>{paragraph(after) if after else ''}"
