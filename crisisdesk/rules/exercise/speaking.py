"""The simulated public opens its mouth: a speaker, a sentence nobody has said, and how it is sent
so that the desk finds it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

from crisisdesk.model.exercise import POSTS, Inject, Method, Scenario
from crisisdesk.rules.exercise.clock_words import clock_words, is_night, part_of_day
from crisisdesk.rules.exercise.people import People, Person
from crisisdesk.rules.exercise.phrases import Book, own_words
from crisisdesk.rules.exercise.sentences import Sentences
from crisisdesk.rules.exercise.voices import spoken
from crisisdesk.rules.normal import words_of

US = {Method.MASTODON: "@riverside", Method.BLUESKY: "@riverside.test"}
"""Our own accounts in an exercise."""

TRIES = 8
"""So often somebody looks for other words before they say nothing."""

LONGEST = 280
"""Characters. The shorter of the two networks takes 300."""

TO_US = {
    "asks": 0.6,
    "anger": 0.75,
    "thanks": 0.85,
    "press": 1.0,
    "question": 0.65,
    "hostile": 0.7,
    "smalltalk": 0.9,
}
TO_US_ELSE = 0.15
"""How often a post names our account; otherwise it has the hashtag. Our assumption."""

ANSWERS = {"thanks": 0.5, "anger": 0.35, "asks": 0.25, "question": 0.25, "relief": 0.3}
"""How often it is written under our last message, once there is one. Our assumption."""

NIGHTLY = 0.3
STOPS = ".!?…"

_TWICE = re.compile(r"\b([Mm]y \w+)\b.*\b\1\b|\b(\w{3,}) \2\b", re.IGNORECASE)
_HEARSAY = re.compile(
    r"\b(apparently|word is|heard|hearing|reported|(?:un|not )confirmed|confirm|says?|saying"
    r"|is it true|someone said|allegedly|supposedly|told|on the news|share this)\b",
    re.IGNORECASE,
)
_TAG_AT_END = re.compile(r"(\s+#\w+)+$")

FOREIGN = frozenset({"welsh", "polish"})


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody says, `at` story seconds. With `answers` it stands under our last message.

    Where `method` is no network, it is said to the player by telephone, say.
    """

    at: int
    method: Method
    handle: str
    name: str
    followers: int
    text: str
    answers: bool = False


