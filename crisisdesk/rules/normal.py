"""One normal form of a public text, shared by triage and by the search for repeats."""

import re
import unicodedata
from hashlib import blake2b

from crisisdesk.rules.counting import REMOTE_MENTION

_LINKS = re.compile(r"https?://\S+|www\.\S+")
_NOT_WORD = re.compile(r"[\W_]+")
_REPOST = re.compile(r"(?:rt|via)\b\s*@\w+\s*:?", re.IGNORECASE)
_PERSON = re.compile(r"@(?<!\S@)\w[\w.]*")  # led by a plain character, it is found fast
_ASCII_WORDS = bytes(ord(c.lower()) if c.isalnum() else 32 for c in map(chr, range(128))).ljust(256)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL and halves of surrogate pairs: one such post must not stop its source for good."""
_APOSTROPHES = str.maketrans({"’": "", "'": "", "ʼ": "", "`": ""})
SHORTEST_FINGERPRINT = 20
"""Below so many characters two people may well say the same thing independently."""


def is_storable(text: str) -> bool:
    """Whether every database takes the text as it is."""
    return not _UNSTORABLE.search(text)


def storable(text: str) -> str:
    """The text with a mark in place of what no database takes."""
    return _UNSTORABLE.sub("\ufffd", text)


def squeezed(text: str) -> str:
    """The text as far as servers leave it alone, to find our own words again.

    They rearrange white space, drop a link's scheme on display and the server from the mention of
    somebody elsewhere.
    """
    return (
        "".join(REMOTE_MENTION.sub(r"@\1", text).split())
        .replace("https://", "")
        .replace("http://", "")
    )


def words_of(text: str) -> str:
    """Lower case words with single spaces, one space at either end; links are dropped.

    Apostrophes vanish ("can't" → "cant"), everything else that is no letter or digit parts words.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    if "http" in text or "www." in text:
        text = _LINKS.sub(" ", text)
    if text.isascii():  # most are, and bytes take a third of the time
        parted = text.encode().translate(_ASCII_WORDS, b"'").split()
        return f" {b' '.join(parted).decode()} "
    return f" {_NOT_WORD.sub(' ', text.lower()).strip()} "


def fingerprint(text: str, words: str = "") -> bytes:
    """8 bytes equal for texts with the same words; empty for texts too short to compare.

    Reposts ("RT @name: …") and mentions of people do not count, nor do links. `words` is the
    normal form of the text, if at hand.
    """
    if "@" in text:
        repost = _REPOST.match(text)
        words = words_of(_PERSON.sub(" ", text[repost.end() :] if repost else text))
    words = words or words_of(text)
    if len(words) < SHORTEST_FINGERPRINT:
        return b""
    return blake2b(words.encode(), digest_size=8).digest()
