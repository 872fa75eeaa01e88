"""A crowd that says the same says it in many ways: the copies of one inject.

It has a chance of its own, so that a crowd changes nothing of what the rest of the public says.
"""

import re
from random import Random

from crisisdesk.model.exercise import Inject, Scenario
from crisisdesk.rules.exercise.clock_words import clock_words, part_of_day
from crisisdesk.rules.exercise.phrases import Book
from crisisdesk.rules.exercise.sentences import Sentences
from crisisdesk.rules.exercise.speaking import LONGEST
from crisisdesk.rules.exercise.voices import spoken, voice_of
from crisisdesk.rules.normal import words_of

TRIES = 30
_PARTS = re.compile(r"(?P<to>(?:@\S+\s+)*)(?P<core>.*?)(?P<tags>(?:\s+[#@]\w\S*)*)\s*", re.DOTALL)


class Echoes:
    """Remembers what was said. The first to say something says it word for word."""

    def __init__(self, scenario: Scenario, book: Book, seed: int) -> None:
        self._starts = scenario.starts
        self._sentences = Sentences(book, Random(f"echoes {seed}"))
        self._chance = Random(f"echo voices {seed}")
        self._said: set[str] = set()

    def words(self, inject: Inject, now: int) -> str:
        """What its sender writes: the same in their own words, if somebody wrote it already."""
        text = inject.text
        if words_of(text) in self._said and "echo" in self._sentences:
            others = self._others(text, now)
            new = (each for each in others if words_of(each) not in self._said)
            text = next((each for each in new if len(each) <= LONGEST), text)
        self._said.add(words_of(text))
        return text

    def _others(self, text: str, now: int) -> list[str]:
        found = _PARTS.fullmatch(text)
        if found is None or not found["core"]:
            return []
        core = found["core"]
        if core[-1] not in ".!?…" and "://" not in core.split()[-1]:
            core += "."
        given = {"said": core} | self._given(now)
        voice = voice_of("resident", self._chance)
        return [
            f"{found['to']}{spoken(words, voice, '', self._chance)}{found['tags']}"
            for words in (self._sentences.write("echo", given) for _ in range(TRIES))
        ]

    def _given(self, now: int) -> dict[str, str]:
        return {
            "home": self._sentences.words("street", {}),
            "time": clock_words(self._starts, now, self._chance),
            "today": part_of_day(self._starts, now),
        }
