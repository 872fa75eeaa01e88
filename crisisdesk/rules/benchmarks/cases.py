"""Published cases, from TOML: each figure with the words and the source that vouch for it."""

import tomllib
from collections.abc import Mapping
from typing import Any

from crisisdesk.model.benchmark import PublishedFigure
from crisisdesk.model.errors import BadInput

HOW = ("", "about", "less than", "more than")
_CASE = {"name", "when", "place", "source", "figures"}
_FIGURE = {"measure", "value", "how", "words"}
LONGEST = 400


def read_cases(content: bytes, measures: frozenset[str]) -> tuple[PublishedFigure, ...]:
    """Every figure of every case, in the order of the file. `measures` are the ids that there are.

    Raises BadInput naming the case that is wrong.
    """
    try:
        listed = tomllib.loads(content.decode()).get("cases")
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"The published cases cannot be read: {error}.", _TO_DO) from error
    if not isinstance(listed, list) or not listed:
        raise BadInput("The published cases are missing.", _TO_DO)
    return tuple(figure for each in listed for figure in _case(each, measures))


_TO_DO = "Put the file back that came with the program."


def _case(case: Any, measures: frozenset[str]) -> list[PublishedFigure]:
    name = str(case.get("name", "")) if isinstance(case, dict) else ""
    if not isinstance(case, dict) or set(case) != _CASE:
        raise _wrong(name, f"it needs {', '.join(sorted(_CASE))}")
    if not all(_said(case[key]) for key in ("name", "when", "place", "source")):
        raise _wrong(name, "name, when, place and source must say something")
    if not isinstance(case["figures"], list) or not case["figures"]:
        raise _wrong(name, "it has no figures")
    return [_figure(case, each, measures) for each in case["figures"]]


def _figure(case: Mapping[str, Any], figure: Any, measures: frozenset[str]) -> PublishedFigure:
    name = case["name"]
    if not isinstance(figure, dict) or not set(figure) <= _FIGURE:
        raise _wrong(name, "a figure has measure, value, how and words")
    value, how = figure.get("value"), figure.get("how", "")
    if figure.get("measure") not in measures:
        raise _wrong(name, f"there is no measure {figure.get('measure')!r}")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise _wrong(name, "a value is a whole number")
    if how not in HOW or not _said(figure.get("words")):
        raise _wrong(name, "a figure says how sure it is, and what it is")
    return PublishedFigure(
        name,
        case["when"],
        case["place"],
        figure["measure"],
        value,
        how,
        figure["words"],
        case["source"],
    )


def _said(words: object) -> bool:
    return isinstance(words, str) and 0 < len(words.strip()) <= LONGEST


def _wrong(name: str, what: str) -> BadInput:
    return BadInput(f"The published case {name or 'without a name'} is wrong: {what}.", _TO_DO)
