"""An officer's hands: what a person does at the console of an exercise, by the same services."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Act, Inject
from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.wording import filled, vague
from crisisdesk.rules.promises import NEXT_UPDATE

LOOK_THROUGH = 2000
HAND_OVER = "handover.noted"
HASTY = timedelta(minutes=9)
ASIDES = range(100, -1, -4)


class Officer:
    """Does what it is told, and remembers what it said. `careful`: whose words are to the point."""

    def __init__(self, desk: ExerciseDesk, *, careful: bool) -> None:
        self._desk = desk
        self._careful = careful
        self._player = desk.player
        self._last: dict[str, str] = {}
        self.incident_id = ""

    def do(self, act: Act) -> None:
        """One act of a scenario. Raises CrisisDeskError when it cannot be done."""
        if act.do == "open_incident":
            self.open_incident(act.words)
        elif act.do == "broadcast":
            self.say(act.template, Step(act.step), act.values, self._last.get(act.template, ""))
        elif act.do == "handle":
            self._handle_one(act)
        elif act.do == "settle":
            self._settle_all(act)
        else:
            self.note(act.words, HAND_OVER if act.do == "hand_over" else "decision.noted")

    def open_incident(self, name: str) -> None:
        """Open the incident that everything else belongs to, once."""
        if not self.incident_id:
            self.incident_id = self._desk.composing.open_incident(name, self._player).id

    def say(
        self, template_id: str, step: Step, values: Mapping[str, str], follows: str = ""
    ) -> Alert:
        """Tell the public, with the second person's word where it is needed, and wait for it."""
        draft = self._draft(template_id, step, values, "" if step is Step.ALERT else follows)
        composing, player = self._desk.composing, self._player
        alert = composing.compose(draft, player)
        if not self._desk.approving.covered(alert):
            self._desk.approve(self._desk.approving.ask(alert.id, player).id)
        self._last[template_id] = alert.id
        for sent in self._desk.dispatch.broadcast(alert.id, player):
            sent.result()
        return alert

    def _draft(
        self, template_id: str, step: Step, values: Mapping[str, str], follows: str
    ) -> Draft:
        desk = self._desk
        template, now = desk.composing.templates.get(template_id), desk.clock.now()
        if template is None:
            words = f"There is no template {template_id!r}."
            raise BadInput(words, "Correct its name in the scenario.", "Nothing was said.")
        given = filled(template, step, values, desk.exercising.scenario, now)
        accounts = desk.composing.followers(follows) if follows else self._channels()
        draft = Draft(self.incident_id, template_id, step, given, accounts, follows)
        if self._careful:
            return draft
        return self._long_winded(draft)

    def _long_winded(self, draft: Draft) -> Draft:
        """The same in as many words as fit, with a promise that comes too soon to be kept."""
        composing, soon = self._desk.composing, self._desk.clock.now() + HASTY
        template, limits = composing.templates[draft.template_id], composing.limits()
        values = {**draft.values, NEXT_UPDATE: f"{soon.astimezone():%H:%M}"}
        for asides in ASIDES:
            loose = replace(draft, values=vague(template, draft.step, values, asides))
            if not composing.problems(loose, limits):
                return loose
        return draft

    def _channels(self) -> tuple[str, ...]:
        """Every channel; who is not careful forgets the one with the least room."""
        accounts = self._desk.composing.accounts()
        return tuple(each.id for each in accounts if self._careful or each.kind != "bluesky")

    def handle(self, mentions: Sequence[Mention], words: str) -> None:
        """Mark what was dealt with."""
        ids = [each.id for each in mentions if not each.handled_by]
        if ids:
            self._desk.triaging.judge(ids, Verdict.HANDLED, self._player, words)

    def _handle_one(self, act: Act) -> None:
        """What was dealt with already is not dealt with again."""
        reviewing, wanted = self._desk.reviewing, act.match.lower()
        pages = (reviewing.search, lambda _: reviewing.page(limit=LOOK_THROUGH))
        for look in pages:
            found = [each for each in look(act.match) if wanted in each.text.lower()]
            if found:
                self.handle([each for each in found if not each.handled_by][:1], act.words)
                return
        raise BadInput(f"No open mention says {act.match!r}.", "Correct the words in the scenario.")

    def doubts(self) -> list[tuple[Alert, Delivery]]:
        """The deliveries of which nobody knows whether they are out."""
        return [
            (alert, each)
            for alert, deliveries in self._desk.dispatch.recent()
            for each in deliveries
            if each.state is DeliveryState.UNKNOWN
        ]

    def settle(self, alert: Alert, delivery: Delivery) -> None:
        """Look with one's own eyes, and say what stands there."""
        seen = self._stands(alert, delivery)
        words = "looked at our own page" if seen else "looked, and found nothing"
        self._desk.settling.settle(delivery.id, self._player, seen, words)

    def _settle_all(self, act: Act) -> None:
        """Every delivery in doubt, on the channel called `match` if that is named, was seen."""
        names = {each.id: each.name for each in self._desk.composing.accounts()}
        for _alert, each in self.doubts():
            if act.match in names.get(each.account_id, ""):
                self._desk.settling.settle(each.id, self._player, True, act.words)

    def _stands(self, alert: Alert, delivery: Delivery) -> bool:
        """Whether the simulated network really holds it."""
        world, accounts = self._desk.exercising.world, self._desk.composing.accounts()
        kind = next((each.kind for each in accounts if each.id == delivery.account_id), "")
        if kind == "mastodon":
            return any(alert.marker in each.text for each in reversed(world.mastodon.statuses))
        if kind == "bluesky":
            return any(alert.marker in str(each.value) for each in reversed(world.bluesky.records))
        return any(alert.marker in _text_of(each.data) for each in world.mail.messages)

    def answer(self, call: Inject, note: str) -> None:
        """Take a call, and write down what was said."""
        self._desk.telephoning.answered(call, self._player)
        self._desk.telephoning.ended(call, self._player, note)

    def note(self, words: str, action: str = "decision.noted") -> None:
        """Write a decision, or the hand-over, into the log."""
        self._desk.composing.note(words, self._player, action)


def _text_of(mail: bytes) -> str:
    body = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if body else ""
