"""Parting a settings file into its statements, so that one bad line spoils no other."""

import re
from typing import Any, NamedTuple

_BEGINS = re.compile(r"\s*(?:([A-Za-z0-9_-]+)|\"([^\"]*)\"|'([^']*)')\s*[=.]")
_ENDS = re.compile(r"[]}]|\"{3}|'{3}")
"""What the last line of a statement on several lines holds: only there is reading worth a try."""


_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Statement(NamedTuple):
    """The lines from `first` up to `end` (counted from 0) that set one key, or try to."""

    first: int
    end: int
    key: str
    values: dict[str, Any]
    """What the lines set, by key; empty when they cannot be read."""

    fault: str = ""


def lines_of(text: str) -> list[str]:
    """The lines with their ends, parted as TOML parts them and nowhere else."""
    return _LINE.findall(text)


def parted(text: str) -> list[Statement]:
    """Every statement before the first table, and each line that is none, in order.

    From a table's `[` on nothing is a setting: it stands as one statement with its own key.
    """
    lines = lines_of(text)
    found: list[Statement] = []
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        if not bare or bare.startswith("#"):
            at += 1
            continue
        statement = _rest(lines, at) if bare.startswith("[") else _statement(lines, at)
        found.append(statement)
        at = statement.end
    return found


def _statement(lines: list[str], first: int) -> Statement:
    """The shortest run of lines that can be read; else the first line alone, with its fault."""
    begins = _BEGINS.match(lines[first])
    key = next((part for part in begins.groups() if part is not None), "") if begins else ""
    values, fault = _read(lines[first])
    if not fault:
        return Statement(first, first + 1, key, values)
    for end in range(first + 2, len(lines) + 1):
        if not _ENDS.search(lines[end - 1]):
            continue
        values, later = _read("".join(lines[first:end]))
        if not later:
            return Statement(first, end, key, values)
    return Statement(first, first + 1, key, {}, fault)


def _rest(lines: list[str], first: int) -> Statement:
    values, fault = _read("".join(lines[first:]))
    key = lines[first].strip().strip("[] \n").partition("]")[0]
    return Statement(first, len(lines), key, values, fault)


def _read(text: str) -> tuple[dict[str, Any], str]:
    import tomllib

    try:
        return tomllib.loads(text), ""
    except tomllib.TOMLDecodeError as error:
        return {}, str(error).partition(" (at ")[0]
