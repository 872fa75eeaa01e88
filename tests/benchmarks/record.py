"""The log: durable appends against the disk itself, verifying against bare SHA-256."""

import os
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory

from crisisdesk.rules.chain import ENTRY_DOMAIN
from crisisdesk.rules.merkle import LEAF, NODE
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.store.database import Database
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.unit import Unit
from crisisdesk.system.workers import Workers
from tests.benchmarks.measuring import Measure, Size, open_database, ratios, seconds

APPENDS = 640
FILLING = 8000
"""Appends after which the write-ahead log has its full length, a page or more for each, and is
written over, as on any desk that has been open for a while; until then every append makes the file
longer too."""

CALLERS = 16
ENTRIES = 1_000_000
ENTRIES_A_JOB = 2000
DETAIL = {"channel": "masto-council", "alert": "3f0e1c", "evidence": "The server answered 200."}


def measure_record(size: Size) -> Iterator[Measure]:
    """append_vs_fdatasync, append_16_vs_fdatasync, verify_vs_sha256, verify_roots_vs_sha256,
    log_verify_vs_sha256."""
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder:
        database = open_database(Path(folder))
        file = Path(folder) / "desk.db"
        workers = Workers()  # the program's own thread switching interval
        try:
            yield from _appending(size, database, Path(folder) / "raw")
            yield from _verifying(size, database, file)
        finally:
            workers.close()
            database.close()


def _appending(size: Size, database: Database, raw: Path) -> Iterator[Measure]:
    number = size.of(APPENDS)
    _append(database, 1, size.of(FILLING))
    for key, callers, goal in (
        ("append_vs_fdatasync", 1, 0.95),
        (f"append_{CALLERS}_vs_fdatasync", CALLERS, 3.0),
    ):
        pairs = ratios(
            size.runs + 2,
            lambda: seconds(lambda: _write_raw(raw, _stored_bytes(database), number)),
            lambda many=callers: seconds(lambda: _append(database, many, number)),  # type: ignore[misc]
        )
        rates = {
            "fdatasync_per_second": round(number / min(limit for limit, _ in pairs)),
            "appends_per_second": round(number / min(ours for _, ours in pairs)),
        }
        yield Measure(key, [limit / ours for limit, ours in pairs], ">=", goal, rates)


def _stored_bytes(database: Database) -> bytes:
    """What one entry is in the table: its number, both hashes and the body."""
    database.write(_append_one)
    with database.read() as unit:
        last = unit.log.newest(1)[0]
    return last.seq.to_bytes(8, "big") + last.prev + last.hash + last.body


def _write_raw(file: Path, entry: bytes, number: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for _ in range(number):
            os.write(handle, entry)
            os.fdatasync(handle)
    finally:
        os.close(handle)


def _append(database: Database, callers: int, number: int) -> None:
    if callers == 1:
        _append_some(database, number)
        return
    threads = [
        threading.Thread(target=_append_some, args=(database, number // callers))
        for _ in range(callers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _append_some(database: Database, number: int) -> None:
    for _ in range(number):
        database.write(_append_one)


def _append_one(unit: Unit) -> None:
    unit.log.append("delivery.accepted", actor="desk", subject="delivery 7d1", detail=DETAIL)


def _verifying(size: Size, database: Database, file: Path) -> Iterator[Measure]:
    for _ in range(size.of(ENTRIES) // ENTRIES_A_JOB):
        database.write(_append_many)
    with database.read() as unit:
        held = [_hashed(*row) for row in unit.log.rows()]
    for key, limit, roots, goal in (
        ("verify_vs_sha256", _hash_each, False, 0.8),
        ("verify_roots_vs_sha256", _hash_each_and_the_tree, True, 0.3),
    ):
        pairs = ratios(
            size.runs,
            lambda bare=limit: seconds(lambda: bare(held)),  # type: ignore[misc]
            lambda asked=roots: seconds(lambda: _verify(file, roots=asked)),  # type: ignore[misc]
        )
        rate = round(len(held) / min(ours for _, ours in pairs))
        notes = {"entries": len(held), "entries_per_second": rate}
        yield Measure(key, [least / ours for least, ours in pairs], ">=", goal, notes)
    whole = ratios(size.runs, lambda: seconds(lambda: _hash_each(held)), lambda: _command(file))
    yield Measure("log_verify_vs_sha256", [least / ours for least, ours in whole])


def _command(file: Path) -> float:
    """The whole of `log verify`: roots, signatures and the words beside the log too."""
    return seconds(lambda: verify_logbook(file))


def _append_many(unit: Unit) -> None:
    for _ in range(ENTRIES_A_JOB):
        _append_one(unit)


def _hashed(seq: int, prev: bytes, _digest: bytes, body: bytes) -> bytes:
    """The very bytes that an entry's hash is taken over."""
    return ENTRY_DOMAIN + prev + pack(">QQ", seq, len(body)) + body


def _hash_each(held: list[bytes]) -> None:
    for entry in held:
        sha256(entry).digest()


def _hash_each_and_the_tree(held: list[bytes]) -> None:
    """For each entry also its leaf, and the one node that a tree has for each leaf."""
    for entry in held:
        digest = sha256(entry).digest()
        leaf = sha256(LEAF + digest).digest()
        sha256(NODE + leaf + leaf).digest()


def _verify(file: Path, *, roots: bool) -> None:
    """As `log verify` does, from opening the file on."""
    with open_log_file(file) as log:
        report = log.verified(log.checkpoints(), roots=roots)
    if not report.intact:
        raise AssertionError(report.findings)
