"""A scenario file as text: whatever is wrong with it is told with its line."""

import re
import tomllib
from collections.abc import Iterator

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.entry import Entry, Misfit
from crisisdesk.rules.exercise.reading import scenario_of

LONGEST = 2_000_000
"""Characters. The largest pack that ships has a tenth of that."""

CORRECT = "Correct the file, or play another scenario."
_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_QUOTES = re.compile(r'"""|\'\'\'')


def scenario_from(text: str, origin: str) -> Scenario:
    """The scenario in a file's text. Raises BadInput with the origin, the line and the reason."""
    if len(text) > LONGEST:
        raise BadInput(f"{origin} is longer than {LONGEST:,} characters.", CORRECT)
    try:
        return scenario_of(Entry(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{origin} is no TOML file: {error}.", CORRECT) from error
    except Misfit as error:
        line = line_of(text, error.table, error.number, error.key)
        where = f", line {line}" if line else ""
        raise BadInput(f"{origin}{where}: {error}.", CORRECT) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{origin} cannot be read: {_reason(error)}.", CORRECT) from error


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def line_of(text: str, table: str, number: int, key: str) -> int | None:
    """The line (from 1) of a key in the so-manieth table of that name, else of the table itself.

    None when the file is written in a way that this simple look does not follow.
    """
    name, _, inner = table.partition(", ")
    found = None if name else 1
    for line, words in _lines_of(text, name, max(number, 1)):
        found = found or line
        if (match := _KEY.match(words)) and match[1] in (key, inner):
            return line
    return found


def _lines_of(text: str, name: str, number: int) -> Iterator[tuple[int, str]]:
    """The lines of one table, its header first, without those inside a text of several lines."""
    here, seen, quoted = not name, 0, False
    for line, words in enumerate(text.splitlines(), start=1):
        was_quoted, quoted = quoted, quoted ^ bool(len(_QUOTES.findall(words)) % 2)
        if not was_quoted and (header := _HEADER.match(words)):
            seen += header[1] == name
            here = header[1] == name and seen == number
        if here and not was_quoted:
            yield line, words
