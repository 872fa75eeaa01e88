"""What an officer does who has no script: look at the lanes and the clock, and do what is due.

It works with any scenario, one read from a list of events included, and with any public.
"""

from collections.abc import Callable
from random import Random

from crisisdesk.desk.attention import NEED, QUESTION, Attention
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.desk.officer import HAND_OVER, Officer
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import CallCame, DeliveryChanged
from crisisdesk.model.exercise import Act, Goal, Inject, Rumour
from crisisdesk.model.plan import PlanKind
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.manner import MINUTE, Manner, drawn
from crisisdesk.rules.exercise.run import PEAK_DOUBLINGS
from crisisdesk.rules.exercise.wording import NEXT_WORDS, brief

HOLDING, CORRECTION = "holding-statement", "rumour-correction"
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
        self._attention = Attention(desk, officer, manner, chance)
        self._doubts: dict[str, float] = {}
        self._heard_of_doubts = False
        self._corrected: set[str] = set()
        self._calls: list[Inject] = []
        self._noted_at = 0.0
        self._first_at = drawn(manner.first_words, chance)
        self._handed_over = any(act.do == "hand_over" for _, act in planned)
        if manner.careful:
            desk.bus.subscribe(CallCame, self._answer_call)
            desk.bus.subscribe(DeliveryChanged, self._hear_of)

    def due(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What is gone through at each look, by name; a careful officer has more of it."""
        lanes, careful = self._attention, self._manner.careful
        duties: tuple[tuple[str, Callable[[], None]], ...] = (
            ("open an incident", self._open),
            ("hear calls for help", lanes.hear_needs),
            ("say first words", self._say_first_words),
            ("answer questions", lanes.answer_questions),
        )
        more: tuple[tuple[str, Callable[[], None]], ...] = (
            ("take calls", self._take_calls),
            ("correct rumours", self._correct),
            ("wait with claims", self._wait_with_claims),
            ("keep promises", self._keep_promises),
            ("settle what is unknown", self._settle),
            ("write down decisions", self._write_down),
            ("hand over", self._hand_over),
        )
        return duties + more if careful else duties

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

    @property
    def _began(self) -> float:
        return self._desk.clock.now().timestamp() - self._now

    def _open(self) -> None:
        if not any(act.do == "open_incident" for _, act in self._planned):
            self._officer.open_incident(self._scenario.incident_name)

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
        claims = [] if self._scenario.rumours else self._attention.claims()
        if claims:
            quoted = brief(claims[0].text, 120)
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

    def _answer_call(self, call: CallCame) -> None:
        """The telephone rings: it is taken at the next look."""
        self._calls.append(call.inject)

    def _take_calls(self) -> None:
        """What was said on the telephone is written down."""
        while self._calls:
            call = self._calls.pop(0)
            words = f"{call.sender} called. Passed on, because it may change what we say."
            self._officer.answer(call, words)

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
