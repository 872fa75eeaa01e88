"""The log's hash chain: canonical bytes, links, and a verifier that only reads what it is given.

An entry's hash is SHA-256 over a domain label, the hash before it, its number, the length of its
body and the body. The hashes are the leaves of a Merkle tree, whose root the desk's key signs now
and then (`rules.checkpoints`). A leaf is the hash and not the body: it stands in every row already,
it says the number and all that came before, and proving it discloses nobody else's entry. A chain
alone cannot show that its tail was cut or that all of it was written anew: only a checkpoint kept
somewhere else can, so `verify` takes those as `anchors`.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import islice, repeat
from typing import Any

import orjson

from crisisdesk.model.audit import Checkpoint, Entry, Fault, Finding, VerifyReport
from crisisdesk.rules.checkpoints import signature_holds, with_key
from crisisdesk.rules.merkle import Frontier

ENTRY_DOMAIN = b"crisisdesk/log/entry/1\x00"
GENESIS = bytes(32)
KEY_FIELD = b'"desk_key":"'
LEAVES_AT_ONCE = 4096
ENTRIES_AT_ONCE = 256
"""They stay in the processor's own memory while they are worked on; more would be slower."""

_PLAIN = frozenset({str, int, bool, type(None)})
_number_and_length = struct.Struct(">QQ").pack
_start = struct.Struct(f">{len(ENTRY_DOMAIN)}s{len(GENESIS)}sQQ").pack


