"""A long log walked in spans that know nothing of each other, and joined again.

What is joined was sound, every entry of it. Where a span has anything to say it is None, and the
whole log is walked by itself, which can say what is wrong and where.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from crisisdesk.rules.chain import Row, Walk
from crisisdesk.rules.merkle import Frontier

SPAN = 1 << 12
"""Entries in each but the last: a power of two, so that the tree over them is a part of the whole
one as it stands."""


@dataclass(frozen=True, slots=True)
class Span:
    """What sound entries behind entry `after` come to: the hash that the first of them names as
    the one before, the hash of the last, and what `Walk` remembers of them."""

    after: int
    count: int
    before: bytes
    head: bytes
    tree: Frontier
    keys: frozenset[bytes]
    seen: dict[int, bytes]
    trees: dict[int, Frontier]


def spans(
    rows: Iterable[Row], after: int, wanted: dict[int, bool], *, roots: bool
) -> Iterator[Span | None]:
    """Walk rows in order, the first behind entry `after`, a multiple of SPAN; None where one does
    not fit. `roots` says whether the tree is asked for, in this part or in one behind it."""
    rest, numbers = iter(rows), sorted(wanted)
    for start in range(after, 1 << 63, SPAN):
        first = next(rest, None)
        if first is None:
            return
        within = numbers[bisect_right(numbers, start) : bisect_right(numbers, start + SPAN)]
        walk = Walk({seq: wanted[seq] for seq in within}, start, first[1])
        walk.grows = roots
        yield _span(walk, chain([first], islice(rest, SPAN - 1)))


def _span(walk: Walk, rows: Iterable[Row]) -> Span | None:
    after, before = walk.last, walk.head
    if any(walk.run(rows)):
        return None
    keys = frozenset(walk.keys)
    return Span(after, walk.count, before, walk.head, walk.tree(), keys, walk.seen, walk.trees)


def joined(parts: Iterable[Span | None], wanted: dict[int, bool]) -> Walk | None:
    """One walk over all entries, or None where they are not sound or do not follow each other."""
    whole, tree = Walk(wanted), Frontier()
    for part in parts:
        if part is None or (part.after, part.before) != (whole.last, whole.head):
            return None
        whole.last = whole.count = part.after + part.count
        whole.head = part.head
        whole.keys |= part.keys
        whole.seen |= part.seen
        whole.trees |= {seq: tree.followed_by(each) for seq, each in part.trees.items()}
        tree = tree.followed_by(part.tree)
    return whole
