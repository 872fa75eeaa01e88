"""Checkpoints: what a desk's key says of its log, as a note of the form C2SP calls tlog-checkpoint.

    crisisdesk/<desk>              the origin, and the name of the key
    <number of entries>
    <root of the Merkle tree over the hashes of these entries, base64>
    head <hash of the last of them, base64>
    at <when it was signed, RFC 3339>
    mode <live or exercise>

The head repeats what the root says already; with it the chain alone, which is quick to check, shows
whether an entry was changed. Logs written before there was a tree have checkpoints of a first form,
a signature over the head alone, which still hold for what they say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crisisdesk.model.audit import Checkpoint, Signer
from crisisdesk.model.mode import Mode
from crisisdesk.rules import note

FIRST_FORM = b"crisisdesk/log/checkpoint/1\n"
ORIGIN = "crisisdesk/"
HASH_BYTES = 32

_SHAPE = re.compile(
    rf"{ORIGIN}(?P<desk>[^\s+]+)\n(?P<size>[1-9][0-9]{{0,18}})\n(?P<root>[^\n]+)\n"
    r"head (?P<head>[^\n]+)\nat (?P<at>[^\n]+)\nmode (?P<mode>[a-z]+)\n"
)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a checkpoint says: `root` and `head` have 32 raw bytes, `at` is RFC 3339."""

    desk: str
    size: int
    root: bytes
    head: bytes
    at: str
    mode: Mode


def text_of(claims: Claims) -> str:
    """The words that are signed."""
    return (
        f"{ORIGIN}{claims.desk}\n{claims.size}\n{note.to_base64(claims.root)}\n"
        f"head {note.to_base64(claims.head)}\nat {claims.at}\nmode {claims.mode.value}\n"
    )


def claims_of(text: str) -> Claims:
    """What a note's text claims. Raises ValueError for the text of anything else."""
    found = _SHAPE.fullmatch(text)
    if not found:
        raise ValueError("this note is no checkpoint of a CrisisDesk log")
    datetime.fromisoformat(found["at"])
    return Claims(
        desk=found["desk"],
        size=int(found["size"]),
        root=_hash(found["root"]),
        head=_hash(found["head"]),
        at=found["at"],
        mode=Mode(found["mode"]),
    )


def names_root(written: str, root: bytes) -> bool:
    """Whether this is the root that a note names, without reading all of it."""
    return written.split("\n", 3)[2:3] == [note.to_base64(root)]


def seal(claims: Claims, signer: Signer) -> Checkpoint:
    """The desk key's signature over what it claims of its log."""
    name = ORIGIN + claims.desk
    made = note.sign(text_of(claims), name, signer.public_key, signer.sign)
    return _checkpoint(made, claims, signer.public_key)


def read_note(content: str, public_key: bytes = b"", place: str = "") -> Checkpoint:
    """A checkpoint as it was written. A note itself does not say its key in full.

    Raises ValueError for what is none. Nothing is verified here.
    """
    found = note.parse(content)
    return _checkpoint(found, claims_of(found.text), public_key, place)


def of_columns(
    seq: int, head: bytes, origin: str, public_key: bytes, signature: bytes, written: str
) -> Checkpoint:
    """A checkpoint as a database keeps it. What does not fit together is left for the verifier."""
    kept = Checkpoint(seq, head, origin, public_key, signature, written)
    try:
        claims = claims_of(note.parse(written).text)
    except ValueError:
        return kept
    return replace(kept, root=claims.root, at=claims.at)


def _checkpoint(made: note.Note, claims: Claims, public_key: bytes, place: str = "") -> Checkpoint:
    return Checkpoint(
        seq=claims.size,
        hash=claims.head,
        origin=claims.desk,
        public_key=public_key,
        signature=made.signatures[0].signature,
        note=note.written(made),
        root=claims.root,
        at=claims.at,
        place=place,
    )


def read_notes(content: str, place: str = "") -> Iterator[Checkpoint]:
    """Every checkpoint of a file: notes, each with an empty line behind it.

    Raises ValueError at the first that is none.
    """
    parts = content.split("\n\n")
    rest = parts.pop()
    for number, (text, signatures) in enumerate(zip(parts[::2], parts[1::2], strict=False), 1):
        try:
            yield read_note(f"{text}\n\n{signatures}\n", place=place)
        except ValueError as error:
            raise ValueError(f"checkpoint {number} cannot be read: {error}") from error
    if rest or len(parts) % 2:
        raise ValueError(f"checkpoint {len(parts) // 2 + 1} is not whole")


def signature_holds(checkpoint: Checkpoint) -> bool:
    """Whether the key it names signed what the checkpoint says, all of it."""
    if not checkpoint.note:
        return _first_form_holds(checkpoint)
    try:
        found = note.parse(checkpoint.note)
        claims = claims_of(found.text)
    except ValueError:
        return False
    again = _checkpoint(found, claims, checkpoint.public_key, checkpoint.place)
    name = ORIGIN + checkpoint.origin
    return again == checkpoint and note.is_signed_by(found, name, checkpoint.public_key)


def with_key(checkpoint: Checkpoint, keys: set[bytes]) -> bytes:
    """The key that a checkpoint names: in full, or the one of these that its note recalls.

    Empty when it is none of them.
    """
    if checkpoint.public_key or not checkpoint.note:
        return checkpoint.public_key
    name = ORIGIN + checkpoint.origin
    recalled = {each.key_id for each in note.parse(checkpoint.note).signatures if each.name == name}
    return next((key for key in sorted(keys) if note.key_id(name, key) in recalled), b"")


def first_form(origin: str, seq: int, head: bytes) -> bytes:
    """The bytes that were signed before there was a tree."""
    return FIRST_FORM + f"origin: {origin}\nseq: {seq}\nhash: {head.hex()}\n".encode()


def _first_form_holds(checkpoint: Checkpoint) -> bool:
    said = first_form(checkpoint.origin, checkpoint.seq, checkpoint.hash)
    try:
        key = Ed25519PublicKey.from_public_bytes(checkpoint.public_key)
        key.verify(checkpoint.signature, said)
    except (InvalidSignature, ValueError):
        return False
    return not (checkpoint.root or checkpoint.at)


def _hash(text: str) -> bytes:
    content = note.from_base64(text)
    if len(content) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(content)}")
    return content