class Speaking:
    """Makes posts. No sentence comes twice in a run, whoever says it, but for what is word for
    word in the scenario."""

    def __init__(self, scenario: Scenario, book: Book, seed: int) -> None:
        self._chance = Random(f"words {seed}")
        self._starts = scenario.starts
        self._tags = tuple(each for each in scenario.watch_terms if _is_tag(each))
        self._sentences = Sentences(book, Random(f"sentences {seed}"))
        self._add("own words", scenario, scenario.crowd.phrasings)
        for rumour in scenario.rumours:
            self._add(_list_of(rumour.id), scenario, rumour.phrasings)
        for question in scenario.questions:
            self._add(_list_of(question.id), scenario, question.phrasings)
        self.people = People(scenario, self._sentences, Random(f"people {seed}"))
        self._places = scenario.places
        self._names = {"I"} | {each.split()[0] for each in scenario.places}
        self._said: set[bytes] = set()
        for inject in scenario.injects:
            self._is_new(inject.text)

    def _add(self, name: str, scenario: Scenario, phrasings: tuple[str, ...]) -> None:
        """Without the hashtag at their end: everybody puts it where they like."""
        bare = tuple(_TAG_AT_END.sub("", each) for each in phrasings)
        self._sentences.add(name, own_words(scenario, bare))

    def say(
        self,
        topic: str,
        at: int,
        kind: str = "resident",
        *,
        of: str = "",
        given: Mapping[str, str] | None = None,
        by: Person | None = None,
        answerable: bool = False,
    ) -> Post | None:
        """Somebody talks about a topic; None where nothing new could be said.

        `of` is the id of the rumour or question whose phrasings fill {said}; `answerable` tells
        that there is a message of ours to answer.
        """
        if topic not in self._sentences or (topic == "own" and "own words" not in self._sentences):
            return None
        person = by or self.people.speaker(kind)
        for left in reversed(range(TRIES)):
            words = self._words(topic, at, person, of, given or {})
            if left and self._stammers(words):
                continue
            text = self._voiced(topic, words, person)
            answers = answerable and self._chance.random() < ANSWERS.get(topic, 0.0)
            whole = self._addressed(text, topic, person.method, answers)
            if len(whole) <= LONGEST and self._is_new(text):
                return Post(
                    at, person.method, person.handle, person.name, person.followers, whole, answers
                )
        return None

    def repeat(self, inject: Inject, text: str, at: int) -> Post:
        """The sender of an inject says something more, word for word.

        It names us where nothing else in it would let the desk find it.
        """
        person = self.people.known(inject.sender, inject.method)
        self._is_new(text)
        if inject.method in POSTS and not self._found(text, inject.method):
            text = f"{US[inject.method]} {text}"
        return Post(at, inject.method, inject.sender, person.name, person.followers, text)

    def _found(self, text: str, method: Method) -> bool:
        """Whether the desk will come across it."""
        words = {each.rstrip(".,!?:").lower() for each in text.split()}
        return US[method] in words or any(f"#{tag.lower()}" in words for tag in self._tags)

    def _words(self, topic: str, at: int, person: Person, of: str, given: Mapping[str, str]) -> str:
        filled = {"home": person.home, "paper": person.paper} | dict(given)
        filled["time"] = clock_words(self._starts, at, self._chance)
        filled["today"] = part_of_day(self._starts, at)
        if of or topic == "own":
            said = self._sentences.words(_list_of(of) if of else "own words", filled).strip()
            filled["said"] = said if said[-1] in STOPS else f"{said}."
            filled["mid"] = self._within(filled["said"])
        told = topic == "rumour" and _HEARSAY.search(filled["said"])
        return self._sentences.write("rumour_told" if told else self._by_night(topic, at), filled)

    def _stammers(self, words: str) -> bool:
        """Whether it names a place or a relative twice, as nobody would in a breath."""
        return bool(_TWICE.search(words)) or any(words.count(each) > 1 for each in self._places)

    def _within(self, sentence: str) -> str:
        """As it stands after a few words of another's: with a small letter, unless it is a name."""
        first = sentence.partition(" ")[0].partition("'")[0]
        return sentence if first in self._names else sentence[0].lower() + sentence[1:]

    def _by_night(self, topic: str, at: int) -> str:
        """At night some things are said that nobody says by day."""
        nightly = f"{topic}_night"
        if nightly not in self._sentences or not is_night(self._starts, at):
            return topic
        return nightly if self._chance.random() < NIGHTLY else topic

    def _voiced(self, topic: str, words: str, person: Person) -> str:
        if topic in FOREIGN:
            return words
        list_name = f"emoji_{topic}"
        emoji = self._sentences.words(list_name, {}) if list_name in self._sentences else ""
        return spoken(words, person.voice, emoji, self._chance)

    def _addressed(self, text: str, topic: str, method: Method, answers: bool) -> str:
        """With what the desk looks for: our account, or the hashtag."""
        us, chance = US[method], self._chance
        if us in text.split() or (answers and method is Method.BLUESKY):
            return text
        if answers:
            return f"{us} {text}"
        if not self._tags or chance.random() < TO_US.get(topic, TO_US_ELSE):
            return f"{us} {text}" if chance.random() < 0.8 else f"{text} {us}"
        tag = self._tags[0] if chance.random() < 0.85 else chance.choice(self._tags)
        tag = f"#{tag.lower() if chance.random() < 0.3 else tag}"
        return f"{text} {tag}" if chance.random() < 0.88 else f"{tag} {text}"

    def _is_new(self, text: str) -> bool:
        print_ = blake2b(words_of(text).encode(), digest_size=8).digest()
        if print_ in self._said:
            return False
        self._said.add(print_)
        return True


def _is_tag(term: str) -> bool:
    """Whether the desk can listen to it as a hashtag; one of digits alone is none."""
    return term.isalnum() and not term.isdigit()


def _list_of(part: str) -> str:
    return f"own words of {part}"
