"""Whether the report can be trusted: what the verifier says of the log, and how to check it."""

from crisisdesk.model.audit import VerifyReport
from crisisdesk.rules.incident.page_words import paragraph, said, section
from crisisdesk.rules.incident.report import IncidentReport
from crisisdesk.rules.printed_page import Cell
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


def trust(report: IncidentReport, verified: VerifyReport) -> Cell:
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
        f"<h3>The head of the log</h3>{_head(report, verified)}",
        f"<h3>How to check it</h3>{paragraph(said(_HOW))}",
    )


def _head(report: IncidentReport, verified: VerifyReport) -> Cell:
    last = f"The log had {verified.entries:,} entries when this was made; the hash of the last is"
    rest = report.outline.last - (report.gathered.last.seq if report.gathered.last else 0)
    after = f"{rest:,} of them come after the last entry of this report." if rest > 0 else ""
    return f"{paragraph(last)}<pre>{verified.head.hex()}</pre>{paragraph(after) if after else ''}"
