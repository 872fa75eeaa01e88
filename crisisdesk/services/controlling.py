"""Controlling: what the directing staff of an exercise do while it is played, each deed logged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from crisisdesk.model.directing import Break, Observation, Rating
from crisisdesk.model.errors import BadInput
from crisisdesk.model.events import NoDuff
from crisisdesk.model.exercise import POSTS, Inject, Method, Scenario
from crisisdesk.rules.exercise.entry import unplayable
from crisisdesk.rules.exercise.reading import is_too_long
from crisisdesk.rules.exercise.rumours import Curve
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.exercise.standing import PublicNow, Situation, goals_now
from crisisdesk.rules.exercise.story import Line, Story
from crisisdesk.simnet.breaking import fault_of, told
from crisisdesk.simnet.world import World
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus

T = TypeVar("T")

CONTROL = "Exercise control"
OWN = "control-"
"""How the ids of injects begin that exercise control made up while the story ran."""


class Played(Protocol):
    """The story that is being played."""

    scenario: Scenario
    world: World
    ended: bool

    @property
    def played_at(self) -> Mapping[str, int]:
        """When each inject was played, in story seconds."""
        ...

    @property
    def curves(self) -> tuple[Curve, ...]:
        """How each rumour has fared."""
        ...

    @property
    def silence(self) -> float:
        """Story minutes since the public last heard from us."""
        ...

    @property
    def mood(self) -> tuple[float, float]:
        """How hot and how restless the public is, each from 0 to 1."""
        ...

    def control(self, act: Callable[[Story], T]) -> T:
        """Change the story, then play what is due by that."""
        ...

    def play(self, inject: Inject) -> None:
        """Have one happen now."""
        ...

    def lines(self) -> tuple[Line, ...]:
        """The timeline."""
        ...

    def deeds(self) -> list[Deed]:
        """What the player has done."""
        ...

    def end(self) -> None:
        """ENDEX."""
        ...


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What exercise control does to time, and to everything at once when a real event comes."""

    elapsed: Callable[[], float]
    pause: Callable[[], None]
    resume: Callable[[], None]
    set_speed: Callable[[float], None]
    hold_everything: Callable[[], None]


