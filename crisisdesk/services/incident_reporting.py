"""Reporting an incident: from a log that was verified to a page, and to a PDF where that can be."""

from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.errors import BadInput
from crisisdesk.net import gate
from crisisdesk.rules.incident.page import Bodies, page_of_log
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.store import pack_folder
from crisisdesk.system.pdf import pdf_of

MOST_OF_A_NAME = 1_000
IN_EXERCISE = "In the window of an exercise no PDF is made."
LATER = "Print the HTML page from a browser, or review this log from the start page."


@dataclass(frozen=True, slots=True)
class Written:
    """The file that was written. `why` says why it is no PDF although one was asked for, or ""."""

    file: Path
    why: str = ""


def write_report(
    bodies: Bodies, verified: VerifyReport, wanted: Wanted, out: Path, *, as_pdf: bool = True
) -> Written:
    """Write the report as PDF, or as HTML. Where no PDF can be made, the HTML is written beside,
    over no other file. Raises BadInput."""
    page = page_of_log(bodies, verified, wanted)
    if not as_pdf:
        return Written(_written(out, page.encode()))
    try:
        made = _pdf(page)
    except BadInput as error:
        beside = _free(out.with_suffix(".html"))
        return Written(_written(beside, page.encode()), f"{error.problem} {error.to_do}")
    return Written(_written(out, made))


def _pdf(page: str) -> bytes:
    if gate.is_closed():
        raise BadInput(IN_EXERCISE, LATER)
    return pdf_of(page)


def _free(file: Path) -> Path:
    names = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(each for each in (file, *islice(names, MOST_OF_A_NAME)) if not each.exists())


def _written(out: Path, content: bytes) -> Path:
    pack_folder.write_file(out, content)
    return out
