"""Whatever officers do in whatever order, while whatever breaks: what the desk shows is true.

Hypothesis makes up the stories. `python -m pytest tests/services/test_machine.py
--hypothesis-profile=soak` tells many long ones.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Request
from crisisdesk.model.delivery import Delivery, DeliveryState, Verdict
from crisisdesk.model.draft import Unfinished
from crisisdesk.model.errors import Refused
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Step
from crisisdesk.simnet.faults import Fault
from tests.services.small_town import (
    MAIL_WAYS,
    MOMENTS,
    PHRASE,
    SECOND,
    THIRD,
    WAYS,
    InSmallTown,
    faulty,
)
from tests.town import PEOPLE, SENDER, VIEWER

S = DeliveryState
ACCOUNTS = ("masto", "bsky", "mail", "cap")
SHOWN_PUBLIC = (S.ACCEPTED, S.CONFIRMED, S.WITHDRAWN)
MOST_ALERTS = 30
"""In one story: no more than Mastodon is read back at once."""

some = st.integers(0, 999)
"""Picks one of whatever there is at that moment."""


class Story(InSmallTown):
    """A town, its officers, and what the machine knows of what they did."""

    @initialize(keys=st.booleans())
    def a_server_with_or_without_keys(self, keys: bool) -> None:
        self.town.mastodon.honours_idempotency = keys

    # What officers do

    @rule(words=st.text("abc", min_size=1, max_size=5))
    def type_a_draft(self, words: str) -> None:
        draft = self.town.draft("masto")
        draft.values["reason"] = words
        self.town.drafting.keep(Unfinished(draft), SENDER)
        restored = self.town.drafting.restore(SENDER)
        assert restored is not None
        assert restored.what.message == draft

    @precondition(lambda self: len(self.composed) < MOST_ALERTS)
    @rule(accounts=st.sets(st.sampled_from(ACCOUNTS), min_size=1), at_once=st.booleans())
    def compose(self, accounts: set[str], at_once: bool) -> None:
        self._composed(self.town.compose(*sorted(accounts)), at_once)

    def _composed(self, alert: Alert, at_once: bool) -> None:
        """A second person may stand beside the officer and agree at once."""
        self.composed.append(alert)
        if at_once:
            self.asked[alert.id] = self.town.approving.ask(alert.id, SENDER)
            self.town.approving.sign(self.asked[alert.id].id, SECOND.id, PHRASE)
            self.decided.add(alert.id)
            self.approved.add(alert.id)

    @precondition(lambda self: self.sent and len(self.composed) < MOST_ALERTS)
    @rule(
        which=some,
        step=st.sampled_from([Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR]),
        at_once=st.booleans(),
    )
    def compose_what_follows(self, which: int, step: Step, at_once: bool) -> None:
        earlier = self.sent[which % len(self.sent)]
        accounts = self.town.composing.followers(earlier.id)
        if accounts:
            alert = self.town.compose(*accounts, step=step, follows=earlier.id)
            self._composed(alert, at_once)

    @precondition(lambda self: self.composed)
    @rule(which=some)
    def ask(self, which: int) -> None:
        alert = self.composed[which % len(self.composed)]
        try:
            self.asked[alert.id] = self.town.approving.ask(alert.id, SENDER)
        except Refused:
            assert alert.id in self.asked

    @precondition(lambda self: self.asked)
    @rule(which=some, who=st.sampled_from([SECOND, THIRD, SENDER, VIEWER]))
    def approve(self, which: int, who: Operator) -> None:
        """By an approver, or by somebody who may not be the second person."""
        alert, request = self._asked(which)
        try:
            self.town.approving.sign(request.id, who.id, PHRASE)
        except Refused:
            waiting = alert.id not in self.decided and alert.expires_at > self.town.clock.now()
            assert who in (SENDER, VIEWER) or not waiting
        else:
            assert who in (SECOND, THIRD)
            self.decided.add(alert.id)
            self.approved.add(alert.id)

    @precondition(lambda self: self.asked)
    @rule(which=some, rejected=st.booleans())
    def send_back(self, which: int, rejected: bool) -> None:
        alert, request = self._asked(which)
        with suppress(Refused):
            self.town.approving.refuse(request.id, SECOND, "name the street", rejected=rejected)
            assert alert.id not in self.decided
            self.decided.add(alert.id)

    @precondition(lambda self: self.asked)
    @rule(which=some)
    def withdraw_the_request(self, which: int) -> None:
        alert, request = self._asked(which)
        with suppress(Refused):
            self.town.approving.withdraw(request.id, SENDER, "to be changed")
            self.decided.add(alert.id)
            self.approved.discard(alert.id)

    def _asked(self, which: int) -> tuple[Alert, Request]:
        asked = [each for each in self.composed if each.id in self.asked]
        alert = asked[which % len(asked)]
        return alert, self.asked[alert.id]

    def may_go(self, alert: Alert) -> bool:
        """By its own approval; an all clear as it was prepared also by that of an alert before."""
        if alert.id in self.approved:
            return True
        ahead = {
            part.account_id
            for each in self.composed
            if each.id in self.approved
            for part in each.rendered
        }
        return alert.step is Step.ALL_CLEAR and {p.account_id for p in alert.rendered} <= ahead

    @precondition(lambda self: self.composed)
    @rule(which=some)
    def broadcast(self, which: int) -> None:
        alert = self.composed[which % len(self.composed)]
        self.town.clock.go_on(milliseconds=1)
        fit = alert not in self.sent and alert.expires_at > self.town.clock.now()
        fit = fit and self.may_go(alert)
        try:
            self.town.dispatch.broadcast(alert.id, SENDER)
        except Refused:
            assert not fit
        else:
            assert fit
            self.sent.append(alert)
        self.town.settle()

    @precondition(lambda self: self.unknown())
    @rule(which=some)
    def send_again(self, which: int) -> None:
        delivery = self.unknown()[which % len(self.unknown())]
        with suppress(Refused):
            future = self.town.dispatch.send_again(delivery.id, SENDER, "Nobody has seen it")
            self.again[delivery.id] += 1
            future.result(30)
        self.town.settle()

    @precondition(lambda self: self.unknown())
    @rule(which=some)
    def settle_by_looking_oneself(self, which: int) -> None:
        """People tell what they truly see."""
        delivery = self.unknown()[which % len(self.unknown())]
        seen = self.public(delivery) > 0
        self.town.settling.settle(delivery.id, SENDER, seen, "looked on my phone")

    @precondition(lambda self: self.sent)
    @rule(which=some)
    def retract(self, which: int) -> None:
        alert = self.sent[which % len(self.sent)]
        self.town.settling.retract(alert.id, SENDER, "wrong bridge")
        self.town.settle()
        for each in self.town.dispatch.deliveries(alert.id):
            place = (each.id, each.account_id)
            self.at_retraction.setdefault(place, self.public(each) - self.again[each.id])

    # What the program does

    @rule()
    def do_what_is_planned(self) -> None:
        self.town.run_planned()

    @precondition(lambda self: self.sent)
    @rule(which=some)
    def look(self, which: int) -> None:
        for each in self.town.dispatch.deliveries(self.sent[which % len(self.sent)].id):
            self.town.following_up.look(each.id)

    @rule()
    def start_again(self) -> None:
        self.town.restart()
        self.town.following_up.recover()
        self.town.settle()

    @precondition(lambda self: [each for each in self.composed if each not in self.sent])
    @rule(which=some, first_byte_left=st.booleans())
    def die_while_sending(self, which: int, first_byte_left: bool) -> None:
        waiting = [each for each in self.composed if each not in self.sent]
        alert = waiting[which % len(waiting)]
        self.town.clock.go_on(milliseconds=1)
        if alert.expires_at <= self.town.clock.now() or not self.may_go(alert):
            return
        self.town.workers.dead = True
        self.town.dispatch.broadcast(alert.id, SENDER)
        self.sent.append(alert)
        if first_byte_left:
            for each in self.deliveries(alert):
                channel, _ = self.town.channels.get(each.account_id)
                channel.send(self.town.dispatch.message_of(each))
        self.start_again()

    # What the world does

    @rule(minutes=st.sampled_from([0, 1, 4, 6, 61, 239, 361]))
    def time_goes_by(self, minutes: int) -> None:
        self.town.clock.go_on(minutes=minutes)

    @rule(
        account=st.sampled_from(["masto", "bsky"]),
        moment=st.sampled_from(sorted(MOMENTS)),
        way=st.sampled_from(WAYS),
        times=st.integers(1, 4),
    )
    def a_network_goes_wrong(self, account: str, moment: str, way: Fault, times: int) -> None:
        sim = self.town.mastodon if account == "masto" else self.town.bluesky
        sim.faults.add(faulty(way, MOMENTS[moment][account], times))

    @rule(moment=st.sampled_from(sorted(MOMENTS)), way=st.sampled_from(MAIL_WAYS))
    def mail_goes_wrong(self, moment: str, way: Fault) -> None:
        self.town.mail.faults.add(faulty(way, MOMENTS[moment]["mail"], 1))

    @rule(who=st.sampled_from(PEOPLE), code=st.sampled_from([0, 451, 550]))
    def an_address_is_refused(self, who: str, code: int) -> None:
        self.town.mail._refused.pop(who, None)
        if code:
            self.town.mail.refuse(who, code, "not now")

    @rule()
    def the_cap_folder_comes_and_goes(self) -> None:
        here, away = self._cap_folders()
        if here.is_file():
            here.unlink()
            if away.exists():
                away.rename(here)
        else:
            if here.exists():
                here.rename(away)
            here.write_text("the share is not mounted")

    @rule()
    def everything_works_again(self) -> None:
        for sim in (self.town.mastodon, self.town.bluesky, self.town.mail):
            sim.faults.clear()

    # What must hold after every word of the story

    @invariant()
    def all_is_well(self) -> None:
        self.nothing_is_public_twice()
        self.nothing_left_after_its_alert_had_expired()
        self.what_is_shown_is_so()
        self.each_address_is_told_the_truth()
        self.nothing_comes_out_after_its_retraction()
        assert all(self.may_ever_go(alert) for alert in self.sent)
        assert self.town.contradictions() == []

    def may_ever_go(self, alert: Alert) -> bool:
        """Nothing was sent that nobody had agreed to, then."""
        return alert.step is Step.ALL_CLEAR or alert.id in self.decided

    def nothing_is_public_twice(self) -> None:
        for alert in self.sent:
            for each in self.deliveries(alert):
                if each.account_id == "mail":
                    assert max(self.letters(each).values(), default=0) <= 1 + self.again[each.id]
                else:
                    assert self.ever(each) <= 1

    def nothing_left_after_its_alert_had_expired(self) -> None:
        town = self.town
        left = [(each.created_at, each.text) for each in town.mastodon.statuses]
        left += [(each.indexed_at, str(each.value["text"])) for each in town.bluesky.records]
        left += [(each.received_at, each.data.decode()) for each in town.mail.messages]
        for alert in self.sent:
            moments = [moment for moment, text in left if _in(alert, text)]
            assert all(moment < alert.expires_at for moment in moments)

    def what_is_shown_is_so(self) -> None:
        for alert in self.sent:
            for each in self.deliveries(alert):
                assert each.state not in (S.PREPARED, S.SENDING)
                if each.state in SHOWN_PUBLIC:
                    assert self.ever(each) >= 1, each
                if each.state in (S.FAILED, S.RETRYING) and each.account_id != "mail":
                    assert self.ever(each) == 0, each
                if each.state is S.FAILED and each.account_id == "mail":
                    assert not self.letters(each), each
                if each.state is S.WITHDRAWN:
                    assert self.public(each) == 0, each

    def each_address_is_told_the_truth(self) -> None:
        for alert in self.sent:
            for each in self.deliveries(alert):
                letters = self.letters(each)
                for result in each.recipients:
                    if result.verdict is Verdict.ACCEPTED:
                        assert letters[result.address] >= 1, result
                    if result.verdict in (Verdict.NOT_SENT, Verdict.REFUSED):
                        assert letters[result.address] == 0, result

    def nothing_comes_out_after_its_retraction(self) -> None:
        for alert in self.sent:
            for each in self.deliveries(alert):
                before = self.at_retraction.get((each.id, each.account_id))
                if before is not None:
                    assert self.public(each) <= before + self.again[each.id]

    # What stands outside, from the networks' own side

    def ever(self, delivery: Delivery) -> int:
        """How many publications of it there are or were; for mail, the most for one address."""
        text = delivery.text
        if delivery.account_id == "masto":
            return sum(each.text == text for each in self.town.mastodon.statuses)
        if delivery.account_id == "bsky":
            return sum(each.value["text"] == text for each in self.town.bluesky.records)
        if delivery.account_id == "cap":
            return sum((f / f"{delivery.key}.cap.xml").exists() for f in self._cap_folders())
        return max(self.letters(delivery).values(), default=0)

    def public(self, delivery: Delivery) -> int:
        """The same without what was deleted."""
        gone = sum(
            each.deleted and each.text == delivery.text for each in self.town.mastodon.statuses
        ) + sum(
            each.deleted and each.value["text"] == delivery.text
            for each in self.town.bluesky.records
        )
        return self.ever(delivery) - gone

    def letters(self, delivery: Delivery) -> Counter[str]:
        """How many letters of a delivery each address has."""
        own = f"Message-ID: <{delivery.key}.".encode()
        letters = [each for each in self.town.mail.messages if own in each.data]
        return Counter(name for each in letters for name in each.recipients)

    def _cap_folders(self) -> tuple[Path, Path]:
        return self.town.folder / "cap", self.town.folder / "cap.away"


def _in(alert: Alert, text: str) -> bool:
    return f"{alert.marker}\n" in f"{text}\n" or f"{alert.marker}\r\n" in text


TestStory = Story.TestCase
if settings().max_examples <= 100:  # not the soak profile
    TestStory.settings = settings(max_examples=20, stateful_step_count=30)
else:
    TestStory.pytestmark = [pytest.mark.timeout(0)]
