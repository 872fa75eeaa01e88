"""The book of phrases from which the simulated public speaks: lists of sentences by name.

docs/exercise-public.md has the format of its files.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.entry import Entry
from crisisdesk.rules.normal import words_of

Book = dict[str, tuple[str, ...]]

OWN = "own "
"""So begin the names of the lists that a scenario gives."""

GAP = re.compile(r"\{([^{}]*)\}")
"""A gap in a sentence, and what stands in its braces."""

_STREET = re.compile(
    r".+ (street|lane|road|avenue|close|way|drive|terrace|row|hill|crescent|court|gardens|walk"
    r"|parade|mews|place|embankment|quay)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrases:
    """One file. It is used in every scenario, or only where one of the words `about` stands."""

    about: tuple[str, ...]
    gaps: Book


def read_phrases(data: Mapping[str, Any], origin: str) -> Phrases:
    """The lists of a parsed TOML file. Raises BadInput that names the file and the list."""
    top = Entry(data)
    try:
        gaps = {name: top.texts(name) for name in data if name != "about"}
        return Phrases(top.texts("about"), gaps)
    except ValueError as error:
        raise BadInput(
            f"The phrases {origin} cannot be used: {error}.", "Correct the file."
        ) from error


def book_for(scenario: Scenario, files: Iterable[Phrases]) -> Book:
    """Every list for this scenario: its own, and those of the files that are about its subject."""
    told = words_of(" ".join(_subject(scenario)))
    book: Book = {}
    for file in files:
        if not file.about or any(words_of(each) in told for each in file.about):
            for name, lines in file.gaps.items():
                book[name] = book.get(name, ()) + lines
    own = {_own(name): own_words(scenario, lines) for name, lines in scenario.crowd.gaps.items()}
    return book | _places(scenario) | own


def own_words(scenario: Scenario, lines: Iterable[str]) -> tuple[str, ...]:
    """The scenario's own sentences, with its own lists put into their gaps first.

    They are out of sight of the program's sentences, where the same name means something else.
    """
    gaps = scenario.crowd.gaps

    def named(gap: re.Match[str]) -> str:
        return f"{{{_own(gap[1])}}}" if gap[1] in gaps else gap[0]

    return tuple(GAP.sub(named, line) for line in lines)


def _own(name: str) -> str:
    return f"{OWN}{name}"


def _subject(scenario: Scenario) -> tuple[str, ...]:
    claims = tuple(each.claim for each in scenario.rumours)
    names = (scenario.name, scenario.summary, scenario.incident_name, *scenario.watch_terms)
    return names + claims


def _places(scenario: Scenario) -> Book:
    """`street` and `place`, which everybody speaks of; where there is only one kind, both are it.

    The scenario's lists of these names hold for everybody.
    """
    streets = tuple(each for each in scenario.places if _STREET.fullmatch(each))
    places = tuple(each for each in scenario.places if each not in streets)
    found = {"street": streets or places, "place": places or streets}
    own = {name: scenario.crowd.gaps.get(name, lines) for name, lines in found.items()}
    return {name: lines for name, lines in own.items() if lines}
