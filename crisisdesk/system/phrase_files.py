"""The files of phrases that come with the program, from which a simulated public speaks."""

import tomllib
from functools import cache

from crisisdesk.config import resource, resource_names
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.phrases import Book, Phrases, book_for, read_phrases


def load_book(scenario: Scenario) -> Book:
    """What the public of this scenario can say."""
    return book_for(scenario, _files())


@cache
def _files() -> tuple[Phrases, ...]:
    names = resource_names("public", ".toml")
    return tuple(read_phrases(tomllib.loads(resource("public", n).decode()), n) for n in names)
