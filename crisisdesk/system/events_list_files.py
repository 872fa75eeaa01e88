"""Events lists as files: the rows of a CSV or Excel sheet, opened with suspicion."""

import csv
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import tomli_w

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.exercise.events_list import MOST_ROWS, Understood, understand
from crisisdesk.rules.exercise.text import scenario_from
from crisisdesk.system.pack_files import LARGEST_FILE, LARGEST_PACK, Pack

MOST_COLUMNS = 100
SUFFIXES = (".csv", ".xlsx")

Rows = Sequence[Sequence[Any]]


def read_events_list(path: Path, name: str = "", codeword: str = "") -> tuple[Pack, Understood]:
    """Make a pack of an events list, and say what was understood. Raises BadInput.

    Without a name it is called after its file; without a codeword, "Exercise".
    """
    name = name or path.stem.replace("_", " ").replace("-", " ").strip() or "Events list"
    understood = _first_understood(_sheets(path), name, codeword or "Exercise")
    text = tomli_w.dumps(understood.table, multiline_strings=True)
    return Pack(text, scenario_from(text, path.name)), understood


def _first_understood(sheets: Iterator[Rows], name: str, codeword: str) -> Understood:
    """Workbooks have sheets for other things: the first one that holds a list counts."""
    refused: BadInput | None = None
    for rows in sheets:
        try:
            return understand(rows, name, codeword)
        except BadInput as error:
            refused = refused or error
    raise refused or BadInput("The file holds no sheet.", "Save it again, or as CSV.")


def _sheets(path: Path) -> Iterator[Rows]:
    readers: dict[str, Callable[[Path], Iterator[Rows]]] = {".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        words = f"{path.name} is neither CSV nor an Excel workbook (.xlsx)."
        raise BadInput(words, "Save the list as .xlsx or .csv.")
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        words = f"{path} cannot be read: {error.strerror}."
        raise BadInput(words, "Check the file, or choose another.") from error
    if size > LARGEST_FILE:
        raise BadInput(f"{path.name} is larger than 10 MB.", "Take out pictures and other sheets.")
    return reader(path)


def _csv(path: Path) -> Iterator[Rows]:
    text = _decoded(path.read_bytes(), path.name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(
            islice(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), TOO_MANY)
        )
    except csv.Error as error:
        raise BadInput(f"{path.name} is no CSV: {error}.", "Save it again as .xlsx.") from error
    yield [row[:MOST_COLUMNS] for row in rows]


TOO_MANY = MOST_ROWS + 1


def _decoded(content: bytes, name: str) -> str:
    is_utf_16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if is_utf_16 else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{name} is no text.", "Save it again as “CSV UTF-8” or as .xlsx.")


def _xlsx(path: Path) -> Iterator[Rows]:
    from openpyxl import load_workbook

    try:
        _refuse_bombs(path)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                rows = sheet.iter_rows(max_row=TOO_MANY, max_col=MOST_COLUMNS, values_only=True)
                yield list(rows)
        finally:
            book.close()
    except BadInput:
        raise
    except Exception as error:  # a damaged workbook fails in as many ways as it has parts
        words = f"{path.name} cannot be read as an Excel workbook: {type(error).__name__}."
        raise BadInput(words, "Open it in Excel and save it again, or save it as CSV.") from error


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > LARGEST_PACK:
            words = f"{path.name} unpacks to more than {LARGEST_PACK // 1_000_000} MB."
            raise BadInput(words, "Take out pictures and other sheets.")
