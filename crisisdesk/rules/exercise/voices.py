"""How one person writes: capitals, full stops, short forms, slips of the finger; always alike."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_WORD = re.compile(r"(?<![#@./\w-])[a-z]{5,}\b(?![:/.-]\S)")
_PLAIN = re.compile(r"(?<![#@/\w])[A-Za-z]+(?:['’][A-Za-z]+)?")
_END = re.compile(r"\.(?=\s*$)")
_STOPS = re.compile(r"(?<=\w)\. ")

SHORT = {
    "you": "u", "your": "ur", "please": "pls", "because": "cos", "thanks": "thx", "people": "ppl",
    "tomorrow": "tmrw", "are": "r", "before": "b4", "though": "tho", "probably": "prob",
    "minutes": "mins", "about": "abt", "really": "rly", "something": "smth", "okay": "ok",
}  # fmt: skip
SLIPS = {
    "definitely": "definately", "council": "counsil", "their": "there", "they're": "there",
    "you're": "your", "it's": "its", "don't": "dont", "can't": "cant", "isn't": "isnt",
    "won't": "wont", "doesn't": "doesnt", "should've": "should of", "could've": "could of",
    "electricity": "electrisity", "neighbour": "nieghbour", "neighbours": "nieghbours",
    "weird": "wierd", "believe": "beleive", "received": "recieved", "tonight": "tonite",
    "separate": "seperate", "traffic": "trafic", "ridiculous": "rediculous", "until": "untill",
    "too": "to", "whether": "wether", "evacuate": "evacute", "emergency": "emergancy",
    "nobody": "noone", "anyone": "any one", "a lot": "alot", "really": "realy",
}  # fmt: skip
"""How people in Britain often misspell."""

SWAPS = 0.4
"""How often, with no such word about, two letters change places instead."""

CAREFUL = frozenset({"journalist", "partner", "councillor", "business", "celebrity", "volunteer"})
"""These kinds write as one writes at work."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`stop` is what a person puts at the end of a sentence, `slips` how often a word goes wrong,
    from 0 to 1; `emoji` how often one comes at the end."""

    lower: bool = False
    shout: bool = False
    stop: str = "."
    short: bool = False
    slips: float = 0.0
    emoji: float = 0.0


def voice_of(kind: str, chance: Random) -> Voice:
    """A voice for a new person of this kind."""
    if kind in CAREFUL:
        return Voice(emoji=0.15 if kind in ("business", "celebrity") else 0.0)
    return Voice(
        lower=chance.random() < 0.27,
        shout=chance.random() < (0.12 if kind == "troll" else 0.015),
        stop=chance.choices((".", "", "!", "..."), (46, 36, 9, 9))[0],
        short=chance.random() < 0.10,
        slips=chance.choices((0.0, 0.25, 0.6), (72, 22, 6))[0],
        emoji=chance.choices((0.0, 0.25, 0.7), (62, 26, 12))[0],
    )


def spoken(text: str, voice: Voice, emoji: str, chance: Random) -> str:
    """The text as this person writes it; `emoji` is put after it if it is in them to do so."""
    if voice.short:
        text = _PLAIN.sub(lambda found: SHORT.get(found[0].lower(), found[0]), text)
    if voice.slips and chance.random() < voice.slips:
        text = _slipped(text, chance)
    if voice.lower:
        text = _cased(text, str.lower)
    if voice.shout:
        text = _cased(text, str.upper)
    if voice.stop != ".":
        text = _stopped(text, voice.stop)
    return f"{text} {emoji}" if emoji and chance.random() < voice.emoji else text


def _cased(text: str, case: Callable[[str], str]) -> str:
    """Accounts, hashtags and addresses stay as they are."""
    words = text.split(" ")
    return " ".join(each if each[:1] in "#@" or "://" in each else case(each) for each in words)


def _stopped(text: str, stop: str) -> str:
    if stop == "...":
        text = _STOPS.sub("... ", text)
    return _END.sub(stop, text)


def _slipped(text: str, chance: Random) -> str:
    """One word misspelt the usual way or, where there is none, two letters the wrong way round."""
    known = [found for found in _PLAIN.finditer(text) if found[0].lower() in SLIPS]
    if known:
        found = chance.choice(known)
        return text[: found.start()] + _as(found[0], SLIPS[found[0].lower()]) + text[found.end() :]
    long = list(_WORD.finditer(text))
    if not long or chance.random() > SWAPS:
        return text
    found = chance.choice(long)
    at = chance.randrange(found.start() + 1, found.end() - 2)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def _as(model: str, word: str) -> str:
    return word.capitalize() if model[0].isupper() else word
