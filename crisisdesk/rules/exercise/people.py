"""The people of the simulated public: those whom the scenario names, and everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from crisisdesk.model.exercise import Method, Scenario
from crisisdesk.rules.exercise.sentences import Sentences
from crisisdesk.rules.exercise.voices import Voice, voice_of

TALKS_AGAIN = 0.4
"""How often somebody who has posted already posts again: our assumption."""

REMEMBERED = 400
"""Among so many who posted last such a one is looked for."""

RESIDENT = "resident"
NAMED_FIRST = 0.35
"""How often one of the scenario's own people speaks, where there are some of the kind."""

MOST_FOLLOWERS = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `home` is the street they live in."""

    handle: str
    method: Method
    name: str
    followers: int
    kind: str
    home: str
    voice: Voice


class People:
    """Finds a speaker for each post, and makes up new ones as they are needed."""

    def __init__(self, scenario: Scenario, sentences: Sentences, chance: Random) -> None:
        self._sentences = sentences
        self._chance = chance
        self._taken: set[str] = set()
        self._named: dict[str, list[Person]] = {}
        self._recent: list[Person] = []
        self._by_handle: dict[str, Person] = {}
        for each in scenario.personas:
            person = self._person(each.handle, each.method, each.name, each.followers, each.kind)
            self._named.setdefault(each.kind, []).append(person)
            self._by_handle[each.handle] = person

    def speaker(self, kind: str) -> Person:
        """Who says the next thing of this kind."""
        named = self._named.get(kind, ())
        if named and (kind != RESIDENT or self._chance.random() < self._share(len(named))):
            return self._chance.choice(list(named))
        if kind == RESIDENT and self._recent and self._chance.random() < TALKS_AGAIN:
            return self._chance.choice(self._recent)
        return self._stranger(kind)

    def _share(self, named: int) -> float:
        """A few named people must not do all the talking in a crowd of hundreds."""
        return NAMED_FIRST * min(1.0, named / (len(self._recent) + 1))

    def known(self, handle: str, method: Method) -> Person:
        """The one with this account, made up around it if the scenario does not name them."""
        person = self._by_handle.get(handle)
        if person is None:
            person = self._person(handle, method, "", self._followers(), RESIDENT)
            self._by_handle[handle] = person
        return person

    def _stranger(self, kind: str) -> Person:
        method = self._chance.choice((Method.MASTODON, Method.BLUESKY))
        first = self._sentences.write("first_name", {})
        handle, name = self._free_handle(first, kind, method), self._shown(first, kind)
        person = self._person(handle, method, name, self._followers(), kind)
        self._recent.append(person)
        if len(self._recent) > REMEMBERED:
            del self._recent[0]
        return person

    def _free_handle(self, first: str, kind: str, method: Method) -> str:
        """Plain names on Mastodon, one label of a domain on Bluesky."""
        given: Mapping[str, str] = {"said": first.lower()}
        wanted = self._sentences.write(f"handle_{kind}" if self._own(kind) else "handle", given)
        base = "".join(
            each for each in wanted.lower() if (each.isascii() and each.isalnum()) or each == "_"
        )
        if method is Method.BLUESKY:
            base = base.replace("_", "-").strip("-")
        name = base
        while name in self._taken:
            name = f"{base}{self._chance.randrange(2, 999)}"
        self._taken.add(name)
        return f"{name}.test" if method is Method.BLUESKY else name

    def _own(self, kind: str) -> bool:
        return f"handle_{kind}" in self._sentences

    def _shown(self, first: str, kind: str) -> str:
        return self._sentences.write(f"name_{kind}" if self._own(kind) else "name", {"said": first})

    def _person(self, handle: str, method: Method, name: str, followers: int, kind: str) -> Person:
        home = self._sentences.write("street", {}) if "street" in self._sentences else ""
        voice = voice_of(kind, self._chance)
        return Person(handle, method, name, followers, kind, home, voice)

    def _followers(self) -> int:
        """Most have some dozens, a few have thousands: a log-normal spread is our assumption."""
        return min(MOST_FOLLOWERS, int(self._chance.lognormvariate(4.6, 1.3)))
