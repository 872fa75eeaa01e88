"""Disclosing: the log for people outside, so that they can check it without this program."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from crisisdesk.config import TOKENS_NAME, refuse_ours, resource
from crisisdesk.model.audit import Checkpoint, Entry, VerifyReport
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.anchor_paper import page
from crisisdesk.rules.bundle_papers import folder_name, key_lines, readme
from crisisdesk.rules.incident.page import page_of_log
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.rules.jsonl import log_lines
from crisisdesk.rules.proofs import (
    LABEL,
    PROOF_SUFFIX,
    Proven,
    entry_proof,
    growth_lines,
    read_entry_proof,
)
from crisisdesk.rules.spreadsheet import COLUMNS, row_of
from crisisdesk.store.places import private
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.whole_log import WholeLog


def write_bundle(database: Path, out: Path, wanted: Sequence[int] = ()) -> VerifyReport:
    """Write a zip with everything that another needs to check the log, and proofs of some entries.

    Raises LogBroken when the log does not verify, and BadInput.
    """
    with open_log_file(database) as log:
        read = WholeLog(log)
        proofs = {entry.seq: proof for entry, proof in _proofs(read, wanted)}
        folder = folder_name(exercise=read.exercise)
        with _written(out) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:

            def add(name: str, content: bytes) -> None:
                bundle.writestr(f"{folder}/{name}", content)

            with bundle.open(f"{folder}/log.jsonl", "w", force_zip64=True) as lines:
                lines.writelines(log_lines(read.checkpoints, log.rows(), log.openings()))
            notes = "".join(f"{each.note}\n" for each in read.checkpoints if each.note)
            add("checkpoints.txt", notes.encode())
            add("growth.jsonl", b"".join(growth_lines(read.tree, read.checkpoints)))
            for seq, proof in proofs.items():
                add(f"entries/{seq}{PROOF_SUFFIX}", proof)
            for token in sorted((database.parent / TOKENS_NAME).glob("*.t*")):
                add(f"{TOKENS_NAME}/{token.name}", token.read_bytes())
            add("keys.txt", key_lines(read.checkpoints).encode())
            words = readme(read.report, proofs, exercise=read.exercise)
            add("README.txt", words.encode())
            add("verify.py", resource("verify", "verify.py"))
            add("report.html", _report(read).encode())
    return read.report


def _report(read: WholeLog) -> str:
    """What the log tells, for readers."""
    return page_of_log(read.bodies, read.report, Wanted())


def write_proof(database: Path, out: Path, seq: int) -> Entry:
    """Write the proof of one entry, which shows no other. Raises LogBroken and BadInput."""
    with open_log_file(database) as log:
        read = WholeLog(log)
        ((entry, proof),) = _proofs(read, [seq])
    with _written(out) as file:
        file.write(proof)
    return entry


def is_proof(file: Path) -> bool:
    """Whether this is the proof of one entry, by its name or, whatever that is, its first words."""
    if file.suffix == PROOF_SUFFIX:
        return True
    try:
        with file.open("rb") as content:
            return content.read(len(LABEL)) == LABEL.encode()
    except OSError:
        return False


def check_proof(file: Path, trusted_key: bytes) -> Proven:
    """What a proof of one entry shows. Raises BadInput when it shows nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        words = f"{file} cannot be read: {error.strerror}."
        raise BadInput(words, "Check its name, and that you may read it.") from error
    return read_entry_proof(content, trusted_key)


def _proofs(read: WholeLog, wanted: Sequence[int]) -> Iterator[tuple[Entry, bytes]]:
    covering = {seq: read.covering(seq) for seq in wanted}
    if not covering:
        return
    for row in read.log.rows():
        if row[0] in covering:
            entry = Entry(*row)
            beside = read.log.openings_of(entry.seq)
            yield entry, entry_proof(entry, read.tree, covering[entry.seq], beside)


def write_csv(database: Path, out: Path) -> int:
    """Write the entries for a spreadsheet program; how many. A table is for reading, no proof.

    Raises LogBroken when the log does not verify, and BadInput.
    """
    with open_log_file(database) as log:
        read = WholeLog(log)
        with _written(out) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            table = csv.writer(text, quoting=csv.QUOTE_ALL)
            table.writerow(COLUMNS)
            table.writerows(_table_rows(read))
    return read.report.entries


def _table_rows(read: WholeLog) -> Iterator[list[str]]:
    for row, (seq, body) in zip(read.log.rows(), read.bodies(), strict=True):
        yield row_of(seq, row[2], orjson.loads(body))


def write_paper_anchor(database: Path, out: Path) -> Checkpoint:
    """Write the newest checkpoint as a page to print and keep. Raises LogBroken and BadInput."""
    with open_log_file(database) as log:
        read = WholeLog(log)
    notes = [each for each in read.checkpoints if each.note]
    if not notes:
        raise BadInput(
            "This log has no checkpoint that can be printed.",
            "Open and close its desk once with this version, then try again.",
        )
    with _written(out) as file:
        file.write(page(notes[-1]).encode())
    return notes[-1]


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    refuse_ours(out)
    try:
        with open(out, "wb", opener=private) as file:
            yield file
    except OSError as error:
        words = f"{out} cannot be written: {error.strerror or error}."
        raise BadInput(words, "Choose another place.") from error
