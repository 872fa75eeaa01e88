"""A town with people who write and people who agree, and keys of their own."""

from dataclasses import replace
from functools import cache

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Request
from crisisdesk.model.draft import Draft
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.system.keys import new_person_key
from tests.town import Town

PHRASE = "four quiet herons"
FLOOD = {
    "river_name": "River Wend",
    "area_name": "Lower Town, Riverside",
    "since_time": "03:40",
    "action_now": "Leave now and go to the rest centre",
    "rest_centre": "Hill Road school",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/flood",
    "routes": "Hill Road",
    "what_to_bring": "medicines",
}


@cache
def key_of(name: str) -> tuple[str, str]:
    """Keys cost a tenth of a second each, on purpose: everybody keeps theirs from test to test."""
    assert name
    return new_person_key(PHRASE)


def hire(town: Town, name: str, role: Role) -> Operator:
    public_key, sealed = key_of(name)
    person = Operator(f"id-{name}", name, role, public_key)
    town.database.write(lambda unit: unit.operators.add(person, "", 1, sealed))
    return person


class Office:
    """A town with people: Sam writes and sends, Ann and Bob approve."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.admin = hire(town, "Ada", Role.ADMINISTRATOR)
        self.sam = hire(town, "Sam", Role.SENDER)
        self.ann = hire(town, "Ann", Role.APPROVER)
        self.bob = hire(town, "Bob", Role.APPROVER)

    def draft(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Draft:
        base = self.town.draft(*accounts, step=step, follows=follows)
        return replace(base, template_id="flood-severe", values=dict(FLOOD))

    def compose(self, author: Operator | None = None) -> Alert:
        return self.town.composing.compose(self.draft("masto"), author or self.sam)

    def ask(self, alert: Alert) -> Request:
        return self.town.approving.ask(alert.id, self.sam)

    def asked(self) -> tuple[Alert, Request]:
        alert = self.compose()
        return alert, self.ask(alert)

    def send(self, alert: Alert) -> None:
        self.town.dispatch.broadcast(alert.id, self.sam)
        self.town.settle()

    def follow(self, alert: Alert, step: Step, **changed: str) -> Alert:
        composing = self.town.composing
        values = composing.follow_up_values(alert, step) | changed
        accounts = composing.followers(alert.id)
        draft = replace(self.draft(*accounts, step=step, follows=alert.id), values=values)
        return composing.compose(draft, self.sam)
