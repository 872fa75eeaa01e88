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
NAMED_FIRST = {"councillor": 1.0, "journalist": 0.7, "partner": 0.8, "business": 0.4, "troll": 0.4}
NAMED_ELSE = 0.35
"""How often one of the scenario's own people speaks, where there are some of the kind."""

MOST_FOLLOWERS = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `home` is the street they live in, `paper` whom they write for if
    they are a journalist."""

    handle: str
    method: Method
    name: str
    followers: int
    kind: str
    home: str
    paper: str
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
        if named and self._chance.random() < self._share(kind, len(named)):
            return self._chance.choice(list(named))
        if kind == RESIDENT and self._recent and self._chance.random() < TALKS_AGAIN:
            return self._chance.choice(self._recent)
        return self._stranger(kind)

    def _share(self, kind: str, named: int) -> float:
        """A few named residents must not do all the talking in a crowd of hundreds."""
        if kind == RESIDENT:
            return NAMED_ELSE * min(1.0, named / (len(self._recent) + 1))
        return NAMED_FIRST.get(kind, NAMED_ELSE)

    def known(self, handle: str, method: Method) -> Person:
        """The one with this account, made up around it if the scenario does not name them."""
        person = self._by_handle.get(handle)
        if person is None:
            person = self._person(handle, method, "", self._followers(), RESIDENT)
            self._by_handle[handle] = person
        return person

    def _stranger(self, kind: str) -> Person:
        method = self._chance.choice((Method.MASTODON, Method.BLUESKY))
        first = self._sentences.words(self._list("first_name", kind), {})
        paper = self._sentences.words("paper", {}) if kind == "journalist" else ""
        handle, name = self._free_handle(first, kind, method), self._shown(first, kind, paper)
        person = self._person(handle, method, name, self._followers(), kind, paper)
        if kind == RESIDENT:
            self._recent.append(person)
            del self._recent[:-REMEMBERED]
        return person

    def _free_handle(self, first: str, kind: str, method: Method) -> str:
        """Plain names on Mastodon, one label of a domain on Bluesky."""
        given: Mapping[str, str] = {"said": first.lower()}
        wanted = self._sentences.words(self._list("handle", kind), given)
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

    def _list(self, name: str, kind: str) -> str:
        """The list for this kind of people, or that for everybody."""
        own = f"{name}_{kind}"
        return own if own in self._sentences else name

    def _shown(self, first: str, kind: str, paper: str) -> str:
        given = {"said": first, "paper": paper}
        return self._sentences.words(self._list("name", kind), given)

    def _person(
        self, handle: str, method: Method, name: str, followers: int, kind: str, paper: str = ""
    ) -> Person:
        home = self._sentences.words("street", {}) if "street" in self._sentences else ""
        voice = voice_of(kind, self._chance)
        return Person(handle, method, name, followers, kind, home, paper or name, voice)

    def _followers(self) -> int:
        """Most have some dozens, a few have thousands: a log-normal spread is our assumption."""
        return min(MOST_FOLLOWERS, int(self._chance.lognormvariate(4.6, 1.3)))
