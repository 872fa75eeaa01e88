"""`crisisdesk log verify` against everything somebody with the files in hand can do to them."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.config import CHECKPOINTS_NAME, DATABASE_NAME
from crisisdesk.model.audit import Fault, Signer
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash
from crisisdesk.rules.checkpoints import Claims, seal
from crisisdesk.rules.merkle import Frontier
from crisisdesk.services.logbooks import export_jsonl, verify_logbook
from tests.cli.calling import crisisdesk

ROW = 60
"""An entry in the middle of the night."""


@contextmanager
def unfenced(night: Path) -> Iterator[sqlite3.Connection]:
    """The database without the triggers that keep the log."""
    with closing(sqlite3.connect(night / DATABASE_NAME)) as connection, connection:
        fences = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in fences.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def body_of(connection: sqlite3.Connection, seq: int) -> bytes:
    row = connection.execute("SELECT body FROM log_entry WHERE seq = ?", (seq,)).fetchone()
    return bytes(row[0])


def forged(connection: sqlite3.Connection, seq: int) -> bytes:
    """The body of an entry with somebody else as its actor."""
    return canonical({**orjson.loads(body_of(connection, seq)), "actor": "Mallory"})


def set_body(connection: sqlite3.Connection, seq: int, body: bytes) -> None:
    connection.execute("UPDATE log_entry SET body = ? WHERE seq = ?", (body, seq))


def rechain(connection: sqlite3.Connection, first: int, last: int = 10_000) -> None:
    """Make the links of these entries fit again."""
    row = connection.execute("SELECT hash FROM log_entry WHERE seq = ?", (first - 1,)).fetchone()
    prev = bytes(row[0]) if row else GENESIS
    span = "WHERE seq BETWEEN ? AND ? ORDER BY seq"
    rows = connection.execute(f"SELECT seq, body FROM log_entry {span}", (first, last)).fetchall()
    for seq, body in rows:
        digest = entry_hash(seq, prev, body)
        connection.execute(
            "UPDATE log_entry SET prev = ?, hash = ? WHERE seq = ?", (prev, digest, seq)
        )
        prev = digest


def edit(connection: sqlite3.Connection) -> None:
    set_body(connection, ROW, forged(connection, ROW))


def edit_and_rehash(connection: sqlite3.Connection) -> None:
    edit(connection)
    rechain(connection, ROW, ROW)


def edit_and_rechain(connection: sqlite3.Connection) -> None:
    edit(connection)
    rechain(connection, ROW)


def delete(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM log_entry WHERE seq = ?", (ROW,))


def delete_the_first(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM log_entry WHERE seq = 1")


def shift(connection: sqlite3.Connection, by: int) -> None:
    """Renumber everything from ROW on."""
    connection.execute("UPDATE log_entry SET seq = -seq WHERE seq >= ?", (ROW,))
    connection.execute("UPDATE log_entry SET seq = ? - seq WHERE seq < 0", (by,))


def delete_and_renumber(connection: sqlite3.Connection) -> None:
    delete(connection)
    shift(connection, -1)


def insert(connection: sqlite3.Connection) -> None:
    body = forged(connection, ROW)
    shift(connection, 1)
    row = connection.execute("SELECT hash FROM log_entry WHERE seq = ?", (ROW - 1,)).fetchone()
    values = (ROW, row[0], entry_hash(ROW, row[0], body), body)
    connection.execute("INSERT INTO log_entry VALUES (?, ?, ?, ?)", values)


def insert_and_rechain(connection: sqlite3.Connection) -> None:
    insert(connection)
    rechain(connection, ROW)


def swap(connection: sqlite3.Connection) -> None:
    for old, new in ((ROW, -1), (ROW + 1, ROW), (-1, ROW + 1)):
        connection.execute("UPDATE log_entry SET seq = ? WHERE seq = ?", (new, old))


def cut_tail(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM log_entry WHERE seq > ?", (ROW,))
    connection.execute("DELETE FROM opening WHERE seq > ?", (ROW,))


def cut_tail_with_checkpoints(connection: sqlite3.Connection) -> None:
    cut_tail(connection)
    connection.execute("DELETE FROM checkpoint WHERE seq > ?", (ROW,))


def empty(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM log_entry")
    connection.execute("DELETE FROM checkpoint")


def spoil_a_signature(connection: sqlite3.Connection) -> None:
    connection.execute(
        "UPDATE checkpoint SET signature = zeroblob(64) "
        "WHERE seq = (SELECT min(seq) FROM checkpoint WHERE seq > ?)",
        (ROW,),
    )


def another_type(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE log_entry SET body = CAST(body AS TEXT) WHERE seq = ?", (ROW,))


def rewrite_all(connection: sqlite3.Connection) -> None:
    """All of history anew, with another key named in it and signing it."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    opened = orjson.loads(body_of(connection, 1))
    opened["detail"]["desk_key"] = public.hex()
    set_body(connection, 1, canonical(opened))
    edit(connection)
    rechain(connection, 1)
    signer = Signer(public, key.sign)
    rows = connection.execute("SELECT hash FROM log_entry ORDER BY seq").fetchall()
    heads = [row[0] for row in rows]
    for seq, origin in connection.execute("SELECT seq, origin FROM checkpoint").fetchall():
        root = Frontier().grown(heads[:seq]).root()
        at = "2026-08-20T09:00:00.000Z"
        made = seal(Claims(origin, seq, root, heads[seq - 1], at, Mode.EXERCISE), signer)
        connection.execute(
            "UPDATE checkpoint SET hash = ?, public_key = ?, signature = ?, note = ? WHERE seq = ?",
            (made.hash, public, made.signature, made.note, seq),
        )


