"""Finding one of many by a few typed letters: a palette, a list of templates."""

import unicodedata
from collections.abc import Sequence

from crisisdesk.rules.normal import words_of


def searchable(text: str) -> str:
    """The form of a text that `best` looks through; made once, as it takes the longest.

    Accents are dropped: who types in a hurry leaves them out.
    """
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in parts if not unicodedata.combining(each))
    return f" {words_of(text).strip()} "


def best(texts: Sequence[str], typed: str, limit: int) -> tuple[list[int], int]:
    """The places of those that hold every typed word, the best first, and how many there are.

    `texts` are searchable. A word may be typed in part. First come texts that begin with the first
    word, then those where all begin words, as they do in what is meant most often. Equals keep
    their order. At most `limit` places are returned.
    """
    words = searchable(typed).split()
    if not words:
        return list(range(min(limit, len(texts)))), len(texts)
    begins = [f" {word}" for word in words]
    found: tuple[list[int], ...] = ([], [], [])
    for place, text in enumerate(texts):
        if all(word in text for word in words):
            whole = all(word in text for word in begins)
            found[0 if whole and text.startswith(begins[0]) else 1 if whole else 2].append(place)
    every = [place for places in found for place in places]
    return every[:limit], len(every)