class Controlling:
    """The directing staff's hands. Any thread may call; a change of the story waits for its turn.

    `directed` tells whether there is a directing staff at all, `no_duff_at` when a real event
    stopped everything, in story seconds.
    """

    def __init__(self, played: Played, clockwork: Clockwork, database: Database, bus: Bus) -> None:
        self._played = played
        self._clockwork = clockwork
        self._database = database
        self._bus = bus
        self._made = 0
        self._observations: list[Observation] = []
        self.directed = False
        self.no_duff_at: int | None = None

    def situation(self) -> Situation:
        """Everything there is to see. Waits for the disk."""
        played, now = self._played, self._now()
        faults = played.world.waiting_faults()
        return Situation(
            now,
            played.lines(),
            goals_now(played.scenario, played.deeds(), played.played_at, now),
            {name: ", then ".join(map(told, found)) for name, found in faults.items() if found},
            tuple(self._observations),
            PublicNow(*played.mood, played.silence, played.curves),
        )

    def begin(self, *, directed: bool) -> None:
        """The player has read the briefing, and the story is about to run."""
        self.directed = directed
        self._note("exercise.begun", words="with directing staff" if directed else "alone")

    def is_own(self, inject: Inject) -> bool:
        """Whether exercise control made it up while the story ran."""
        return inject.id.startswith(OWN)

    # The timeline

    def fire(self, inject_id: str) -> None:
        """Play an inject now, whatever it waits for. Raises BadInput when it cannot be played."""
        self._refuse_when_over()

        def act(story: Story) -> None:
            inject = story.fire(inject_id, self._now())
            self._note("exercise.fired", id=inject_id)
            self._played.play(inject)

        self._played.control(act)

    def skip(self, inject_id: str) -> None:
        """Leave an inject out. Raises BadInput when it was played already."""
        self._change("exercise.skipped", lambda story: story.skip(inject_id), id=inject_id)

    def edit(self, line: Line, text: str, at: int | None) -> None:
        """Give an inject other words, or another time `at`: then it waits for nothing else.

        Raises BadInput when it was played already or the words are missing.
        """
        changed = replace(line.inject, text=_playable(line.inject, text))
        if at is not None and at != line.due:
            changed = replace(changed, at=self._within(at), after="", on="")
        detail = {"id": changed.id, "text": changed.text} | ({} if at is None else {"at": at})
        self._change("exercise.edited", lambda story: story.edit(changed), **detail)

    def insert(self, method: Method, sender: str, text: str, at: int | None = None) -> Inject:
        """Add an inject, to be played at once unless `at` says when. Raises BadInput."""
        self._refuse_when_over()
        inject = Inject(
            id=f"{OWN}{self._made + 1}",
            at=self._now() if at is None else self._within(at),
            method=method,
            sender=_sender(method, sender),
            text=text,
        )
        inject = replace(inject, text=_playable(inject, text))
        self._made += 1
        detail = {"id": inject.id, "via": method.value, "from": inject.sender, "text": inject.text}
        self._change("exercise.inserted", lambda story: story.insert(inject), **detail)
        return inject

    # The networks

    def break_network(self, network: str, how: Break) -> None:
        """Have a simulated network fail from now on, until it is mended."""
        self._refuse_when_over()
        self._note("exercise.broken", network=network, words=f"{network} {how.value}")
        self._played.world.mend(network)
        self._played.world.add_fault(network, fault_of(network, how))

    def mend(self, network: str) -> None:
        """It works again, and no fault is planned on it any more."""
        self._note("exercise.mended", network=network, words=f"{network} works again")
        self._played.world.mend(network)

    # Watching

    def observe(self, words: str, about: str = "", rating: Rating = Rating.NONE) -> None:
        """Keep what an observer saw. Raises BadInput when there is neither a word nor a rating."""
        if not words.strip() and rating is Rating.NONE:
            raise BadInput("The note is empty.", "Write what you saw, or choose how it went.")
        seen = Observation(self._now(), words.strip(), about, rating)
        self._note(
            "exercise.observed", words=seen.words or rating.value, about=about, rating=rating.value
        )
        self._observations.append(seen)

    # Time

    def pause(self) -> None:
        """PAUSEX: the story stands still."""
        self._clockwork.pause()
        self._note("exercise.paused")

    def resume(self) -> None:
        """Go on after a pause. Raises BadInput after ENDEX or NO DUFF."""
        self._refuse_when_over()
        self._note("exercise.resumed")
        self._clockwork.resume()

    def set_speed(self, speed: float) -> None:
        """So many story seconds for each real one."""
        self._note("exercise.speed", words=f"×{speed:g}")
        self._clockwork.set_speed(speed)

    def end(self) -> None:
        """ENDEX. It can follow NO DUFF, so that there is a report of what was played."""
        self._played.end()

    def no_duff(self, by: str) -> None:
        """A real event: the story stands still for good and nothing more is sent in it.

        The screen is told before anything is written: a full disk must not hold it up.
        """
        if self.no_duff_at is not None:
            return
        self._clockwork.pause()
        self.no_duff_at = self._now()
        self._bus.publish(NoDuff(self.no_duff_at, by))
        self._note("exercise.no_duff", by=by, weighty=True)
        self._clockwork.hold_everything()

    def name_real_event(self, words: str, by: str) -> None:
        """Keep what the real event is. Raises BadInput when there are no words."""
        said = _needed(words, "Nothing is written about the real event.")
        self._note("exercise.real_event", words=said, by=by)

    def _change(self, action: str, act: Callable[[Story], object], **detail: Any) -> None:
        self._refuse_when_over()

        def change(story: Story) -> None:
            act(story)
            self._note(action, **detail)

        self._played.control(change)

    def _refuse_when_over(self) -> None:
        if self.no_duff_at is not None:
            raise BadInput(
                "A real event has stopped this exercise.",
                "Deal with the real event; start another exercise afterwards.",
            )
        if self._played.ended:
            raise BadInput("The exercise is over.", "Read its report, or start another one.")

    def _within(self, at: int) -> int:
        if not 0 <= at <= self._played.scenario.length:
            last = self._played.scenario.length // 60
            raise BadInput(
                "That time is outside the exercise.", f"Choose between 0 and {last} minutes."
            )
        return at

    def _now(self) -> int:
        return int(self._clockwork.elapsed())

    def _note(self, action: str, *, weighty: bool = False, **detail: Any) -> None:
        self._database.write(
            lambda unit: unit.log.append(action, actor=CONTROL, detail=detail, weighty=weighty)
        )


def _needed(text: str, problem: str) -> str:
    if not text.strip():
        raise BadInput(problem, "Write what is said.")
    return text.strip()


def _playable(inject: Inject, text: str) -> str:
    """The words, where they can come as this inject does. What would fail once it is due is refused
    now. Raises BadInput."""
    words = _needed(text, "The inject has no words.")
    if wrong := unplayable(words):
        raise BadInput(f"The text {wrong}.", "Change it.")
    if is_too_long(inject.method, words, inject.media):
        raise BadInput(
            f"The text is too long for {inject.method}.", "Shorten it, or choose another way."
        )
    return words


def _sender(method: Method, sender: str) -> str:
    """A name as this network knows it."""
    name = " ".join(sender.split())
    if wrong := unplayable(name):
        raise BadInput(f"The name {wrong}.", "Change it.")
    if method in POSTS:
        name = name.lstrip("@")
    name = _needed(name, "Nobody says it.")
    if method is Method.MASTODON:
        return name.replace(" ", "_")
    if method is Method.BLUESKY:
        return f"{name.replace(' ', '-').lower().removesuffix('.test')}.test"
    return name
