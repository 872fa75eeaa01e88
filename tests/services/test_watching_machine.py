"""Whatever happens to our own posts, they raise no alarm; every foreign post raises exactly one."""

import tempfile
from contextlib import suppress
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.model.template import Step
from crisisdesk.simnet.faults import Fault
from tests.channels.rig import cap
from tests.conftest import new_signer
from tests.town import SENDER, HandClock, Town

ACCOUNTS = st.sampled_from(["masto", "bsky", "cap"])
FAULTS = st.sampled_from(
    ["", "refuse", "lost_answer", "timeout", "html", "truncate", "empty", "status"]
)
PUBLISH = {"masto": "POST /api/v1/statuses", "bsky": "POST /xrpc/com.atproto.repo.putRecord"}


class OwnAccounts(RuleBasedStateMachine):
    """An officer who sends, networks that fail, a program that dies, and an intruder."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.town = Town(Path(self.folder.name), HandClock(), new_signer(7))
        self.sent: list[Alert] = []
        self.intruded: list[str] = []

    @initialize(honours=st.booleans())
    def first_looks(self, honours: bool) -> None:
        self.town.mastodon.honours_idempotency = honours
        self.look()

    @rule()
    def look(self) -> None:
        """What is put off is looked at again at once."""
        for account in ("masto", "bsky", "cap"):
            self.town.watching.visit(account)
            self.town.watching.visit(account)

    @rule(account=ACCOUNTS, fault=FAULTS, times=st.integers(1, 3))
    def send(self, account: str, fault: str, times: int) -> None:
        if fault and account in PUBLISH:
            sim = self.town.mastodon if account == "masto" else self.town.bluesky
            sim.faults.add(Fault(fault, PUBLISH[account], times))  # type: ignore[arg-type]
        self.sent.append(self.town.send(account))

    @rule(account=ACCOUNTS, published=st.booleans(), seen=st.booleans())
    def die_while_sending(self, account: str, published: bool, seen: bool) -> None:
        self.town.workers.dead = True
        alert = self.town.compose(account)
        self.town.dispatch.broadcast(alert.id, SENDER)
        if published:
            channel, _ = self.town.channels.get(account)
            channel.send(self.town.dispatch.message_of(self.town.delivery(alert)))
        if seen:
            self.town.watching.visit(account)
        self.restart()
        self.sent.append(alert)

    @rule()
    def restart(self) -> None:
        self.town.restart()
        self.town.following_up.recover()

    @rule()
    def planned_work(self) -> None:
        self.town.run_planned()

    @rule(minutes=st.sampled_from([1, 4, 6, 600]))
    def time_passes(self, minutes: int) -> None:
        self.town.clock.go_on(minutes=minutes)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), step=st.sampled_from([Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR]))
    def follow_up(self, data: st.DataObject, step: Step) -> None:
        alert = data.draw(st.sampled_from(self.sent))
        accounts = self.town.composing.followers(alert.id)
        if accounts:
            self.sent.append(self.town.send(*accounts, step=step, follows=alert.id))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        alert = data.draw(st.sampled_from(self.sent))
        self.town.settling.retract(alert.id, SENDER, "wrong")
        self.town.settle()

    @precondition(lambda self: self.unknown())
    @rule(again=st.booleans(), seen=st.booleans())
    def decide(self, again: bool, seen: bool) -> None:
        delivery = self.unknown()[0]
        with self.town.database.read() as unit:
            alert = unit.alerts.get(delivery.alert_id)
        assert alert is not None
        if again and alert.expires_at > self.town.clock.now():
            with suppress(Refused):  # it was retracted
                self.town.dispatch.send_again(delivery.id, SENDER, "not seen")
            self.town.settle()
        else:
            self.town.settling.settle(delivery.id, SENDER, seen, "looked")

    @rule(account=ACCOUNTS, closed=st.booleans())
    def intrude(self, account: str, closed: bool) -> None:
        text = f"False alarm number {len(self.intruded)}"
        self.intruded.append(text)
        if account == "masto":
            self.town.mastodon.post("council", text)
        elif account == "bsky":
            self.town.bluesky.post("council.example", text)
        else:
            folder = self.town.folder / "cap"
            folder.mkdir(exist_ok=True)
            name = f"false-{len(self.intruded)}"
            (folder / f"{name}.cap.xml").write_bytes(cap(name, headline=text))
        if closed:
            self.restart()

    def unknown(self) -> list:  # type: ignore[type-arg]
        with self.town.database.read() as unit:
            return unit.alerts.in_state(DeliveryState.UNKNOWN)

    def alarms(self) -> list[str]:
        return [
            each["detail"]["text"]
            for each in self.town.log()
            if each["action"] == "account.foreign_post"
        ]

    @invariant()
    def every_alarm_is_of_the_intruder_and_comes_once(self) -> None:
        for text in self.alarms():
            assert any(false in text for false in self.intruded), text
        assert len(self.alarms()) <= len(self.intruded)

    def teardown(self) -> None:
        try:
            self.town.settle()
            self.look()
            for false in self.intruded:
                told = [text for text in self.alarms() if f"{false}\n" in f"{text}\n"]
                assert len(told) == 1, (false, self.alarms())
            assert len(self.alarms()) == len(self.intruded)
            assert len(self.town.watching.unanswered()) == len(self.intruded)
            assert self.town.contradictions() == []
        finally:
            self.town.close()
            self.folder.cleanup()


TestOwnAccounts = OwnAccounts.TestCase
TestOwnAccounts.settings = settings(max_examples=15, stateful_step_count=12)
