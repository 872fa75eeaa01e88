"""Foreign text made safe to look at: nothing in it can hide, turn round or overflow."""

import re
import unicodedata

LONGEST_SHOWN = 20_000
MARKS_SHOWN = 8
"""Combining marks kept on one letter; more only serve to cover the neighbours."""

_TURNING = {
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
    "\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM",
}  # fmt: skip
_UNSEEN = frozenset(
    "\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u115f\u1160\u3164\uffa0\u180e"
)
_FLAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)")
"""The flags of Wales, Scotland and England: a black flag, then tags that nobody sees alone."""
_JOINERS = frozenset("\u200c\u200d")
"""Kept: Persian, Indic scripts and emoji need them."""


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """The text with turning and invisible characters made visible, and piled-up marks cut.

    Plain ASCII without control characters, by far the most common, comes back as it is.
    """
    text = text[:longest] + ("…" if len(text) > longest else "")
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    for part in _FLAGS.split(text):
        out += [part] if _FLAGS.fullmatch(part) else _letters(part)
    return "".join(out)


def _letters(text: str) -> list[str]:
    out: list[str] = []
    marks = 0
    for letter in text:
        if unicodedata.combining(letter):
            marks += 1
            if marks <= MARKS_SHOWN:
                out.append(letter)
            continue
        marks = 0
        out.append(_visible(letter))
    return out


def _visible(letter: str) -> str:
    if letter in _TURNING:
        return f"⟨{_TURNING[letter]}⟩"
    if letter in _UNSEEN:
        return "⟨·⟩"
    if letter in "\n\t" or letter in _JOINERS:
        return letter
    category = unicodedata.category(letter)
    if category in ("Cc", "Cs", "Co", "Cn") or 0xE0000 <= ord(letter) <= 0xE007F:
        return "⟨?⟩"
    return letter


def one_line(text: str, longest: int = 400) -> str:
    """The text on a single line, for lists."""
    return " ".join(shown(text, longest).split())
