"""What a review writes for others: the log whole, as a bundle, as a table, or as a report."""

from contextlib import closing
from pathlib import Path

from crisisdesk.model.disclosure import Disclosure
from crisisdesk.rules.disclosure_page import in_words
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.services import answering_requests, disclosing, incident_reporting, logbooks
from crisisdesk.services.replaying import Replaying

FORMATS = {
    "pdf": ("A report to read and print…", "Report (*.pdf)"),
    "jsonl": ("Everything, as JSON lines…", "JSON lines (*.jsonl)"),
    "zip": ("For others to check: log, proofs, verifier…", "Bundle (*.zip)"),
    "csv": ("A table to read…", "Table (*.csv)"),
}
BROKEN = " The log does not verify, and the report says so."


def write_export(path: Path, out: Path, ref: str = "") -> str:
    """Write an export by the file's kind, a report of one incident where `ref` names it; what was
    done, in words. A log that is written is read back and verified. Raises CrisisDeskError."""
    logbooks.refuse_itself(path, out)
    if out.suffix in (".pdf", ".html"):
        return _report(path, out, ref)
    if out.suffix == ".csv":
        count = disclosing.write_csv(logbooks.locate(path), out)
        return f"{count:,} entries written to {out}. A table proves nothing: keep the log."
    if out.suffix == ".zip":
        report = disclosing.write_bundle(logbooks.locate(path), out, [])
        return f"{report.entries:,} entries written to {out}, with a verifier of its own."
    report = logbooks.export_jsonl(path, out)
    return f"{report.entries:,} entries written to {out}, read back and verified."


def write_disclosure(path: Path, out: Path, plan: Disclosure) -> str:
    """Write what a plan shows to somebody; what was done, in words. Raises CrisisDeskError."""
    found = answering_requests.write_disclosure(logbooks.locate(path), out, plan)
    return f"{in_words(found)} Written to {out}; read it before it goes out."


def _report(path: Path, out: Path, ref: str) -> str:
    verified = logbooks.verify_logbook(path)
    with closing(Replaying(path)) as log:
        written = incident_reporting.write_report(
            log.bodies, verified, Wanted(ref), out, as_pdf=out.suffix == ".pdf"
        )
    why = f" It is no PDF: {written.why}" if written.why else ""
    return f"The report is in {written.file}.{why}{'' if verified.intact else BROKEN}"
