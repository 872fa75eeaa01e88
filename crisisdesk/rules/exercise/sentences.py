"""Sentences from phrases with gaps: nested, weighted, and dealt like cards so that none comes
again before all the others of its list have come."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.exercise.phrases import GAP, OWN, Book

_NUMBERS = re.compile(r"(\d+)-(\d+)")
_WEIGHT = re.compile(r"x(\d+) ")
_SPACES = re.compile(r"\s+")
_BEFORE_STOP = re.compile(r" +([,.!?;:])(?!\w)")
_TWO_STOPS = re.compile(r"([?!])[,.](?!\.)")
_START = re.compile(r"(^|(?<!\.)[.!?] )([a-z])")

GIVEN = frozenset({"time", "today", "home", "paper"})
"""Gaps that whoever speaks fills: see docs/exercise-public.md."""

GIVEN_HERE = GIVEN | {"said", "mid", "claim", "caller", "headline"}
"""Those that only sentences of the program may have, each where it is filled."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """{name}: a phrase of that list, or what the speaker gave."""

    name: str


@dataclass(frozen=True, slots=True)
class _Numbers:
    """{2-9}: a number from one to the other."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Either:
    """{is|was|}: one of these, perhaps nothing."""

    words: tuple[str, ...]


_Part = str | _Gap | _Numbers | _Either
_Phrase = tuple[_Part, ...]


class Sentences:
    """Writes from a book of phrases. The same book and chance give the same sentences."""

    def __init__(self, book: Book, chance: Random) -> None:
        """Raises BadInput for a gap that nothing can fill, or that leads back to itself."""
        self._chance = chance
        self._lists = {name: _compiled(lines) for name, lines in book.items()}
        self._decks: dict[str, list[_Phrase]] = {}
        self._sound: set[str] = set()
        for name in self._lists:
            self._check(name, ())

    def __contains__(self, name: str) -> bool:
        return bool(self._lists.get(name))

    def add(self, name: str, lines: tuple[str, ...]) -> None:
        """One more list. Raises BadInput as above."""
        self._lists[name] = _compiled(lines)
        self._check(name, ())

    def write(self, name: str, given: Mapping[str, str]) -> str:
        """A new sentence of that list; `given` fills gaps before the book does."""
        return _tidied(self.words(name, given))

    def words(self, name: str, given: Mapping[str, str]) -> str:
        """The same as it comes, without a capital or a look at the stops."""
        return "".join(self._words(name, given))

    def _words(self, name: str, given: Mapping[str, str]) -> Iterator[str]:
        for part in self._deal(name):
            if isinstance(part, str):
                yield part
            elif isinstance(part, _Numbers):
                yield str(self._chance.randint(part.low, part.high))
            elif isinstance(part, _Either):
                yield self._chance.choice(part.words)
            elif part.name in given:
                yield given[part.name]
            else:
                yield from self._words(part.name, given)

    def _deal(self, name: str) -> _Phrase:
        deck = self._decks.get(name)
        if not deck:
            deck = self._decks[name] = list(self._lists[name])
            self._chance.shuffle(deck)
        return deck.pop()

    def _check(self, name: str, above: tuple[str, ...]) -> None:
        if name in self._sound:
            return
        if name in above:
            raise _bad(f"the gap {{{name}}} leads back to itself, over {' → '.join(above)}")
        given = GIVEN if name.startswith(OWN) else GIVEN_HERE
        for phrase in self._lists[name]:
            for part in phrase:
                if isinstance(part, _Gap) and part.name not in given:
                    if part.name not in self:
                        raise _bad(
                            f"nothing fills the gap {{{part.name}}} in {name.removeprefix(OWN)!r}"
                        )
                    self._check(part.name, (*above, name))
        self._sound.add(name)


def _bad(problem: str) -> BadInput:
    return BadInput(
        f"The public of this scenario cannot speak: {problem}.",
        "Correct the name, or give the list in [public.gaps].",
    )


def _compiled(lines: tuple[str, ...]) -> list[_Phrase]:
    """Each phrase as often as it weighs."""
    found: list[_Phrase] = []
    for line in lines:
        weight = _WEIGHT.match(line)
        phrase = _parsed(line[weight.end() :] if weight else line)
        found += [phrase] * (int(weight[1]) if weight else 1)
    return found


def _parsed(line: str) -> _Phrase:
    parts: list[_Part] = []
    for number, piece in enumerate(GAP.split(line)):
        if number % 2:
            parts.append(_gap(piece))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def _gap(inside: str) -> _Part:
    numbers = _NUMBERS.fullmatch(inside)
    if numbers:
        low, high = sorted((int(numbers[1]), int(numbers[2])))
        return _Numbers(low, high)
    return _Either(tuple(inside.split("|"))) if "|" in inside else _Gap(inside)


def _tidied(text: str) -> str:
    """Single spaces, none before a stop, one stop, a capital where a sentence starts."""
    text = _TWO_STOPS.sub(r"\1", _BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", text).strip()))
    return _START.sub(lambda found: found[1] + found[2].upper(), text)
