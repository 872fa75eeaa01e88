"""Proofs for others: of one entry without the rest, and of one checkpoint's tree in the next.

The proof of an entry has the form that C2SP calls tlog-proof; `docs/log-format.md` has both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from crisisdesk.model.audit import Checkpoint, Entry, Fault, Finding, Opening
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import canonical, entry_hash
from crisisdesk.rules.checkpoints import read_note, signature_holds, with_key
from crisisdesk.rules.commitments import by_commitment, commitments_in, opens, read_with
from crisisdesk.rules.jsonl import entry_line, opening_line, read_lines
from crisisdesk.rules.merkle import Tree, includes, is_consistent
from crisisdesk.rules.note import from_base64, to_base64

LABEL = "c2sp.org/tlog-proof@v1"
PROOF_SUFFIX = ".tlog-proof"


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry that stood in the log when the checkpoint was signed, with those of its words that
    are shown."""

    entry: Entry
    checkpoint: Checkpoint
    openings: tuple[Opening, ...] = ()

    @property
    def body(self) -> bytes:
        """The entry for reading."""
        return read_with(self.entry.body, by_commitment(self.openings))


def entry_proof(
    entry: Entry, tree: Tree, checkpoint: Checkpoint, openings: Iterable[Opening] = ()
) -> bytes:
    """The proof that a checkpoint covers an entry, with the words beside it that may be shown.

    Raises ValueError when it does not cover it.
    """
    index = entry.seq - 1
    path = tree.inclusion(index, checkpoint.seq)
    content = b"".join([entry_line(entry), *map(opening_line, openings)])
    extra = to_base64(content.removesuffix(b"\n"))
    lines = [LABEL, f"extra {extra}", f"index {index}", *map(to_base64, path), ""]
    return "\n".join([*lines, checkpoint.note]).encode()


def read_entry_proof(content: bytes, trusted_key: bytes) -> Proven:
    """What a proof shows, on the word of a key of 32 raw bytes.

    Raises BadInput when it shows nothing.
    """
    try:
        return _read(content.decode(), trusted_key)
    except (ValueError, BadInput) as error:
        why = error.problem.rstrip(".") if isinstance(error, BadInput) else error
        raise BadInput(
            f"This proves nothing: {why}.", "Ask for the proof again, and check the key."
        ) from error


def _read(content: str, trusted_key: bytes) -> Proven:
    head, _, note = content.partition("\n\n")
    label, *lines = head.split("\n")
    if label != LABEL or len(lines) < 2:
        raise ValueError("it is no proof of an entry")
    entry, openings = _shown_in(lines[0])
    if lines[1] != f"index {entry.seq - 1}":
        raise ValueError("it is about another entry than it shows")
    checkpoint = read_note(note, trusted_key)
    if not with_key(read_note(note), {trusted_key}) or not signature_holds(checkpoint):
        raise ValueError("its checkpoint was not signed by the trusted key")
    path = [from_base64(each) for each in lines[2:]]
    if not includes(entry.hash, entry.seq - 1, checkpoint.seq, path, checkpoint.root):
        raise ValueError("its path does not lead to the root that was signed")
    return Proven(entry, checkpoint, openings)


def _shown_in(line: str) -> tuple[Entry, tuple[Opening, ...]]:
    if not line.startswith("extra "):
        raise ValueError("it does not show the entry")
    content = from_base64(line.removeprefix("extra ")) + b"\n"
    found = [*read_lines(content.splitlines(keepends=True))]
    openings = tuple(each for each in found[1:] if isinstance(each, Opening))
    entry = found[0] if found else None
    if not isinstance(entry, Entry) or len(openings) + 1 < len(found):
        raise ValueError("it does not show an entry")
    if entry_hash(entry.seq, entry.prev, entry.body) != entry.hash:
        raise ValueError(f"entry {entry.seq} was changed after it was written")
    _refuse_other_words(entry, openings)
    return entry, openings


def _refuse_other_words(entry: Entry, openings: Sequence[Opening]) -> None:
    closed = commitments_in(entry.body)
    for each in openings:
        if each.seq != entry.seq or each.commitment not in closed or not opens(each):
            raise ValueError(f"these are not the words of entry {entry.seq}")
        closed.remove(each.commitment)


def growth_lines(tree: Tree, checkpoints: Sequence[Checkpoint]) -> Iterator[bytes]:
    """For each two checkpoints with a root, in order, the proof that one tree grew on the other."""
    sizes = sorted({each.seq for each in checkpoints if each.root})
    for old, new in pairwise(sizes):
        proof = [to_base64(each) for each in tree.consistency(old, new)]
        yield canonical({"new": new, "old": old, "proof": proof}) + b"\n"


def growth_faults(content: bytes, checkpoints: Sequence[Checkpoint]) -> Iterator[Finding]:
    """What is wrong with the proofs between checkpoints whose own roots were found right."""
    roots = {each.seq: each.root for each in checkpoints if each.root}
    left = set(pairwise(sorted(roots)))
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        try:
            old, new = _proven_growth(line, roots)
            left.remove((old, new))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            words = f"proof of growth {number} proves nothing ({error})"
            yield Finding(0, Fault.FORGED_PROOF, words)
    for old, new in sorted(left):
        words = f"nothing proves that the log of {new} entries begins with that of {old}"
        yield Finding(new, Fault.FORGED_PROOF, words)


def _proven_growth(line: bytes, roots: Mapping[int, bytes]) -> tuple[int, int]:
    value: dict[str, Any] = orjson.loads(line)
    if set(value) != {"new", "old", "proof"} or canonical(value) + b"\n" != line:
        raise ValueError("it is not written in the one form it has")
    old, new, proof = value["old"], value["new"], [from_base64(each) for each in value["proof"]]
    if not is_consistent(old, roots[old], new, roots[new], proof):
        raise ValueError(f"the log of {new} entries does not begin with that of {old}")
    return old, new


def bundle_faults(
    files: Mapping[str, bytes], checkpoints: Sequence[Checkpoint], keys: Iterable[bytes]
) -> Iterator[Finding]:
    """What is wrong in a bundle beside its log, whose checkpoints these are."""
    yield from growth_faults(files.get("growth.jsonl", b""), checkpoints)
    notes = "".join(f"{each.note}\n" for each in checkpoints if each.note)
    if files.get("checkpoints.txt", b"") != notes.encode():
        words = "checkpoints.txt holds other checkpoints than log.jsonl"
        yield Finding(0, Fault.FORGED_PROOF, words)
    trusted = [*keys]
    for name, content in files.items():
        if name.endswith(PROOF_SUFFIX) and not any(_shows(content, key) for key in trusted):
            yield Finding(0, Fault.FORGED_PROOF, f"{name} proves nothing")


def _shows(content: bytes, key: bytes) -> bool:
    try:
        read_entry_proof(content, key)
    except BadInput:
        return False
    return True
