"""Answering requests: what of a log is shown to somebody, each entry with its proof."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from crisisdesk.config import resource
from crisisdesk.model.audit import Entry
from crisisdesk.model.disclosure import Disclosure, Ruling, Show
from crisisdesk.model.errors import BadInput
from crisisdesk.rules import disclosure_page
from crisisdesk.rules.bundle_papers import key_lines
from crisisdesk.rules.commitments import by_commitment, commitments_in, read_with
from crisisdesk.rules.disclosure_page import Shown, held_words
from crisisdesk.rules.incident.selecting import UNREADABLE, Belonging, Wanted, outline, stretch
from crisisdesk.rules.proofs import PROOF_SUFFIX, Proven, entry_proof, read_entry_proof
from crisisdesk.rules.spreadsheet import safe_cell
from crisisdesk.store import pack_folder
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.whole_log import WholeLog
from crisisdesk.system.damaged_zips import whole_zip


def write_disclosure(database: Path, out: Path, plan: Disclosure) -> list[Shown]:
    """Write a zip of what a plan shows of a log, entry by entry; what became of each.

    Raises LogBroken when the log does not verify, and BadInput.
    """
    with open_log_file(database) as log:
        read = WholeLog(log)
        found = [*_answered(read, _planned(read, plan))]
        files = _papers(read, plan, [each for each, _ in found])
    files |= {f"entries/{each.seq}{PROOF_SUFFIX}": proof for each, proof in found if proof}
    folder, content = disclosure_page.folder_name(exercise=read.exercise), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, each in files.items():
            bundle.writestr(f"{folder}/{name}", each)
    pack_folder.write_file(out, content.getvalue(), "Choose another place.")
    return [each for each, _ in found]


def _planned(read: WholeLog, plan: Disclosure) -> dict[int, Ruling]:
    """What goes for each entry that the request is about. Raises BadInput when there is none."""
    asked = Wanted(plan.ref, plan.since, plan.until)
    chosen, belonging = stretch(outline(read.entries(), plan.since), asked), Belonging()
    found: dict[int, Ruling] = {}
    for entry in read.entries():
        try:
            holds = chosen.holds(entry, belonging.of(entry))
        except UNREADABLE:
            continue
        if holds:
            found[entry["seq"]] = plan.ruling(entry["seq"])
    if not found:
        raise BadInput("No entry of the log is in that span.", "Correct the plan.")
    return found


def _answered(read: WholeLog, wanted: Mapping[int, Ruling]) -> Iterator[tuple[Shown, bytes]]:
    """Each entry in order as it is shown, with its proof; none of one that is kept back."""
    for row in read.log.rows():
        ruling = wanted.get(row[0])
        if ruling and ruling.show is Show.NOTHING:
            yield Shown(row[0], ruling, 0), b""
        elif ruling:
            yield _shown(read, Entry(*row), ruling)


def _shown(read: WholeLog, entry: Entry, ruling: Ruling) -> tuple[Shown, bytes]:
    beside = read.log.openings_of(entry.seq)
    # What was taken away says so itself, and is no secret of this disclosure.
    told = beside if ruling.show is Show.ALL else [each for each in beside if each.redacted]
    words = dict.fromkeys(commitments_in(entry.body), held_words(ruling.ground))
    body = read_with(entry.body, words | by_commitment(told))
    proof = entry_proof(entry, read.tree, read.covering(entry.seq), told)
    return Shown(entry.seq, ruling, len(beside) - len(told), body), proof


def _papers(read: WholeLog, plan: Disclosure, found: list[Shown]) -> dict[str, bytes]:
    keys = [each.hex() for each in read.report.keys]
    page = disclosure_page.page(plan, found, read.origin, exercise=read.exercise)
    return {
        "README.txt": disclosure_page.readme(plan, keys, exercise=read.exercise).encode(),
        "disclosure.html": page.encode(),
        "kept-back.csv": _schedule(found),
        "keys.txt": key_lines(read.checkpoints).encode(),
        "verify.py": resource("verify", "verify.py"),
    }


def _schedule(found: Iterable[Shown]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out, quoting=csv.QUOTE_ALL)
    table.writerow(disclosure_page.COLUMNS)
    table.writerows(map(safe_cell, row) for row in disclosure_page.kept_back(found))
    return out.getvalue().encode("utf-8-sig")


def check_disclosure(file: Path, trusted_key: bytes) -> list[Proven]:
    """What the proofs of a disclosure show. Raises BadInput when one of them shows nothing."""
    with whole_zip(file) as bundle:
        names = [each for each in bundle.namelist() if each.endswith(PROOF_SUFFIX)]
        proofs = [bundle.read(each) for each in names]
    if not proofs:
        raise BadInput("This disclosure shows no entry.", "Nothing in it is proven.")
    found = [read_entry_proof(each, trusted_key) for each in proofs]
    return sorted(found, key=lambda each: each.entry.seq)


def is_disclosure(file: Path) -> bool:
    """Whether this is a zip with proofs of entries and without the log itself. Raises BadInput for
    a damaged one."""
    if not zipfile.is_zipfile(file):
        return False
    with whole_zip(file) as bundle:
        names = bundle.namelist()
    ends = {each.partition("/")[2] for each in names}
    return "disclosure.html" in ends and "log.jsonl" not in ends
