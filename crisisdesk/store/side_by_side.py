"""A long log in a database file, walked by processes side by side.

Hashing holds Python's own lock, so threads would gain nothing. A process here only ever says that
its part is sound; where one says anything else, fails or may not start, the caller walks the log
itself. They import no more than they need, and are programs of their own: nothing is forked from
a process that has a screen.
"""

import gc
import os
import pickle
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, cast

from crisisdesk.model.audit import Checkpoint
from crisisdesk.rules.chain import Row, Walk
from crisisdesk.rules.checkpoints import of_columns, signature_holds
from crisisdesk.rules.spans import SPAN, Span, joined, spans

WORTH_IT = 100_000
"""Entries from which on starting processes takes less time than it saves."""

MOST = 8
"""Processes; more would wait for the disk, and the desk has other work."""

TABLE = (
    "CREATE TABLE log_entry ( seq INTEGER NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL, "
    "body BLOB NOT NULL, PRIMARY KEY (seq) )"
)
"""In any other table an entry might have a number that lies in no part."""

_ROWS = 256
_FIRST, _LAST = -(1 << 63), (1 << 63) - 1
_HELD_AS = "SELECT sql FROM sqlite_master WHERE name = 'log_entry' AND type = 'table'"
_ENTRIES = "SELECT seq, prev, hash, body FROM log_entry WHERE seq BETWEEN ? AND ? ORDER BY seq"
_CHECKPOINTS = (
    "SELECT seq, hash, CAST(origin AS TEXT), public_key, signature, CAST(note AS TEXT) "
    "FROM checkpoint WHERE seq BETWEEN ? AND ?"
)
_FAILURES = (OSError, EOFError, ValueError, sqlite3.Error, pickle.UnpicklingError)


@dataclass(frozen=True, slots=True)
class Part:
    """What one process reads: the entries from `first` to `last`, which stand behind entry `after`
    of the database at `uri`. The rest is as in `rules.spans`."""

    uri: str
    first: int
    last: int
    after: int
    wanted: dict[int, bool]
    roots: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What it came to, and the checkpoints within it whose signatures hold."""

    spans: list[Span | None]
    held: list[Checkpoint]


def walk_side_by_side(uri: str, wanted: dict[int, bool]) -> Walk | None:
    """Walk the whole log of a database; `wanted` is as in `Walk`.

    None where it is short, where anything is wrong with it, or where it cannot be walked so: the
    caller has to walk it then, and knows no more than before.
    """
    cores = min(_cores(), MOST)
    if cores < 2 or not _may_start_programs():
        return None
    try:
        found = _found(_parts(uri, wanted, cores))
    except _FAILURES:
        return None
    walk = joined((span for each in found for span in each.spans), wanted) if found else None
    if walk:
        walk.held.update(checkpoint for each in found for checkpoint in each.held)
    return walk


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _may_start_programs() -> bool:
    """The process of an exercise may not. A gate that was never loaded is not closed."""
    gate = sys.modules.get("crisisdesk.net.gate")
    return gate is None or not gate.is_closed()


def _parts(uri: str, wanted: dict[int, bool], cores: int) -> list[Part]:
    last = _last_number(uri)
    if last < WORTH_IT:
        return []
    whole = -(-last // SPAN)
    many = min(cores, whole)
    starts = [SPAN * (whole * number // many) for number in range(many)]
    roots = any(wanted.values())
    parts = []
    for after, end in zip(starts, [*starts[1:], _LAST], strict=True):
        within = {seq: root for seq, root in wanted.items() if after < seq <= end}
        parts.append(Part(uri, after + 1 if after else _FIRST, end, after, within, roots))
    return parts


def _last_number(uri: str) -> int:
    """0 in an empty log, and in a table that is none of ours."""
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        (held_as,) = connection.execute(_HELD_AS).fetchone() or ("",)
        if " ".join(held_as.split()) != TABLE:
            return 0
        (last,) = connection.execute("SELECT max(seq) FROM log_entry").fetchone()
    return last or 0


def _found(parts: list[Part]) -> list[Found]:
    with ExitStack() as stack:
        asked = [stack.enter_context(_started()) for _ in parts]
        for process, part in zip(asked, parts, strict=True):
            with cast("IO[bytes]", process.stdin) as question:
                pickle.dump(part, question)
        return [_answer(each) for each in asked]


def _started() -> "Popen[bytes]":
    # -P: nothing that happens to lie in the folder where the user stands is imported.
    command = [sys.executable, "-P", "-c", f"from {__name__} import answer; answer()"]
    return Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)  # noqa: S603 - ourselves


def _answer(process: "Popen[bytes]") -> Found:
    found = pickle.load(cast("IO[bytes]", process.stdout))  # noqa: S301 - from ourselves
    if not isinstance(found, Found):
        raise ValueError(found)
    return found


def read_part(part: Part) -> Found:
    """Walk a part in this process, as far as it is sound."""
    with closing(sqlite3.connect(part.uri, uri=True)) as connection:
        found = []
        for span in spans(_rows(connection, part), part.after, part.wanted, roots=part.roots):
            found.append(span)
            if span is None:
                break
        kept = connection.execute(_CHECKPOINTS, (part.first, part.last))
        held = [each for each in (of_columns(*row) for row in kept) if signature_holds(each)]
    return Found(found, held)


def _rows(connection: sqlite3.Connection, part: Part) -> Iterator[Row]:
    cursor = connection.execute(_ENTRIES, (part.first, part.last))
    while batch := cursor.fetchmany(_ROWS):
        yield from batch


def answer() -> None:
    """Read the part that is asked for on standard input; what a process is started for."""
    gc.disable()
    part = pickle.load(sys.stdin.buffer)  # noqa: S301 - from ourselves
    pickle.dump(read_part(part), sys.stdout.buffer)
