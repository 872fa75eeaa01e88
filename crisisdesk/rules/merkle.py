"""The Merkle tree of RFC 6962, section 2.1 (the same in RFC 9162): roots and proofs, SHA-256.

A leaf is hashed as 0x00 and its data, a node as 0x01 and its two children, so that neither can be
passed off as the other. Every hash here has 32 raw bytes; indexes count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

LEAF = b"\x00"
NODE = b"\x01"
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The lowest node of the tree for one leaf's data."""
    return sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return sha256(NODE + left + right).digest()


def _row_above(row: Sequence[bytes]) -> list[bytes]:
    """The nodes above whole pairs; one left over at the end has none yet."""
    return [sha256(NODE + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed to go on growing a tree: its size and the tops of its whole subtrees.

    `peaks` are the largest first, one for each bit set in `size`: never more than 64.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaves: Sequence[bytes]) -> "Frontier":
        """With the data of these leaves behind the others, in about two hashes for each."""
        row = [sha256(LEAF + data).digest() for data in leaves]
        left, peaks, level = [*self.peaks], list[bytes](), 0
        while row or self.size >> level:
            if self.size >> level & 1:
                row.insert(0, left.pop())
            if len(row) & 1:
                peaks.append(row.pop())
            row = _row_above(row)
            level += 1
        return Frontier(self.size + len(leaves), tuple(reversed(peaks)))

    def followed_by(self, other: "Frontier") -> "Frontier":
        """With the leaves of another tree behind its own.

        The size of this one is a multiple of some power of two, and the other is no larger than
        that: only then do its subtrees stand in the whole as they stand alone.
        """
        size, peaks = self.size + other.size, [*self.peaks, *other.peaks]
        while len(peaks) > size.bit_count():
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


class Tree:
    """A whole tree in memory, 64 bytes a leaf, for making proofs of any size up to its own."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._rows = [[leaf_hash(each) for each in leaves]]
        while len(self._rows[-1]) > 1:
            self._rows.append(_row_above(self._rows[-1]))

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._rows[0])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, over all when it is not said."""
        return self._top(0, self.size if size is None else size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path that proves leaf `index` in the tree of `size`, its sibling first.

        Raises ValueError when there is no such leaf or tree.
        """
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        return self._path(index, 0, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` begins with that of `old`; nothing for equal sizes.

        Raises ValueError when there are no such trees.
        """
        if not 0 < old <= new <= self.size:
            raise ValueError(f"no trees of {old} and {new}")
        return self._growth(old, 0, new, known=True) if old < new else []

    def _top(self, start: int, end: int) -> bytes:
        """MTH of RFC 6962 over a range that begins at a multiple of its own width."""
        width = end - start
        if not width:
            return EMPTY_ROOT
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self._rows[level][start >> level]
        middle = start + _split(width)
        return node_hash(self._top(start, middle), self._top(middle, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._top(middle, end)]
        return [*self._path(index, middle, end), self._top(start, middle)]

    def _growth(self, old: int, start: int, end: int, *, known: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962, 2.1.2; `known` while the old root itself is this subtree."""
        if old == end:
            return [] if known else [self._top(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._growth(old, start, middle, known=known), self._top(middle, end)]
        return [*self._growth(old, middle, end, known=False), self._top(start, middle)]


def _split(width: int) -> int:
    """The largest power of two below a width of 2 or more."""
    return 1 << ((width - 1).bit_length() - 1)


def includes(data: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves these data as leaf `index` of the tree: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf_hash(data)
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the new tree begins with the old one: RFC 9162, 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    nodes = [*proof] if old & (old - 1) else [old_root, *proof]
    if not nodes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, node)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
