"""All posts of a simulated network, where a night of them takes little room.

The newest are objects. Of older ones, those that cannot change any more lie packed, and are made
anew for whoever looks at them: nothing is forgotten, as a real network forgets nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

import msgspec

Post = TypeVar("Post")
Row = tuple[Any, ...]
"""What a post is made of, as msgspec can write it."""

WHOLE = 512
"""So many of the newest stay as they are: what a client asks for again and again is among them."""
BLOCK = 64
"""Posts that lie packed together. More take less room, and longer to read one."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[list[Any] | None])


class Shelf(Sequence[Post], Generic[Post]):
    """The posts in order of arrival, each with its number from 0."""

    def __init__(
        self, pack: Callable[[Post], Row | None], unpack: Callable[[int, Row], Post]
    ) -> None:
        """`pack` gives None for a post that can still change; `unpack` gets a number and a row."""
        self._pack, self._unpack = pack, unpack
        self._whole: dict[int, Post] = {}
        self._blocks: list[bytes] = []
        self._length = 0
        self._last: tuple[int, list[list[Any] | None]] = (-1, [])

    def append(self, post: Post) -> None:
        """Add the newest."""
        self._whole[self._length] = post
        self._length += 1
        if self._length - len(self._blocks) * BLOCK >= WHOLE + BLOCK:
            self._pack_oldest()

    def hold(self, number: int, post: Post) -> None:
        """Keep this one as it is from now on: somebody changes it."""
        self._whole[number] = post

    def whole(self, number: int) -> Post | None:
        """The post if it does not lie packed."""
        return self._whole.get(number)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, number: int) -> Post: ...

    @overload
    def __getitem__(self, number: slice) -> list[Post]: ...

    def __getitem__(self, number: int | slice) -> Post | list[Post]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(self._length))]
        at = range(self._length)[number]
        post = self._whole.get(at)
        return self._made(at) if post is None else post

    def __iter__(self) -> Iterator[Post]:
        return (self[number] for number in range(self._length))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _pack_oldest(self) -> None:
        start = len(self._blocks) * BLOCK
        numbers = range(start, start + BLOCK)
        rows = [self._pack(self._whole[number]) for number in numbers]
        self._blocks.append(zlib.compress(_ENCODER.encode(rows)))
        for number, row in zip(numbers, rows, strict=True):
            if row is not None:
                del self._whole[number]

    def _made(self, number: int) -> Post:
        block, place = divmod(number, BLOCK)
        last, rows = self._last
        if last != block:
            rows = _DECODER.decode(zlib.decompress(self._blocks[block]))
            self._last = block, rows
        row = rows[place]
        if row is None:
            raise IndexError(number)
        return self._unpack(number, tuple(row))


class Listing(Sequence[Post], Generic[Post]):
    """Some posts, or what was told of them, oldest first: `ids`, and how to look up the rest."""

    def __init__(self, ids: Sequence[int], make: Callable[[int], Post]) -> None:
        """`make` gets the place in `ids`."""
        self.ids = ids
        self._make: Callable[[int], Post] = make

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Post: ...

    @overload
    def __getitem__(self, place: slice) -> list[Post]: ...

    def __getitem__(self, place: int | slice) -> Post | list[Post]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self.ids)))]
        return self._make(range(len(self.ids))[place])

    def until(self, place: int) -> Listing[Post]:
        """The first of them, up to but not including that place."""
        return Listing(self.ids[:place], self._make)
