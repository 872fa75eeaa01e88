"""The autopilot: an officer who does what the scenario says a good or a poor one does.

It uses the same services as a person at the console, at the same moments of the story.
"""

import logging
from functools import partial

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.model.exercise import Act
from crisisdesk.model.mention import Verdict
from crisisdesk.model.template import Step
from crisisdesk.store.mentions import ALL

log = logging.getLogger(__name__)

LOOK_THROUGH = 2000


class Autopilot:
    """Puts an officer's acts on an exercise's agenda."""

    def __init__(self, desk: ExerciseDesk, officer: str) -> None:
        acts = desk.exercising.scenario.acts
        if officer not in acts:
            raise BadInput(
                f"The scenario has no {officer!r} officer.", f"Choose one of: {', '.join(acts)}."
            )
        self._desk = desk
        self._acts = acts[officer]
        self._incident_id = ""
        self._last: dict[str, str] = {}
        self.failures: list[str] = []

    def plan(self) -> int:
        """Put every act on the agenda; returns how many."""
        for act in self._acts:
            self._desk.agenda.add(float(act.at), partial(self._perform, act))
        return len(self._acts)

    def _perform(self, act: Act) -> None:
        try:
            getattr(self, f"_{act.do}")(act)
        except CrisisDeskError as error:
            self.failures.append(f"{act.do} at {act.at // 60} min: {error}")
            log.warning("the autopilot could not %s: %s", act.do, error)

    def _open_incident(self, act: Act) -> None:
        self._incident_id = self._desk.composing.open_incident(act.words, self._desk.player).id

    def _broadcast(self, act: Act) -> None:
        composing, player = self._desk.composing, self._desk.player
        step = Step(act.step)
        references = "" if step is Step.ALERT else self._last.get(act.template, "")
        everyone = tuple(account.id for account in composing.accounts())
        accounts = composing.followers(references) if references else everyone
        draft = Draft(self._incident_id, act.template, step, act.values, accounts, references)
        alert = composing.compose(draft, player)
        if not self._desk.approving.covered(alert):
            self._desk.approve(self._desk.approving.ask(alert.id, player).id)
        self._last[act.template] = alert.id
        for sent in self._desk.dispatch.broadcast(alert.id, player):
            sent.result()

    def _handle(self, act: Act) -> None:
        for mention in self._desk.reviewing.page(ALL, limit=LOOK_THROUGH):
            if act.match.lower() in mention.text.lower() and not mention.handled_by:
                self._desk.triaging.judge(
                    [mention.id], Verdict.HANDLED, self._desk.player, act.words
                )
                return
        raise BadInput(f"No open mention says {act.match!r}.", "Correct the words in the scenario.")

    def _settle(self, act: Act) -> None:
        """Every delivery in doubt, on the channel called `match` if that is named, was seen."""
        for _alert, deliveries in self._desk.dispatch.recent():
            for each in deliveries:
                if each.state is DeliveryState.UNKNOWN and act.match in self._name(each.account_id):
                    self._desk.settling.settle(each.id, self._desk.player, True, act.words)

    def _name(self, account_id: str) -> str:
        accounts = self._desk.composing.accounts()
        return next((each.name for each in accounts if each.id == account_id), "")

    def _note(self, act: Act) -> None:
        self._desk.composing.note(act.words, self._desk.player)

    def _hand_over(self, act: Act) -> None:
        self._desk.composing.note(act.words, self._desk.player, "handover.noted")