@pytest.mark.parametrize(
    ("tamper", "fault", "at"),
    [
        (edit, Fault.EDITED, ROW),
        (edit_and_rehash, Fault.RELINKED, ROW + 1),
        (edit_and_rechain, Fault.REWRITTEN, None),
        (delete, Fault.MISSING, ROW),
        (delete_the_first, Fault.MISSING, 1),
        (delete_and_renumber, Fault.EDITED, ROW),
        (insert, Fault.EDITED, ROW + 1),
        (insert_and_rechain, Fault.REWRITTEN, None),
        (swap, Fault.EDITED, ROW),
        (cut_tail, Fault.CUT, ROW + 1),
        (cut_tail_with_checkpoints, Fault.CUT, ROW + 1),
        (empty, Fault.FOREIGN_KEY, None),
        (spoil_a_signature, Fault.BAD_SIGNATURE, None),
        (another_type, Fault.EDITED, ROW),
        (rewrite_all, Fault.FOREIGN_KEY, None),
    ],
)
def test_tampering_is_found(
    tamper: Callable[[sqlite3.Connection], None], fault: Fault, at: int | None, night: Path
) -> None:
    with unfenced(night) as connection:
        tamper(connection)
    report = verify_logbook(night)
    assert fault in {finding.fault for finding in report.findings}
    if at is not None:
        assert (report.findings[0].seq, report.findings[0].fault) == (at, fault)


@pytest.mark.parametrize("tamper", [edit, delete, cut_tail_with_checkpoints, rewrite_all])
def test_the_command_answers_1_and_names_the_first_bad_entry(
    tamper: Callable[[sqlite3.Connection], None], night: Path
) -> None:
    with unfenced(night) as connection:
        tamper(connection)
    first = verify_logbook(night).findings[0]
    called = crisisdesk("log", "verify", night)
    assert called.code == 1
    assert called.err == ""
    lines = called.out.splitlines()
    assert lines[0].startswith("BROKEN: ")
    assert lines[0].endswith(f"the first at entry {first.seq}.")
    assert lines[1] == f"  entry {first.seq}: {first.fault} – {first.words}"


def test_the_fences_keep_the_log_while_they_stand(night: Path) -> None:
    with closing(sqlite3.connect(night / DATABASE_NAME)) as connection:
        for tamper in (edit, delete, swap, cut_tail, spoil_a_signature):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                tamper(connection)
            connection.rollback()
    assert verify_logbook(night).intact


