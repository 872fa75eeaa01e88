"""Exercising: the story is played into simulated networks, and afterwards measured by the log."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, TypeVar

from crisisdesk.model.events import CallCame, ExerciseTold, StoryMoved
from crisisdesk.model.exercise import CALLS, POSTS, Inject, Method, Scenario
from crisisdesk.rules.exercise.public import Public
from crisisdesk.rules.exercise.reading import MEND, shown
from crisisdesk.rules.exercise.rumours import Curve
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.exercise.scoring import Deed, Score, done_at, score
from crisisdesk.rules.exercise.speaking import Post
from crisisdesk.rules.exercise.story import Line, Story
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.world import World
from crisisdesk.store.database import Database
from crisisdesk.store.deeds import Deeds
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.phrase_files import load_book
from crisisdesk.system.workers import Agenda

T = TypeVar("T")

PULSE_SECONDS = 15
"""How often the story looks at what the player has done. What has a time comes at that time."""

LISTENS = 2 * PULSE_SECONDS
"""How often the desk looks for what the public says; each look costs as much as twenty posts."""

CONTROL = "Exercise control"


class Exercising:
    """Plays one scenario. The agenda runs the injects; nothing here waits or sleeps.

    Any thread may call: the story is behind one lock.
    """

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        agenda: Agenda,
        clock: StoryClock,
        database: Database,
        bus: Bus,
        poll: Callable[[str], None],
        seed: int = 0,
        watch: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`poll` and `watch` get the name of a network where something was just said, `watch` only
        when that was said in our own name."""
        self.scenario = scenario
        self.world = world
        self.agenda = agenda
        self.clock = clock
        self._database = database
        self._bus = bus
        self._poll = poll
        self._watch = watch
        self._lock = threading.RLock()
        self._story = Story(scenario, seed)
        self._public = Public(scenario, load_book(scenario), seed)
        self._deeds = Deeds(database)
        self._talking: dict[str, bool] = {}
        self._chatting: dict[str, None] = {}
        self._listened: dict[str, int] = {}
        self._woken: float | None = None
        self.ended = False

    @property
    def played_at(self) -> Mapping[str, int]:
        """When each inject was played, in story seconds."""
        return self._story.played_at

    def plan(self) -> None:
        """STARTEX stands in the log; the agenda goes on from here by itself."""
        self._note(
            "exercise.started", {"scenario": self.scenario.id, "codeword": self.scenario.codeword}
        )
        self._wake(0.0)
        self.agenda.add(float(self.scenario.length), self.end)

    def end(self) -> None:
        """ENDEX: nothing is played any more."""
        with self._lock:
            if self.ended:
                return
            self.ended = True
            self.clock.pause()
            self._note("exercise.ended", {"scenario": self.scenario.id})
            self._tell("ENDEX. The exercise is over.", ended=True)

    def control(self, act: Callable[[Story], T]) -> T:
        """Let exercise control change the story; what is due by that is played at once."""
        with self._lock:
            result = act(self._story)
            self._pulse()
        return result

    def lines(self) -> tuple[Line, ...]:
        """The timeline as it stands."""
        with self._lock:
            return self._story.lines()

    def play(self, inject: Inject) -> None:
        """Have one happen now."""
        with self._lock:
            self._play(inject)
            self._listen()

    def _play(self, inject: Inject) -> None:
        self._note("exercise.inject", _told(inject))
        if inject.method is Method.FAULT:
            self._spoil(inject)
        elif inject.method in CALLS:
            self._bus.publish(CallCame(self._elapsed(), inject))
        else:
            self._say(inject)

    def _wake(self, due: float) -> None:
        if self._woken is None or due < self._woken:
            self._woken = due
            self.agenda.add(due, lambda: self._on_wake(due))

    def _on_wake(self, due: float) -> None:
        with self._lock:
            if due == self._woken:
                self._woken = None
                self._pulse()

    def _pulse(self) -> None:
        """One look: what was done, what is due by that, and when to look again."""
        if self.ended:
            return
        now = self._elapsed()
        try:
            self._move_on(now)
        finally:  # a look that failed, as on a full disk, must not be the last one
            following = self._story.next_due()
            soon = now + PULSE_SECONDS
            due = min(soon, following) if following is not None else soon
            self._wake(float(max(now + 1, due)))

    def _move_on(self, now: int) -> None:
        deeds = self._deeds.so_far()
        done = done_at(self.scenario, deeds, self.played_at)
        while due := self._story.take(now, done):
            with ExitStack() as however:  # one fares, the others come too
                for inject in reversed(due):
                    however.callback(self._play, inject)
        for post in self._public.step(now, deeds, self.played_at, done):
            self._hear(post, now)
        self._listen()
        self._bus.publish(StoryMoved(now))

    def _spoil(self, inject: Inject) -> None:
        network = inject.data["network"]
        if inject.data["kind"] == MEND:
            self.world.mend(network)
        else:
            self.world.add_fault(network, _fault(inject.data))
        self._tell(inject.text)

    def _say(self, inject: Inject) -> None:
        via = inject.method.value
        posted = inject.method in POSTS
        words = self._public.words(inject, self._elapsed()) if posted else inject.text
        text = words + shown(inject.media)
        self.world.say(via, inject.sender, text, inject.id, inject.data)
        ours = self.world.is_ours(via, inject.sender)
        self._talking[via] = self._talking.get(via, False) or ours

    def _hear(self, post: Post, now: int) -> None:
        """What the public says on a network has no log entry of its own; a call has one."""
        if post.method in POSTS:
            self.world.hear(post, self.clock.now() - timedelta(seconds=now - post.at))
            self._chatting[post.method.value] = None
        else:
            self._play(Inject(f"call-{post.at}", post.at, post.method, post.handle, post.text))

    def _listen(self) -> None:
        """Look at each network once: at once when an inject came, now and then for the public."""
        now = self._elapsed()
        for via in [
            each for each in self._chatting if now - self._listened.get(each, 0) >= LISTENS
        ]:
            self._talking.setdefault(via, False)
        talking, self._talking = self._talking, {}
        for via, ours in talking.items():
            self._chatting.pop(via, None)
            self._listened[via] = now
            self._poll(via)
            if ours:
                self._watch(via)

    def _elapsed(self) -> int:
        return int(self.clock.elapsed().total_seconds())

    def _tell(self, words: str, ended: bool = False) -> None:
        self._bus.publish(ExerciseTold(self._elapsed(), words, ended))

    def _note(self, action: str, detail: dict[str, Any]) -> None:
        self._database.write(lambda unit: unit.log.append(action, actor=CONTROL, detail=detail))

    @property
    def curves(self) -> tuple[Curve, ...]:
        """How each rumour that has begun has fared so far."""
        with self._lock:
            return self._public.curves

    @property
    def silence(self) -> float:
        """Story minutes since the public last heard from us, since the first inject before that."""
        with self._lock:
            return self._public.mood.silence

    @property
    def mood(self) -> tuple[float, float]:
        """How hot the public is, and how restless by our silence; each from 0 to 1."""
        with self._lock:
            return self._public.mood.heat, self._public.mood.restless

    def run(self) -> Run:
        """All that is measured of it, so far."""
        heard = {each.rumour: each.samples for each in self.curves}
        return Run(self.scenario, self.deeds(), dict(self.played_at), heard)

    def scores(self) -> tuple[Score, ...]:
        """Each goal, measured by the log."""
        return score(self.scenario, self.deeds(), self.played_at)

    def deeds(self) -> list[Deed]:
        """What the player has done so far, in order."""
        return self._deeds.so_far()


def _told(inject: Inject) -> dict[str, Any]:
    return {"id": inject.id, "via": inject.method.value, "expect": inject.expected_action}


def _fault(data: Mapping[str, str]) -> Fault:
    return Fault(
        kind=data["kind"],  # type: ignore[arg-type]
        match=data.get("match", ""),
        times=int(data.get("times", "1")),
        status=int(data.get("status", "503")),
    )
