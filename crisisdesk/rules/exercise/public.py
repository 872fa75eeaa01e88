"""The simulated public: what it says next, by the story, by what the officer did, and by a seed.

The same seed, story and deeds give the same posts, however fast the story runs and however often
it is looked at: everything happens on beats of 15 story seconds, each with a chance of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import exp
from random import Random

from crisisdesk.model.exercise import POSTS, Inject, Need, Question, Rumour, Scenario
from crisisdesk.rules.exercise.echoes import Echoes
from crisisdesk.rules.exercise.hearing import Hearing
from crisisdesk.rules.exercise.mood import Mood
from crisisdesk.rules.exercise.needs import Call, Calling, Voiced
from crisisdesk.rules.exercise.phrases import Book
from crisisdesk.rules.exercise.questions import per_hour
from crisisdesk.rules.exercise.rumours import Curve, Spread
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.exercise.speaking import Post, Speaking

BEAT = 15
"""Story seconds between two looks at the world."""

RUMOURS_TAKE = 0.25
"""The most of the crowd's posts that one rumour can make: our assumption."""

SMALL_CROWD = 120
"""Posts an hour among which rumours stand where a scenario gives no crowd."""

PASS_ON = 0.5
"""For each post that still repeats an answered rumour, so many say that it is wrong."""

TROLLS_REPEAT = 0.08

OTHERWISE = 3
"""Who has nothing new to say about one topic takes another, up to so many."""

KINDS = {
    "press": "journalist", "ward": "councillor", "shop": "business", "partner": "partner",
    "volunteers": "volunteer", "hostile": "troll", "spam": "spammer",
    "welsh": "welsh", "polish": "polish",
}  # fmt: skip
"""Who talks about what; everything else is said by residents."""


