"""Pages that are written as PDF, or as HTML where no PDF can be made or none was asked for."""

from dataclasses import dataclass
from pathlib import Path

from crisisdesk.model.errors import BadInput
from crisisdesk.net import gate
from crisisdesk.system.pdf import pdf_of

HTML = (".html", ".htm")
IN_EXERCISE = (
    "In the window of an exercise no PDF is made. Print the HTML page from a browser, or review "
    "this log from the start page."
)


@dataclass(frozen=True, slots=True)
class Written:
    """The file that was written. `why` says why it is no PDF although one was asked for, or ""."""

    file: Path
    why: str = ""

    @property
    def words(self) -> str:
        """What to tell whoever asked for it."""
        return f"Written to {self.file}." + (f" {self.why}" if self.why else "")


def write_page(page: str, out: Path) -> Written:
    """Write the page by the file's kind; as HTML beside it where no PDF can be made.

    Raises BadInput where it cannot be written.
    """
    if out.suffix.lower() in HTML:
        return _written(out, page.encode())
    try:
        return _written(out, _pdf(page))
    except _NoPdf as error:
        return _written(out.with_suffix(".html"), page.encode(), str(error))


class _NoPdf(Exception):
    pass


def _pdf(page: str) -> bytes:
    if gate.is_closed():
        raise _NoPdf(IN_EXERCISE)
    try:
        return pdf_of(page)
    except BadInput as error:
        raise _NoPdf(f"{error.problem} {error.to_do}") from error


def _written(out: Path, content: bytes, why: str = "") -> Written:
    try:
        out.write_bytes(content)
    except OSError as error:
        words = f"{out} cannot be written: {error.strerror or error}."
        raise BadInput(words, "Choose another place.") from error
    return Written(out, why)