def canonical(value: dict[str, Any]) -> bytes:
    """The one byte form of an entry: sorted keys, UTF-8, no floats. Raises ValueError on a float.

    Floats are refused because two JSON writers may print one of them differently.
    """
    _refuse_floats(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _refuse_floats(value: Any) -> None:
    for inner in value.values() if isinstance(value, dict) else value:
        if type(inner) in _PLAIN:
            continue
        if isinstance(inner, float):
            raise ValueError("log entries hold no floats")
        if isinstance(inner, dict | list | tuple):
            _refuse_floats(inner)


def entry_hash(seq: int, prev: bytes, body: bytes) -> bytes:
    """The 32 bytes that name entry `seq` and, through `prev`, everything before it."""
    return sha256(ENTRY_DOMAIN + prev + _number_and_length(seq, len(body)) + body).digest()


Row = tuple[int, bytes, bytes, bytes]
Columns = tuple[tuple[int, ...], tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]


def verify(
    entries: Iterable[Entry | Row],
    checkpoints: Iterable[Checkpoint] = (),
    anchors: Iterable[Checkpoint] = (),
    trusted_key: bytes | None = None,
    *,
    roots: bool = True,
    walked: "Walk | None" = None,
) -> VerifyReport:
    """Walk the whole log once and report every finding, the earliest entry first.

    `entries` are (seq, prev, hash, body) in order of seq. `checkpoints` were kept with the log,
    `anchors` elsewhere. With `trusted_key` (32 raw bytes) any other signer is a finding; without
    it the keys that the log itself announces are accepted and named in the report. Without `roots`
    the heads in the checkpoints are compared but not their Merkle roots: no change of an entry
    escapes that, and it takes half the time. With `walked` (`rules.spans`) the log was walked
    already and all of it was sound; then `entries` are not looked at.
    """
    kept = [(each, False) for each in checkpoints] + [(each, True) for each in anchors]
    walk = walked or Walk(wanted((each for each, _ in kept), roots=roots))
    findings = [] if walked else list(walk.run(entries))
    accepted = {trusted_key} if trusted_key else walk.keys
    good: list[Checkpoint] = []
    anchor: Checkpoint | None = None
    for checkpoint, is_outside in kept:
        finding = _judge(checkpoint, walk, accepted, is_outside)
        if finding:
            findings.append(finding)
            continue
        good.append(checkpoint)
        if is_outside and (anchor is None or checkpoint.seq > anchor.seq):
            anchor = checkpoint
    return VerifyReport(
        entries=walk.count,
        head=walk.head,
        checkpoints=len(kept),
        anchored_to=max((each.seq for each in good), default=0),
        keys=tuple(sorted(walk.keys)),
        findings=tuple(sorted(findings, key=lambda finding: finding.seq)),
        anchor=anchor,
        roots=sum(each.seq in walk.trees for each in good if each.root),
        first_form=sum(not each.note for each in good),
    )


def wanted(checkpoints: Iterable[Checkpoint], *, roots: bool) -> dict[int, bool]:
    """The numbers that checkpoints were signed at, each with whether its root is asked for too."""
    found: dict[int, bool] = {}
    for each in checkpoints:
        found[each.seq] = found.get(each.seq, False) or bool(each.root and roots)
    return found


class Walk:
    """One pass over the entries behind one of them, remembering only what checkpoints ask for.

    Sound entries are taken many at a time; only where something does not fit is each looked at.
    `trees` are those over the entries of this pass, up to each number whose root is `wanted`.
    """

    def __init__(self, wanted: dict[int, bool], after: int = 0, head: bytes = GENESIS) -> None:
        self.wanted = wanted
        self.seen: dict[int, bytes] = {}
        self.trees: dict[int, Frontier] = {}
        self.keys: set[bytes] = set()
        self.held: set[Checkpoint] = set()
        self.count = 0
        self.last = after
        self.head = self._computed = head
        self._in_order = sorted(each for each in wanted if isinstance(each, int))
        self.grows = any(wanted.values())
        self._tree, self._leaves = Frontier(), list[bytes]()

    def run(self, entries: Iterable[Entry | Row]) -> Iterator[Finding]:
        rest = iter(entries)
        while batch := list(islice(rest, ENTRIES_AT_ONCE)):
            columns = _columns(batch)
            if columns and follows(columns, self.last + 1, self.head):
                self._take(columns)
                continue
            for entry in batch:
                yield from self._look_at(*_row(entry))

    def _take(self, columns: Columns) -> None:
        numbers, _, hashes, bodies = columns
        first, start = numbers[0], 0
        for seq in self._wanted_within(first, first + len(hashes) - 1):
            self.seen[seq] = hashes[seq - first]
            if self.grows and self.wanted[seq]:
                self._leaves += hashes[start : seq - first + 1]
                start = seq - first + 1
                self.trees[seq] = self.tree()
        self._leaves += hashes[start:] if self.grows else ()
        if len(self._leaves) >= LEAVES_AT_ONCE:
            self.tree()
        if KEY_FIELD in b"\n".join(bodies):
            self._note_keys(bodies)
        self.count += len(hashes)
        self.last = first + len(hashes) - 1
        self.head = self._computed = hashes[-1]

    def _wanted_within(self, first: int, last: int) -> list[int]:
        wanted = self._in_order
        return wanted[bisect_left(wanted, first) : bisect_right(wanted, last)]

    def tree(self) -> Frontier:
        """That over all entries so far, when roots are asked for and nothing was wrong."""
        self._tree, self._leaves = self._tree.grown(self._leaves), []
        return self._tree

    def _look_at(self, seq: int, prev: bytes, stored: bytes, body: bytes) -> Iterator[Finding]:
        expected = self.last + 1
        self.count += 1
        try:
            digest = entry_hash(seq, prev, body)
        except (TypeError, struct.error) as error:
            words = f"what stands in place of entry {expected} is no entry ({error})"
            yield Finding(expected, Fault.MALFORMED, words)
            self.last, self.head, self._computed, self.grows = expected, stored, stored, False
            return
        linked = prev in (self.head, self._computed)
        if digest != stored or seq != expected or not linked:
            yield from _explain(seq, expected, digest == stored, linked)
            # A root over what is left would only say again that something is gone.
            self.grows = self.grows and seq == expected and isinstance(stored, bytes)
        self.last, self.head, self._computed = seq, stored, digest
        self._remember(seq, stored)
        if KEY_FIELD in body:
            self._note_keys([body])

    def _remember(self, seq: int, stored: bytes) -> None:
        if self.grows:
            self._leaves.append(stored)
        if seq in self.wanted:
            self.seen[seq] = stored
            if self.grows and self.wanted[seq]:
                self.trees[seq] = self.tree()

    def names_another_root(self, checkpoint: Checkpoint) -> bool:
        """Whether it names a root, and not the one that its entries have."""
        tree = self.trees.get(checkpoint.seq) if checkpoint.root else None
        return tree is not None and tree.root() != checkpoint.root

    def vouches_for(self, checkpoint: Checkpoint) -> bool:
        """Whether its signature holds. The same is often kept in two places, and asked once."""
        plain = replace(checkpoint, place="")
        if plain not in self.held and signature_holds(plain):
            self.held.add(plain)
        return plain in self.held

    def _note_keys(self, bodies: Iterable[bytes]) -> None:
        for body in bodies:
            try:
                key = bytes.fromhex(orjson.loads(body)["detail"]["desk_key"])
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                continue
            self.keys.add(key)


def _columns(batch: list[Entry | Row]) -> Columns | None:
    """The numbers, the hashes before, the hashes and the bodies; None where no row has four."""
    rows: Iterable[Any] = batch if isinstance(batch[0], tuple) else map(_row, batch)
    try:
        numbers, prevs, hashes, bodies = zip(*rows, strict=True)
    except (AttributeError, TypeError, ValueError):
        return None
    return numbers, prevs, hashes, bodies


def _row(entry: Entry | Row) -> Row:
    if isinstance(entry, tuple):
        return entry
    return entry.seq, entry.prev, entry.hash, entry.body


def follows(columns: Columns, seq: int, head: bytes) -> bool:
    """Whether these are entries `seq`, `seq` + 1 and so on, sound each, the first behind `head`.

    It never explains and never raises; a False may also mean that a column holds what is no entry.
    """
    numbers, prevs, hashes, bodies = columns
    try:
        starts = map(_start, repeat(ENTRY_DOMAIN), prevs, numbers, map(len, bodies))
        digests = [
            sha256(start + body).digest() for start, body in zip(starts, bodies, strict=True)
        ]
    except (TypeError, ValueError, struct.error):
        return False
    in_order = numbers == tuple(range(seq, seq + len(numbers)))
    linked = prevs == (head, *hashes[:-1]) and len(head) == len(GENESIS)  # none was cut to fit
    return in_order and linked and tuple(digests) == hashes


def _explain(seq: int, expected: int, content_holds: bool, linked: bool) -> Iterator[Finding]:
    if seq > expected:
        gone = (
            f"entry {expected} is" if seq == expected + 1 else f"entries {expected}–{seq - 1} are"
        )
        yield Finding(expected, Fault.MISSING, f"{gone} missing")
    elif seq < expected:
        yield Finding(seq, Fault.REORDERED, f"entry {seq} stands again or out of order")
    if not content_holds:
        yield Finding(seq, Fault.EDITED, f"entry {seq} was changed after it was written")
    elif not linked and seq == expected:
        words = f"entry {seq} does not follow the entry before it: one was replaced or inserted"
        yield Finding(seq, Fault.RELINKED, words)


def _judge(
    checkpoint: Checkpoint, walk: Walk, accepted: set[bytes], outside: bool
) -> Finding | None:
    place = checkpoint.place or ("another place" if outside else "")
    kept = f"kept in {place}" if place else "in the log"
    seq = checkpoint.seq
    checkpoint = replace(checkpoint, public_key=with_key(checkpoint, accepted))
    known = checkpoint.public_key or not checkpoint.note
    if known and not walk.vouches_for(checkpoint):
        words = f"the checkpoint of entry {seq} {kept} carries a bad signature"
        return Finding(seq, Fault.BAD_SIGNATURE, words)
    if checkpoint.public_key not in accepted:
        words = f"the checkpoint of entry {seq} {kept} was signed by a key this log does not name"
        return Finding(seq, Fault.FOREIGN_KEY, words)
    if seq > walk.last:
        words = f"the log ends at entry {walk.last}; a checkpoint {kept} proves it had {seq}"
        return Finding(walk.last + 1, Fault.CUT, words)
    if walk.seen.get(seq) != checkpoint.hash:
        words = f"entry {seq} is not the one that the checkpoint {kept} was signed over"
        return Finding(seq, Fault.REWRITTEN, words)
    if walk.names_another_root(checkpoint):
        words = f"the checkpoint of entry {seq} {kept} names a root that is not that of the entries"
        return Finding(seq, Fault.WRONG_ROOT, words)
    return None
