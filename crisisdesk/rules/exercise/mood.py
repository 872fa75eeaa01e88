"""The mood of the crowd: how much it posts, and about what.

It heats up with the story and with our silence, and cools down after clear messages.
"""

from collections.abc import Mapping
from math import exp

from crisisdesk.model.exercise import POSTS, Crowd, Method, Scenario
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.hearing import Message

COOLS = 40 * 60
"""Half-life in seconds of what an inject stirs up: our assumption."""

STIRS = {Method.FEED: 0.3, Method.TELEPHONE: 0.05, Method.EMAIL: 0.05, Method.IN_PERSON: 0.05}
A_POST_STIRS = 0.12
CALMS = {"all_clear": 0.4, "cancel": 0.8}
"""By what a message of this step multiplies what was stirred up: our assumption."""

A_MESSAGE_CALMS = 0.75
AT_WORK = {"press": 14, "ward": 5, "shop": 10, "partner": 6, "volunteers": 6}
CROWDED = 600
"""So many posts an hour at the height, and everybody whose job it is writes: our assumption."""

PATIENCE = 10
"""Minutes of silence that people accept. Holding statements are asked for within 10 to 15."""

RELIEF = 10 * 60
"""Half-life in seconds of the relief after a message: our assumption."""


class Mood:
    """Goes on with the story. `silence` is in minutes since our last message, or since the start
    of the story while there is none."""

    def __init__(self, scenario: Scenario) -> None:
        self._stirs = {each.id: _stirring(each.method) for each in expand(scenario)}
        self._seen: set[str] = set()
        self._stirred = 0.0
        self._last: Message | None = None
        self._began: int | None = None
        self.now = 0
        self.rumoured = 0.0

    def step(
        self, now: int, played_at: Mapping[str, int], out: list[Message], rumoured: float
    ) -> None:
        """`out` are the messages new since the last step, `rumoured` the share of the public that
        holds the strongest rumour for true."""
        self._stirred *= 2 ** (-(now - self.now) / COOLS)
        self.now, self.rumoured = now, rumoured
        for inject, at in played_at.items():
            if at <= now and inject not in self._seen:
                self._seen.add(inject)
                self._stirred += self._stirs.get(inject, A_POST_STIRS)
                self._began = at if self._began is None else self._began
        for message in out:
            self._stirred *= CALMS.get(message.step, A_MESSAGE_CALMS)
            self._last = message

    @property
    def silence(self) -> float:
        """Minutes since our last message."""
        since = self._last.out_at if self._last else self._began
        return 0.0 if since is None else (self.now - since) / 60

    @property
    def restless(self) -> float:
        """0 while our silence is accepted, 1 when it has been too long by half an hour."""
        return min(1.0, max(0.0, self.silence - PATIENCE) / 30)

    @property
    def heat(self) -> float:
        """0 calm, 1 the height."""
        if not self._seen:
            return 0.0
        return 1 - exp(-(self._stirred + 0.4 * self.restless + 0.4 * self.rumoured))

    @property
    def relief(self) -> float:
        """1 just after a message, then less."""
        if self._last is None or self._last.out_at is None:
            return 0.0
        return float(2 ** (-(self.now - self._last.out_at) / RELIEF))

    @property
    def headline(self) -> str:
        """What our last message was called."""
        return self._last.headline if self._last else ""

    def per_hour(self, crowd: Crowd) -> float:
        """How many posts an hour."""
        return crowd.calm_per_hour + (crowd.height_per_hour - crowd.calm_per_hour) * self.heat

    def topics(self) -> dict[str, float]:
        """What is talked about, by weight: each a name in the book of phrases."""
        heat, relief, restless = self.heat, self.relief, self.restless
        over = 0.0 if self._last is None else float(self._last.step == "all_clear")
        shares = relief if self.headline else 0.0
        return {
            "own": 2.2 * heat,
            "seen": 1.6 * heat * (1 - over / 2),
            "worry": 1.3 * heat * (1 + restless) * (1 - relief / 2),
            "asks": 0.9 * heat * (0.4 + restless) * (1 - relief / 2),
            "anger": 1.6 * restless,
            "thanks": 1.1 * relief,
            "relief": 1.2 * relief * over,
            "shares": 1.2 * shares,
            "offers": 0.4 * heat,
            "sympathy": 0.35 * heat,
            "joke": 0.3,
            "smalltalk": 1.2 * (1 - heat),
            "spam": 0.05,
            "hostile": 0.05 + 0.15 * restless,
            "welsh": 0.07,
            "polish": 0.07,
        }

    def at_work(self, crowd: Crowd) -> dict[str, float]:
        """Posts an hour of those who write because it is their job; there are only so many."""
        busy = min(1.0, crowd.height_per_hour / CROWDED) * self.heat
        return {topic: hourly * busy for topic, hourly in AT_WORK.items()}


def _stirring(method: Method) -> float:
    return A_POST_STIRS if method in POSTS else STIRS.get(method, 0.0)
