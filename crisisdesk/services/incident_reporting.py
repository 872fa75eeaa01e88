"""Reporting an incident: from a log that was verified to a page, and to a PDF where that can be."""

from pathlib import Path

from crisisdesk.model.audit import VerifyReport
from crisisdesk.rules.incident.page import Bodies, page_of_log
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.system.page_files import Written, write_page


def write_report(
    bodies: Bodies, verified: VerifyReport, wanted: Wanted, out: Path, *, as_pdf: bool = True
) -> Written:
    """Write the report as PDF, or as HTML. Where no PDF can be made, the HTML is written beside,
    over no other file. Raises BadInput."""
    return write_page(page_of_log(bodies, verified, wanted), out, as_pdf=as_pdf)
