"""The mark that Windows puts before the first letter of a text: no part of the text."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from itertools import chain, islice


def without_mark(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same lines; a mark before the first is left out."""
    rest = iter(lines)
    return chain((first.removeprefix(BOM_UTF8) for first in islice(rest, 1)), rest)