class Public:
    """Goes on with the story. Not thread-safe."""

    def __init__(self, scenario: Scenario, book: Book, seed: int) -> None:
        """Raises BadInput when a phrase has a gap that nothing fills."""
        self.scenario = scenario
        self._seed = seed
        self._chance = Random(f"public {seed}")
        self._speaking = Speaking(scenario, book, seed)
        self._echoes = Echoes(scenario, book, seed)
        self._hearing = Hearing(scenario.goals)
        self._mood = Mood(scenario)
        self._spreads: dict[str, Spread] = {}
        self._callings: dict[str, Calling] = {}
        self._injects = {each.id: each for each in scenario.injects}
        self._now = 0

    def step(
        self, now: int, deeds: Sequence[Deed], played_at: Mapping[str, int], done: Mapping[str, int]
    ) -> list[Post]:
        """What is said until `now`, in order; what was said before is not said again.

        `deeds` are all so far, in order; `played_at` and `done` are in story seconds.
        """
        posts: list[Post] = []
        while self._now + BEAT <= now:
            self._now += BEAT
            posts += self._beat(deeds, played_at, done)
        return posts

    def words(self, inject: Inject, now: int) -> str:
        """What the sender of an inject writes: of a crowd that says the same, each their own."""
        return self._echoes.words(inject, now)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """How each rumour that has begun has fared."""
        return tuple(each.curve for each in self._spreads.values())

    @property
    def asked_again(self) -> dict[str, int]:
        """How many rounds each need has called unheard."""
        return {name: each.rounds for name, each in self._callings.items()}

    @property
    def mood(self) -> Mood:
        """How the crowd feels."""
        return self._mood

    def _beat(
        self, deeds: Sequence[Deed], played_at: Mapping[str, int], done: Mapping[str, int]
    ) -> list[Post]:
        now = self._now
        out = self._hearing.take(deeds, now)
        rumoured = max((each.share for each in self._spreads.values()), default=0.0)
        begun = {inject: at for inject, at in played_at.items() if at <= now}
        self._mood.step(now, begun, out, rumoured)
        scenario, posts = self.scenario, list[Post | None]()
        for need in scenario.needs:
            if need.inject in begun:
                posts += self._call(need, begun[need.inject], done)
        for rumour in scenario.rumours:
            if rumour.starts in begun:
                posts += self._repeat(rumour, done)
        for question in scenario.questions:
            if question.starts in begun:
                posts += self._ask(question, begun[question.starts], done)
        posts += self._chat()
        return sorted((each for each in posts if each), key=lambda post: post.at)

    def _call(self, need: Need, played_at: int, done: Mapping[str, int]) -> Iterator[Post | None]:
        if need.id not in self._callings:
            chance = Random(f"need {need.id} {self._seed}")
            self._callings[need.id] = Calling(need, chance)
        at = done.get(need.answered_by)
        answered = at if at is not None and at <= self._now else None
        for call in self._callings[need.id].step(self._now, played_at, answered):
            yield self._voiced(self._injects[need.inject], call)

    def _voiced(self, inject: Inject, call: Call) -> Post | None:
        speaking, at = self._speaking, self._at()
        if call.voiced is Voiced.CALLER:
            return speaking.repeat(inject, call.text, at)
        if inject.method not in POSTS:
            return None  # nobody overhears a telephone call
        if call.voiced is Voiced.THANKS:
            by = speaking.people.known(inject.sender, inject.method)
            return speaking.say("need_thanks", at, by=by)
        given = {"caller": f"@{inject.sender}"}
        if call.voiced is Voiced.JOURNALIST:
            return speaking.say("need_press", at, "journalist", given=given)
        return speaking.say("bystander", at, given=given)

    def _repeat(self, rumour: Rumour, done: Mapping[str, int]) -> Iterator[Post | None]:
        spread = self._spreads.get(rumour.id)
        if spread is None:
            spread = self._spreads[rumour.id] = Spread(rumour, self.scenario.personas)
        answer = self._hearing.answer(rumour.answered_by, done, self._now)
        for loud in spread.step(self._now, BEAT, answer):
            by = self._speaking.people.known(loud.handle, loud.method)
            yield self._speaking.say("rumour", self._at(), of=rumour.id, by=by)
        most = RUMOURS_TAKE * max(self.scenario.crowd.height_per_hour, SMALL_CROWD)
        per_hour = spread.per_hour(BEAT, most)
        for _ in range(self._number(per_hour)):
            kind = "troll" if self._chance.random() < TROLLS_REPEAT else "resident"
            yield self._speaking.say("rumour", self._at(), kind, of=rumour.id)
        if spread.answered_at is not None:
            for _ in range(self._number(PASS_ON * per_hour)):
                yield self._speaking.say(
                    "debunk", self._at(), of=rumour.id, given={"claim": rumour.claim}
                )

    def _ask(
        self, question: Question, started: int, done: Mapping[str, int]
    ) -> Iterator[Post | None]:
        answer = self._hearing.answer(question.answered_by, done, self._now)
        hourly = per_hour(question, self._now, started, answer, self._hearing.broken_at)
        for _ in range(self._number(hourly)):
            yield self._speaking.say(
                "question", self._at(), of=question.id, answerable=bool(self._mood.headline)
            )

    def _chat(self) -> Iterator[Post | None]:
        """Everybody else."""
        for topic, hourly in self._mood.at_work(self.scenario.crowd).items():
            for _ in range(self._number(hourly)):
                yield self._about(topic)
        number = self._number(self._mood.per_hour(self.scenario.crowd))
        topics = self._mood.topics()
        chosen = self._chance.choices(list(topics), list(topics.values()), k=number * OTHERWISE)
        for first in range(0, number * OTHERWISE, OTHERWISE):
            posts = (self._about(topic) for topic in chosen[first : first + OTHERWISE])
            yield next((post for post in posts if post), None)

    def _about(self, topic: str) -> Post | None:
        return self._speaking.say(
            topic,
            self._at(),
            KINDS.get(topic, "resident"),
            given={"headline": self._mood.headline},
            answerable=bool(self._mood.headline),
        )

    def _at(self) -> int:
        """Some moment of this beat."""
        return self._now - self._chance.randrange(BEAT)

    def _number(self, per_hour: float) -> int:
        """How many of so many an hour fall into one beat (Poisson, by D. Knuth's method)."""
        limit, number, product = exp(-per_hour * BEAT / 3600), 0, self._chance.random()
        while product > limit:
            number += 1
            product *= self._chance.random()
        return number