def test_a_cut_tail_shows_only_by_checkpoints_kept_elsewhere(night: Path, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.jsonl"
    (night / CHECKPOINTS_NAME).rename(kept)
    with unfenced(night) as connection:
        cut_tail_with_checkpoints(connection)
    unaware = crisisdesk("log", "verify", night)
    aware = crisisdesk("log", "verify", night, "--anchors", kept)
    assert (unaware.code, aware.code) == (0, 1)
    assert unaware.out.startswith(f"intact: {ROW} entries")
    assert f"entry {ROW + 1}: cut – the log ends at entry {ROW}" in aware.out


def test_a_rewritten_history_shows_by_the_key_one_trusts(night: Path) -> None:
    trusted = verify_logbook(night).keys[0].hex()
    assert crisisdesk("log", "verify", night, "--key", trusted).code == 0
    (night / CHECKPOINTS_NAME).unlink()
    with unfenced(night) as connection:
        rewrite_all(connection)
    unaware = crisisdesk("log", "verify", night)
    assert unaware.code == 0  # it fits together, but names another key
    assert trusted not in unaware.out
    aware = crisisdesk("log", "verify", night, "--key", trusted)
    assert aware.code == 1
    assert "foreign key" in aware.out


def test_an_unsigned_addition_is_called_unsigned(night: Path, tmp_path: Path) -> None:
    signed = verify_logbook(night).entries
    with unfenced(night) as connection:
        body = canonical({**orjson.loads(body_of(connection, ROW)), "detail": {}})
        head = connection.execute("SELECT hash FROM log_entry ORDER BY seq DESC").fetchone()[0]
        values = (signed + 1, head, entry_hash(signed + 1, head, body), body)
        connection.execute("INSERT INTO log_entry VALUES (?, ?, ?, ?)", values)
    anchor = tmp_path / "elsewhere.txt"
    shutil.copy(night / CHECKPOINTS_NAME, anchor)
    said = crisisdesk("log", "verify", night, "--anchors", anchor).out
    assert f"Complete up to entry {signed}, by a signed checkpoint in {anchor}" in said
    assert "The last entry is only self-consistent." in said


def test_checkpoints_beside_the_log_are_never_called_an_anchor(night: Path) -> None:
    """Whoever holds the desk's key can write them anew with the log."""
    report = verify_logbook(night)
    assert (report.anchor, report.anchored_to) == (None, report.entries)
    said = crisisdesk("log", "verify", night).out
    assert "No checkpoint kept outside the log was given" in said
    assert "Complete up to" not in said


def test_a_broken_log_is_not_exported_as_if_it_were_whole(night: Path, tmp_path: Path) -> None:
    with unfenced(night) as connection:
        edit(connection)
    called = crisisdesk("log", "export", night, "--out", tmp_path / "log.jsonl")
    assert called.code == 1
    assert "The export does not verify" in called.err
    assert str(ROW) in called.err


def test_every_damaged_line_of_an_export_is_found(night: Path, tmp_path: Path) -> None:
    whole = tmp_path / "log.jsonl"
    export_jsonl(night, whole)
    lines = whole.read_bytes().splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    for number, line in enumerate(lines):
        torn = [*lines[:number], line[: len(line) // 2] + b"\n", *lines[number + 1 :]]
        broken.write_bytes(b"".join(torn))
        assert not verify_logbook(broken).intact, f"line {number + 1} torn"


def test_every_edited_entry_of_an_export_is_named(night: Path, tmp_path: Path) -> None:
    whole = tmp_path / "log.jsonl"
    export_jsonl(night, whole)
    lines = whole.read_bytes().splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    for number, line in enumerate(lines):
        if b'"entry":' in line:
            edited = line.replace(b'"action":"', b'"action":"un')
            broken.write_bytes(b"".join([*lines[:number], edited, *lines[number + 1 :]]))
            seq = orjson.loads(line)["seq"]
            found = verify_logbook(broken).findings
            assert [(each.seq, each.fault) for each in found] == [(seq, Fault.EDITED)]


def test_lines_taken_out_of_an_export_are_missed(night: Path, tmp_path: Path) -> None:
    whole = tmp_path / "log.jsonl"
    export_jsonl(night, whole)
    lines = whole.read_bytes().splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    for number, line in enumerate(lines):
        if b'"entry":' in line:
            broken.write_bytes(b"".join([*lines[:number], *lines[number + 1 :]]))
            assert verify_logbook(broken).findings[0].seq == orjson.loads(line)["seq"]
