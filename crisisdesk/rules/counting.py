"""How long a text is, by each network's own rule."""

from collections.abc import Callable
from dataclasses import dataclass

import regex

MASTODON_URL_LENGTH = 23
"""Characters any http(s) link counts as; `characters_reserved_per_url` of the instance API."""

MASTODON_DEFAULT_LIMIT = 500
BLUESKY_GRAPHEMES = 300
BLUESKY_BYTES = 3000

_PATH = r"[^\s\p{Cf}<>()?]"
_PATH_END = r"[^\s\p{Cf}<>()?!*\"'「」:;=,.$%\[\]~&|@]"
_PARENS = rf"\((?:{_PATH}|\({_PATH}+\))+\)"
_LINK = (
    r"(?<![\p{L}\p{N}_@＠$#＃])https?://"
    r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]"
    r"(?::\d+)?"
    rf"(?:/(?:(?:{_PATH}|{_PARENS})*(?:{_PATH_END}|{_PARENS}))?)?"
    r"(?:\?[\p{L}\p{N}!?*'();:&=+$/%#\[\]_.,~|@^-]*[\p{L}\p{N}_&=#/-])?"
)
LINK = regex.compile(_LINK, regex.IGNORECASE)
"""An http(s) link as Mastodon (twitter-text with a scheme) finds it: a trailing full stop or an
unbalanced bracket is not part of it."""

REMOTE_MENTION = regex.compile(
    r"(?<![=/\p{L}\p{N}_])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\p{L}\p{N}_.-]+[\p{L}\p{N}_]",
    regex.IGNORECASE,
)
"""`@name@host`, which Mastodon counts and shows as `@name`."""

_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Count:
    """A length with its limit (None: the network sets none) and the unit it is counted in."""

    length: int
    limit: int | None
    unit: str
    problem: str = ""

    @property
    def words(self) -> str:
        """The length as an officer reads it, as in "267/500"."""
        return self.problem or (f"{self.length}/{self.limit}" if self.limit else str(self.length))

    @property
    def fits(self) -> bool:
        """Whether the network would take it."""
        return not self.problem and (self.limit is None or self.length <= self.limit)


def graphemes(text: str) -> int:
    """User-perceived characters (extended grapheme clusters, Unicode UAX 29)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 for _ in _GRAPHEME.finditer(text))


def mastodon(text: str, spoiler: str = "", url_length: int = MASTODON_URL_LENGTH) -> int:
    """Graphemes of the warning plus the text, a link as 23 and `@name@host` as `@name`.

    Source: Mastodon documentation, statuses API and instance `characters_reserved_per_url`.
    """
    shortened = REMOTE_MENTION.sub(r"@\1", LINK.sub("x" * url_length, text))
    return graphemes(spoiler) + graphemes(shortened)


def bluesky(text: str) -> int:
    """Graphemes; links count in full. Source: lexicon app.bsky.feed.post, maxGraphemes."""
    return graphemes(text)


def plain(text: str) -> int:
    """Unicode characters, for channels without a rule of their own."""
    return len(text)


COUNTERS: dict[str, Callable[[str], int]] = {
    "mastodon": mastodon,
    "bluesky": bluesky,
    "email": plain,
    "cap": plain,
}


def count_mastodon(text: str, limit: int | None) -> Count:
    """Count against the limit the instance announces (500 where it announces none)."""
    return Count(mastodon(text), limit or MASTODON_DEFAULT_LIMIT, "characters")


def count_bluesky(text: str, limit: int | None) -> Count:
    """Both limits of the lexicon: 300 graphemes and 3,000 bytes of UTF-8."""
    size = len(text.encode(errors="replace"))
    problem = f"{size} bytes; Bluesky takes {BLUESKY_BYTES}" if size > BLUESKY_BYTES else ""
    return Count(bluesky(text), limit or BLUESKY_GRAPHEMES, "characters", problem)


def count_plain(text: str, limit: int | None) -> Count:
    """Characters, with the limit given, if any."""
    return Count(plain(text), limit, "characters")


CHECKS: dict[str, Callable[[str, int | None], Count]] = {
    "mastodon": count_mastodon,
    "bluesky": count_bluesky,
    "email": count_plain,
    "cap": count_plain,
}
