"""The log as JSON lines: a header, the entries, the checkpoints. Read back as strictly as written.

`docs/log-format.md` describes every line. Each has one form only; nothing in the first line is
signed, so nothing stands there.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import orjson

from crisisdesk.model.audit import Checkpoint, Entry, Opening
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.checkpoints import HASH_BYTES, read_note
from crisisdesk.rules.commitments import stub
from crisisdesk.rules.word_check import Row, interleaved

FORMAT = 3
KEY_BYTES = 32
_ONLY = {"crisisdesk_log"}
_HEADERS = {1: {"crisisdesk_log", "keys", "origin"}, 2: _ONLY, FORMAT: _ONLY}

Line = Entry | Checkpoint | Opening


def header_line() -> bytes:
    """The first line of an export."""
    return canonical({"crisisdesk_log": FORMAT}) + b"\n"


def entry_line(entry: Entry) -> bytes:
    """One entry as a line; the body stands in it as it was hashed."""
    return b'{"entry":%b,"hash":"%b","prev":"%b","seq":%d}\n' % (
        entry.body,
        entry.hash.hex().encode(),
        entry.prev.hex().encode(),
        entry.seq,
    )


def opening_line(opening: Opening) -> bytes:
    """The words that an entry commits to, with their key or with the entry that took them away."""
    fields: dict[str, Any] = {"commitment": opening.commitment.hex(), "seq": opening.seq}
    if opening.redacted:
        fields["redacted"] = opening.redacted
    else:
        fields |= {"key": opening.key.hex(), "words": opening.words}
    return canonical({"opening": fields}) + b"\n"


def log_lines(
    checkpoints: Iterable[Checkpoint], rows: Iterable[Row], openings: Iterable[Opening]
) -> Iterator[bytes]:
    """A whole export: every entry with the words beside it behind it."""
    yield header_line()
    yield from map(checkpoint_line, checkpoints)
    for each in interleaved(rows, openings):
        yield entry_line(each) if isinstance(each, Entry) else opening_line(each)


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """One checkpoint as a line."""
    return canonical({"checkpoint": _checkpoint_fields(checkpoint)}) + b"\n"


def _checkpoint_fields(checkpoint: Checkpoint) -> dict[str, Any]:
    if checkpoint.note:
        return {"key": checkpoint.public_key.hex(), "note": checkpoint.note}
    return {
        "seq": checkpoint.seq,
        "hash": checkpoint.hash.hex(),
        "origin": checkpoint.origin,
        "key": checkpoint.public_key.hex(),
        "signature": checkpoint.signature.hex(),
    }


def read_lines(lines: Iterable[bytes]) -> Iterator[Line]:
    """Entries, the words beside them and checkpoints of an export, streamed.

    Raises BadInput naming the bad line.
    """
    for number, line in enumerate(lines, 1):
        try:
            value = orjson.loads(line)
            found = _read(value)
            _refuse_another_form(line, value, found)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadInput(
                f"Line {number} is not a log line ({error}).",
                "Export the log again, or ask for an undamaged copy.",
            ) from error
        if found:
            yield found


def checkpoints_in(line: bytes) -> Iterator[Checkpoint]:
    """The checkpoint that a line is, if it is one and well written; other lines are not read."""
    if line.startswith(b'{"checkpoint":'):
        with suppress(BadInput):
            yield from (each for each in read_lines([line]) if isinstance(each, Checkpoint))


def _refuse_another_form(line: bytes, value: dict[str, Any], found: Line | None) -> None:
    """A field named twice, or one more beside ours, would be read by others and hashed by nobody.

    Raises ValueError.
    """
    if isinstance(found, Entry):
        again = entry_line(found)
    elif isinstance(found, Opening):
        again = opening_line(found)
    else:
        again = checkpoint_line(found) if found else canonical(value) + b"\n"
    if again != line:
        raise ValueError("it is not written in the one form such a line has")


def _read(value: dict[str, Any]) -> Line | None:
    if "crisisdesk_log" in value:
        fields = _HEADERS.get(value["crisisdesk_log"])
        if fields is None:
            raise ValueError(f"format {value['crisisdesk_log']} is newer than this program")
        if set(value) != fields:
            raise ValueError("the first line has other fields than it should")
        return None
    if "opening" in value:
        return _opening(value["opening"])
    if "checkpoint" in value:
        fields = value["checkpoint"]
        if "note" in fields:
            return read_note(fields["note"], _key(fields["key"]))
        return Checkpoint(
            seq=_number(fields["seq"]),
            hash=_hash(fields["hash"]),
            origin=str(fields["origin"]),
            public_key=_key(fields["key"]),
            signature=bytes.fromhex(fields["signature"]),
        )
    return Entry(
        seq=_number(value["seq"]),
        prev=_hash(value["prev"]),
        hash=_hash(value["hash"]),
        body=canonical(value["entry"]),
    )


def _opening(fields: dict[str, Any]) -> Opening:
    seq, commitment = _number(fields["seq"]), _hash(fields["commitment"])
    if "redacted" in fields:
        redacted = _number(fields["redacted"])
        return Opening(seq, commitment, b"", stub(redacted), redacted)
    if not isinstance(fields["words"], str):
        raise ValueError("the words beside an entry are no text")
    return Opening(seq, commitment, _hash(fields["key"]), fields["words"])


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise ValueError(f"{value!r} is no number of an entry")
    return value


def _hash(value: str) -> bytes:
    found = bytes.fromhex(value)
    if len(found) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(found)}")
    return found


def _key(value: str) -> bytes:
    found = bytes.fromhex(value)
    if len(found) != KEY_BYTES:
        raise ValueError(f"a public key has {KEY_BYTES} bytes, not {len(found)}")
    return found


def readable(seq: int, body: bytes) -> dict[str, Any]:
    """An entry as a dict with its number under "seq"; a damaged one as far as it can be shown."""
    try:
        return {**orjson.loads(body), "seq": seq}
    except (TypeError, ValueError):
        words = {"words": body.decode(errors="replace")}
        return {"action": "unreadable", "actor": "", "at": "", "detail": words, "seq": seq}
