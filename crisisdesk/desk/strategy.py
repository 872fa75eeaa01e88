"""What an officer does who has no script: look at the lanes and the clock, and do what is due.

It works with any scenario, one read from a list of events included, and with any public.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.desk.officer import HAND_OVER, Officer
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import CallCame, DeliveryChanged
from crisisdesk.model.exercise import Act, Goal, Rumour
from crisisdesk.model.mention import Mention
from crisisdesk.model.plan import PlanKind
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.manner import MINUTE, Manner, drawn
from crisisdesk.rules.exercise.run import PEAK_DOUBLINGS
from crisisdesk.rules.exercise.wording import NEXT_WORDS, brief

HOLDING, CORRECTION = "holding-statement", "rumour-correction"
NEED, QUESTION, RUMOUR = "need", "question", "rumour"
AHEAD = 4 * MINUTE
"""How long before a promise is due, or a script speaks, it is thought of."""

QUIET = 40 * MINUTE
"""After so long without a word the public hears something, promised or not."""

NOTES_EVERY = 15 * MINUTE
LAST = 4 * MINUTE
"""How long before the end the hand-over is written."""

EARLY = 0.4
"""At which part of the way to its height a rumour is answered."""

FOR_EVER = float("inf")
LONGEST_CLAIM = 50
MOST = 5_000


class Strategy:
    """Looks, and acts through an officer's hands. `planned` is what a script will still do."""

    def __init__(
        self,
        desk: ExerciseDesk,
        officer: Officer,
        manner: Manner,
        planned: list[tuple[int, Act]],
        chance: Random,
    ) -> None:
        self._desk = desk
        self._officer = officer
        self._manner = manner
        self._planned = planned
        self._chance = chance
        self._scenario = desk.exercising.scenario
        self._seen = {NEED: 0, QUESTION: 0, RUMOUR: 0}
        self._waiting: list[tuple[float, Mention]] = []
        self._asked: list[Mention] = []
        self._doubts: dict[str, float] = {}
        self._heard_of_doubts = False
        self._corrected: set[str] = set()
        self._noted_at = 0.0
        self._first_at = drawn(manner.first_words, chance)
        self._handed_over = any(act.do == "hand_over" for _, act in planned)
        self.duties: tuple[Callable[[], None], ...] = (
            self._open,
            self._hear_needs,
            self._say_first_words,
            self._answer_questions,
        )
        if manner.careful:
            self.duties += (self._correct, self._wait_with_claims, self._keep_promises)
            self.duties += (self._settle, self._write_down, self._hand_over)
            desk.bus.subscribe(CallCame, self._answer_call)
            desk.bus.subscribe(DeliveryChanged, self._hear_of)

    @property
    def _now(self) -> float:
        return self._desk.clock.uptime()

    def _script_speaks(self, before: float, template: str = "", step: str = "") -> bool:
        """Whether the script says something in public until then, so that nothing else need."""
        return any(
            self._now <= at <= before
            and act.do == "broadcast"
            and template in ("", act.template)
            and step in ("", act.step)
            for at, act in self._planned
        )

    def _open(self) -> None:
        if not any(act.do == "open_incident" for _, act in self._planned):
            self._officer.open_incident(self._scenario.incident_name)

    def _new_in(self, lane: str) -> list[Mention]:
        found = self._desk.reviewing.newer(lane, self._seen[lane], MOST)
        self._seen[lane] = max([self._seen[lane], *(each.id for each in found)])
        return [each for each in reversed(found) if not each.handled_by]

    def _hear_needs(self) -> None:
        """Every call for help is passed on and noted, some minutes after it came."""
        for each in self._new_in(NEED):
            if self._chance.random() < self._manner.hears:
                came = each.received_at / 1000 - self._began
                self._waiting.append((came + drawn(self._manner.answer, self._chance), each))
        due = [each for at, each in self._waiting if at <= self._now]
        self._waiting = [(at, each) for at, each in self._waiting if at > self._now]
        words = f"Passed to the control room at {self._clock()}. Answered: ring 999, crews know."
        self._officer.handle(self._open_still(due), words if self._manner.careful else "Seen.")

    def _open_still(self, mentions: list[Mention]) -> list[Mention]:
        return self._desk.reviewing.mentions([each.id for each in mentions]) if mentions else []

    @property
    def _began(self) -> float:
        return self._desk.clock.now().timestamp() - self._now

    def _say_first_words(self) -> None:
        nobody_spoke = not self._desk.dispatch.last_broadcast_ms()
        if (
            nobody_spoke
            and self._now >= self._first_at
            and not self._script_speaks(self._now + AHEAD)
        ):
            self._officer.say(HOLDING, Step.ALERT, {})
            self._reason("said what is known at once, because people are asking already")

    def _correct(self) -> None:
        """Each rumour on its way to its height. A script knows better when the facts are there."""
        for rumour in self._scenario.rumours:
            began = self._desk.exercising.played_at.get(rumour.starts)
            if began is None or rumour.id in self._corrected:
                continue
            goal = self._answer_to(rumour)
            if self._is_done(goal) or self._script_speaks(FOR_EVER, goal.template, goal.match):
                continue
            if self._now >= began + EARLY * PEAK_DOUBLINGS * rumour.doubles:
                self._corrected.add(rumour.id)
                self._deny(rumour, goal)

    def _wait_with_claims(self) -> None:
        """A claim of which the scenario says nothing more: asked about, not repeated."""
        claims = [] if self._scenario.rumours else self._new_in(RUMOUR)
        if claims:
            quoted = brief(claims[0].text, 120)
            self._officer.handle(claims, "Asked the services on the spot; not repeated.")
            self._reason(f"not answered in public: “{quoted}”, because nobody has confirmed it yet")

    def _answer_to(self, rumour: Rumour) -> Goal:
        return next(each for each in self._scenario.goals if each.id == rumour.answered_by)

    def _is_done(self, goal: Goal) -> bool:
        scores = self._desk.exercising.scores()
        return any(each.goal == goal and each.took is not None for each in scores)

    def _deny(self, rumour: Rumour, goal: Goal) -> None:
        if goal.do != "broadcast" or goal.match not in ("", Step.ALERT):
            return
        values = {
            "fact": "Nobody on the spot has seen this",
            "claim_in_brief": brief(rumour.claim, LONGEST_CLAIM),
            "evidence": "officers there have looked",
            "area_name": next(iter(self._scenario.places), "Riverside"),
        }
        self._officer.say(goal.template or CORRECTION, Step.ALERT, values)
        self._reason(f"corrected {rumour.claim!r} before it spread further, because it may do harm")

    def _keep_promises(self) -> None:
        """What was promised comes before its time, and no silence grows too long."""
        promises = [
            plan.due_at.timestamp() - self._began
            for plan, _alert in self._desk.planning.open_plans()
            if plan.kind is PlanKind.PROMISE
        ]
        said_ms = self._desk.dispatch.last_broadcast_ms()
        if not said_ms:
            return
        due = min([*promises, said_ms / 1000 - self._began + QUIET])
        if due <= self._now + AHEAD and not self._script_speaks(due):
            self._say_more()

    def _say_more(self) -> None:
        """An update of what was said last, with the next promise."""
        standing = self._standing()
        if standing is None:
            return
        composing = self._desk.composing
        next_words = self._desk.clock.now() + NEXT_WORDS
        values = composing.follow_up_values(standing, Step.UPDATE)
        values |= {"what_changed": "", "next_update_at": f"{next_words.astimezone():%H:%M}"}
        self._officer.say(standing.template_id, Step.UPDATE, values, standing.id)

    def _standing(self) -> Alert | None:
        """The newest message that can be followed by an update."""
        now = self._desk.clock.now()
        for alert, _ in self._desk.dispatch.recent():
            ended = alert.step in (Step.CANCEL, Step.ALL_CLEAR) or alert.expires_at <= now
            if not ended and alert.template_id != CORRECTION:
                return alert
        return None

    def _hear_of(self, event: DeliveryChanged) -> None:
        self._heard_of_doubts |= event.state is DeliveryState.UNKNOWN

    def _settle(self) -> None:
        """What stayed unknown for some minutes is looked at with one's own eyes."""
        if not self._heard_of_doubts:
            return
        self._heard_of_doubts = False
        for alert, delivery in self._officer.doubts():
            due = self._doubts.setdefault(
                delivery.id, self._now + drawn(self._manner.answer, self._chance)
            )
            if due <= self._now:
                self._officer.settle(alert, delivery)
            else:
                self._heard_of_doubts = True

    def _answer_questions(self) -> None:
        """Questions that came before our last message are answered by it."""
        self._asked += self._new_in(QUESTION)
        said_ms = self._desk.dispatch.last_broadcast_ms()
        answered = [each for each in self._asked if each.received_at < said_ms]
        self._asked = [each for each in self._asked if each.received_at >= said_ms]
        if not self._manner.careful:
            answered = answered[: len(answered) // 10]
        said_at = self._desk.clock.now() - timedelta(milliseconds=self._now_ms - said_ms)
        words = f"Answered with our message of {said_at.astimezone():%H:%M}."
        for first in range(0, len(answered), 500):
            self._officer.handle(self._open_still(answered[first : first + 500]), words)

    @property
    def _now_ms(self) -> int:
        return int(self._desk.clock.now().timestamp() * 1000)

    def _answer_call(self, call: CallCame) -> None:
        """The telephone rings: it is taken a minute later, and what was said is written down."""
        act = (
            f"{call.inject.sender} called. Noted and passed on, because it may change what we say."
        )
        self._desk.agenda.add(self._now + MINUTE, lambda: self._officer.answer(call.inject, act))

    def _write_down(self) -> None:
        if self._now - self._noted_at >= NOTES_EVERY:
            need, asked = (self._desk.reviewing.counts()[lane][1] for lane in (NEED, QUESTION))
            self._reason(
                f"nothing to be changed for now: {need} calls for help and {asked} questions are "
                "open, because what is known has been said"
            )

    def _reason(self, words: str) -> None:
        """A decision and why it was taken, which only a careful officer writes down."""
        self._noted_at = self._now
        if self._manner.careful:
            self._officer.note(f"{self._clock()}: {words}.")

    def _clock(self) -> str:
        return f"{self._desk.clock.now().astimezone():%H:%M}"

    def _hand_over(self) -> None:
        if self._handed_over or self._now < self._scenario.length - LAST:
            return
        self._handed_over = True
        need, asked = (self._desk.reviewing.counts()[lane][1] for lane in (NEED, QUESTION))
        said = [alert.headline for alert, _ in self._desk.dispatch.recent(3)]
        self._officer.note(
            f"Information: {self._scenario.incident_name}. Intent: people know what to do. Method: "
            f"last messages: {'; '.join(said) or 'none'}. Administration: log kept. Risk: {need} "
            f"calls for help and {asked} questions open. Communications: keep the promised times. "
            "Humanitarian: passed to social care.",
            HAND_OVER,
        )
