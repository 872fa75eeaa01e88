"""Pages that are written as PDF, or as HTML where no PDF can be made or none was asked for."""

import os
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from crisisdesk.config import refuse_ours
from crisisdesk.model.errors import BadInput
from crisisdesk.net import gate
from crisisdesk.system.pdf import pdf_of

MOST_OF_A_NAME = 1_000
IN_EXERCISE = "In the window of an exercise no PDF is made."
LATER = "Print the HTML page from a browser, or review this log from the start page."


@dataclass(frozen=True, slots=True)
class Written:
    """The file that was written. `why` says why it is no PDF although one was asked for, or ""."""

    file: Path
    why: str = ""


def write_page(page: str, out: Path, *, as_pdf: bool = True) -> Written:
    """Write a page as PDF, or as HTML. Where no PDF can be made, the HTML is written beside, over
    no other file. Raises BadInput."""
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
    refuse_ours(out)
    try:
        with open(out, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        words = f"{out} cannot be written: {error.strerror or error}."
        raise BadInput(words, "Choose another place.") from error
    return out
