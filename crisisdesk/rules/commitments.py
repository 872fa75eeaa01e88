"""Personal words lie beside the log's chain; the chain holds only commitments to them.

An entry holds `{"commitment":"<hex>"}` in place of words that people typed: HMAC-SHA256 of the
words with a random key of their own. Key and words, the opening, are kept in another table. While
they are there anybody can check that these are the words; once they are erased nobody can find out
what they were, and the chain still holds. A bare hash would not do: short words could be guessed.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from crisisdesk.model.audit import Opening

DOMAIN = b"crisisdesk/log/words/1\x00"
KEY_BYTES = 32
"""A key of another length is refused: HMAC pads short ones, so two could open the same."""

MACHINES = frozenset({"desk", "gate", "Exercise control"})
"""What the program writes by itself tells of nobody."""

TYPED = frozenset(
    {
        *("words", "reason", "although_unknown", "evidence", "decided_by"),
        *("known", "options", "rationale", "why_corrected", "methane", "attachments", "left"),
        "settings",
    }
)
"""Fields of an entry's detail in which people write freely; `settings` of an account, as those hold
the addresses of a mailing list."""

HEARD = frozenset({"text"})
"""Fields with the words of strangers, whoever writes them down."""

PLAIN_INSIDE = frozenset({"size"})

NOT_HERE = "[not in this copy]"
_MARK = b'{"commitment":"'
_PLACE = re.compile(rb'\{"commitment":"([0-9a-f]{64})"\}')


def commitment(key: bytes, words: str) -> bytes:
    """The 32 bytes that stand for these words in the chain."""
    return hmac.digest(key, DOMAIN + words.encode(), "sha256")


def committed(
    actor: str, detail: Mapping[str, Any], new_key: Callable[[], bytes]
) -> tuple[dict[str, Any], list[tuple[bytes, bytes, str]]]:
    """An entry's detail as the chain has it, and (commitment, key, words) of what lies beside."""
    personal = HEARD if actor in MACHINES else TYPED | HEARD
    found: list[tuple[bytes, bytes, str]] = []

    def put_aside(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                name: inner if name in PLAIN_INSIDE else put_aside(inner)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [put_aside(inner) for inner in value]
        if not isinstance(value, str) or not value:
            return value
        key = new_key()
        made = commitment(key, value)
        found.append((made, key, value))
        return {"commitment": made.hex()}

    kept = {name: put_aside(each) if name in personal else each for name, each in detail.items()}
    return kept, found


def has_commitments(body: bytes) -> bool:
    """Whether an entry has words beside it; typed words cannot look like it, as JSON escapes
    their quotation marks."""
    return _MARK in body


def commitments_in(body: bytes) -> list[bytes]:
    """What an entry commits to, in order, 32 bytes each."""
    return [bytes.fromhex(each.decode()) for each in _PLACE.findall(body)]


def read_with(body: bytes, words: Mapping[bytes, str]) -> bytes:
    """An entry's body with the words put back in, for reading: nothing vouches for these bytes.

    `words` are by commitment.
    """

    def put_back(place: re.Match[bytes]) -> bytes:
        return orjson.dumps(words.get(bytes.fromhex(place[1].decode()), NOT_HERE))

    return _PLACE.sub(put_back, body)


def stub(redacted: int) -> str:
    """What stands in place of words that entry `redacted` took away."""
    return f"[redacted: see entry {redacted}]"


def opens(opening: Opening) -> bool:
    """Whether these are the words that were committed to, or the stub that is left of them."""
    if opening.redacted:
        return not opening.key and opening.words == stub(opening.redacted)
    if len(opening.key) != KEY_BYTES:
        return False
    return hmac.compare_digest(commitment(opening.key, opening.words), opening.commitment)


def by_commitment(openings: Iterable[Opening]) -> dict[bytes, str]:
    """What stands in place of each commitment: the words, or what became of them."""
    return {each.commitment: each.words for each in openings}


def paths_in(detail: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The fields that are committed to, as in ("methane.location", commitment)."""
    for name, value in detail.items():
        yield from _paths(name, value)


def _paths(path: str, value: Any) -> Iterator[tuple[str, bytes]]:
    if isinstance(value, Mapping):
        if set(value) == {"commitment"}:
            yield path, bytes.fromhex(value["commitment"])
            return
        for name, inner in value.items():
            yield from _paths(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _paths(f"{path}.{number}", inner)
