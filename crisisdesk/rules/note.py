"""Signed notes, as C2SP describes them (c2sp.org/signed-note): a text, a blank line, signatures.

Other programs read them too, so nothing here knows what a note says. Only Ed25519 (type 0x01) is
made and checked; signatures of other keys are kept and ignored, as the description asks.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
KEY_ID_BYTES = 4
MOST_SIGNATURES = 16
_MARK = "— "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the key's name, the 4 bytes that recall it, and what it made."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends with a line break; what is signed is its UTF-8."""

    text: str
    signatures: tuple[NoteSignature, ...]


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes that recall a key in a signature line; `public_key` has 32 raw bytes."""
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """A key as other programs take it: name, key id in hex and base64, parted by plus signs."""
    return f"{name}+{key_id(name, public_key).hex()}+{to_base64(ED25519 + public_key)}"


def sign(text: str, name: str, public_key: bytes, signing: Callable[[bytes], bytes]) -> Note:
    """A text with one signature. Raises ValueError for what could not be read back."""
    made = NoteSignature(name, key_id(name, public_key), signing(text.encode()))
    note = Note(text, (made,))
    if parse(written(note)) != note:
        raise ValueError(f"{name!r} cannot sign {text!r} as a note")
    return note


def is_signed_by(note: Note, name: str, public_key: bytes) -> bool:
    """Whether the note carries signatures of this very key, and all of them hold."""
    wanted = (name, key_id(name, public_key))
    own = [each for each in note.signatures if (each.name, each.key_id) == wanted]
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        for each in own:
            key.verify(each.signature, note.text.encode())
    except (InvalidSignature, ValueError):
        return False
    return bool(own)


def written(note: Note) -> str:
    """The note as it is kept and sent."""
    lines = (
        f"{_MARK}{each.name} {to_base64(each.key_id + each.signature)}\n"
        for each in note.signatures
    )
    return note.text + "\n" + "".join(lines)


def parse(content: str) -> Note:
    """Read one note. Raises ValueError where it is not written exactly as it should be."""
    if any(letter < " " and letter != "\n" for letter in content):
        raise ValueError("a note holds no control characters")
    text, blank, rest = content.rpartition("\n\n")
    if not blank or not rest.endswith("\n"):
        raise ValueError("a note is a text, an empty line and signatures")
    lines = rest.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError(f"{len(lines)} signatures on one note")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> NoteSignature:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    content = from_base64(encoded)
    bad_name = not name or "+" in name or any(letter.isspace() for letter in name)
    if f"{mark} " != _MARK or bad_name or len(content) <= KEY_ID_BYTES:
        raise ValueError(f"{line!r} is no signature line")
    return NoteSignature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])


def to_base64(content: bytes) -> str:
    """Base64 with its padding, RFC 4648, section 4."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes:
    """Base64 in the one way it is written. Raises ValueError for any other."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{text!r} is no base64") from error
    if to_base64(content) != text:
        raise ValueError(f"{text!r} is base64 written in a second way")
    return content
