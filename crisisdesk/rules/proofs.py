"""Proofs for others: of one entry without the rest, and of one checkpoint's tree in the next.

The proof of an entry has the form that C2SP calls tlog-proof; `docs/log-format.md` has both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crisisdesk.model.audit import Checkpoint, Entry
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import canonical, entry_hash
from crisisdesk.rules.checkpoints import read_note, signature_holds, with_key
from crisisdesk.rules.jsonl import entry_line, read_lines
from crisisdesk.rules.merkle import Tree, includes
from crisisdesk.rules.note import from_base64, to_base64

LABEL = "c2sp.org/tlog-proof@v1"
PROOF_SUFFIX = ".tlog-proof"


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry that stood in the log when the checkpoint was signed."""

    entry: Entry
    checkpoint: Checkpoint


def entry_proof(entry: Entry, tree: Tree, checkpoint: Checkpoint) -> bytes:
    """The proof that a checkpoint covers an entry. Raises ValueError when it does not."""
    index = entry.seq - 1
    path = tree.inclusion(index, checkpoint.seq)
    extra = to_base64(entry_line(entry).removesuffix(b"\n"))
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
    entry = _entry_of(lines[0])
    if lines[1] != f"index {entry.seq - 1}":
        raise ValueError("it is about another entry than it shows")
    checkpoint = read_note(note, trusted_key)
    if not with_key(read_note(note), {trusted_key}) or not signature_holds(checkpoint):
        raise ValueError("its checkpoint was not signed by the trusted key")
    path = [from_base64(each) for each in lines[2:]]
    if not includes(entry.hash, entry.seq - 1, checkpoint.seq, path, checkpoint.root):
        raise ValueError("its path does not lead to the root that was signed")
    return Proven(entry, checkpoint)


def _entry_of(line: str) -> Entry:
    if not line.startswith("extra "):
        raise ValueError("it does not show the entry")
    found = [*read_lines([from_base64(line.removeprefix("extra ")) + b"\n"])]
    entry = found[0] if found else None
    if not isinstance(entry, Entry):
        raise ValueError("it does not show an entry")
    if entry_hash(entry.seq, entry.prev, entry.body) != entry.hash:
        raise ValueError(f"entry {entry.seq} was changed after it was written")
    return entry


def growth_lines(tree: Tree, checkpoints: Sequence[Checkpoint]) -> Iterator[bytes]:
    """For each two checkpoints with a root, in order, the proof that one tree grew on the other."""
    sizes = sorted({each.seq for each in checkpoints if each.root})
    for old, new in pairwise(sizes):
        proof = [to_base64(each) for each in tree.consistency(old, new)]
        yield canonical({"new": new, "old": old, "proof": proof}) + b"\n"
