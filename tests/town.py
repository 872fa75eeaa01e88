"""A small town: the real services and channels over a real database, and networks that pretend."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.draft import Draft
from crisisdesk.model.events import DeliveryChanged, Event, ForeignPost, SourceState
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.rules.chain import verify
from crisisdesk.rules.triage import Rules
from crisisdesk.services.approving import Approving
from crisisdesk.services.composing import Composing
from crisisdesk.services.dispatch import Dispatch
from crisisdesk.services.drafting import Drafting
from crisisdesk.services.following_up import FollowingUp
from crisisdesk.services.handing_over import HandingOver
from crisisdesk.services.intake import Intake
from crisisdesk.services.people import People
from crisisdesk.services.reading_back import ReadingBack
from crisisdesk.services.settling import Settling
from crisisdesk.services.triaging import Triaging
from crisisdesk.services.watching import Watching
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

T = TypeVar("T")

SENDER = Operator("op-1", "Sam", Role.SENDER)
VIEWER = Operator("op-2", "Vic", Role.VIEWER)
PEOPLE = ("ann@example.org", "bob@example.org", "cat@example.org")
VALUES = {
    "road_name": "Weir Bridge",
    "area_name": "Lower Town, Riverside",
    "reason": "deep flood water",
    "since_time": "03:40",
    "action_now": "Use another route",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/roads",
    "what_changed": "checks on the bridge will last until 07:00",
    "what_was_wrong": "we named Mill Bridge, which is open",
    "true_position": "Weir Bridge is closed and Mill Bridge is open",
}
DEADLINE = 30.0
"""Seconds a test waits for work in threads before it calls it stuck."""


class HandClock:
    """Stands still until told to go on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.time

    def monotonic_ms(self) -> int:
        """Milliseconds since an arbitrary moment."""
        return int(self.time.timestamp() * 1000)

    def go_on(self, **length: float) -> None:
        """Move by a timedelta's arguments."""
        self.time += timedelta(**length)


class Later:
    """Planned calls, kept until a test runs them. `pauses` are the seconds asked for so far."""

    def __init__(self) -> None:
        self.planned: list[tuple[float, Callable[[], None]]] = []
        self.pauses: list[float] = []

    def __call__(self, seconds: float, act: Callable[[], None]) -> None:
        """Plan a call."""
        self.pauses.append(seconds)
        self.planned.append((seconds, act))

    def run(self) -> int:
        """Run what is planned now, not what that plans in turn; returns how many ran."""
        now, self.planned = self.planned, []
        for _, act in now:
            act()
        return len(now)


class WatchedWorkers(Workers):
    """The real threads, with a way to wait for all they were given; `dead` runs nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Future[Any]] = []
        self.dead = False

    def network(self, act: Callable[[], T]) -> Future[T]:
        """Run something that waits for a network, unless this run of the program has died."""
        if self.dead:
            return Future()
        future = super().network(act)
        self.given.append(future)
        return future

    def settle(self) -> None:
        """Wait for everything, what it starts in turn included; raises what it raised."""
        done = 0
        while done < len(self.given):
            self.given[done].result(DEADLINE)
            done += 1


class Town:
    """Everything between a template and the public. Accounts: masto, bsky, mail and cap."""

    make_workers: type[WatchedWorkers] = WatchedWorkers

    def __init__(self, folder: Path, clock: HandClock, signer: Signer, url: str = "") -> None:
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'desk' / 'desk.db'}"
        self.clock = clock
        self.signer = signer
        self.mastodon = MastodonSim("social.example", clock.now)
        self.mastodon.add_account("council", token="token-1")
        self.bluesky = BlueskySim("pds.example", clock.now)
        self.bluesky.add_account("council.example", password="app-pass")
        self.feed = FeedSim("roads.example", "Roads", clock.now)
        self.mail = MailSim(clock.now)
        self.accounts = [
            Account("masto", "mastodon", "Mastodon", {"server": "https://social.example"}),
            Account(
                "bsky",
                "bluesky",
                "Bluesky",
                {"server": "https://pds.example", "handle": "council.example"},
            ),
            Account("mail", "email", "Press list", _mail_settings(PEOPLE)),
            Account("cap", "cap", "CAP feed", _cap_settings(folder / "cap")),
        ]
        self.boots = 0
        self.open()

    def open(self, mode: Mode = Mode.EXERCISE) -> None:
        """Start the program: a new run over the same database and the same networks."""
        self.boots += 1
        self.events: list[Event] = []
        self.later = Later()
        self.workers = self.make_workers()
        self.bus = Bus()
        clock = self.clock
        stamp = Stamp("desk-1", f"boot-{self.boots}", mode, clock.now, clock.monotonic_ms)
        self.database = Database(self.url, stamp, self.signer)
        key = {"desk_key": self.signer.public_key.hex()}
        self.database.write(lambda unit: unit.log.append("desk.started", actor="desk", detail=key))
        self.net = self.make_net()
        self.channels = ChannelSet(self.net, self.secrets_of, clock.now)
        self.channels.use(self.accounts)
        self._start_services(mode)
        for kind in (DeliveryChanged, ForeignPost, SourceState):
            self.bus.subscribe(kind, self.events.append)
        self.bus.subscribe(DeliveryChanged, self.following_up.on_change)
        self.bus.subscribe(DeliveryChanged, self.settling.on_delivery)

    def make_net(self) -> Net:
        """The way to the networks: here they lie within this process."""
        apps = {app.host: app for app in (self.mastodon, self.bluesky, self.feed)}
        return Net(Mode.EXERCISE, apps=apps, mail=self.mail.session)

    def secrets_of(self, account: Account) -> Mapping[str, str]:
        """What the keyring gives for an account."""
        return secrets_of(account)

    def _start_services(self, mode: Mode) -> None:
        now = self.clock.now
        self.composing = Composing(
            self.database, self.channels, self.bus, mode, now, "Riverside Council"
        )
        self.dispatch = Dispatch(
            self.database,
            self.channels,
            self.bus,
            self.workers,
            self.later,
            mode,
            now,
            "desk@council.example.org",
        )
        self.settling = Settling(
            self.database,
            self.channels,
            self.bus,
            self.workers,
            self.later,
            now,
            self.dispatch.message_of,
        )
        self.drafting = Drafting(self.database, now, now, self.composing.templates)
        self.people = People(self.database, now)
        self.approving = Approving(self.database, self.bus, now)
        self.following_up = FollowingUp(
            self.database,
            self.channels,
            self.bus,
            self.workers,
            self.later,
            now,
            self.dispatch.message_of,
            self.dispatch.resume,
        )
        self.handing_over = HandingOver(self.database, self.channels, self.bus, mode, now)
        self.reading_back = ReadingBack(
            self.database,
            self.channels,
            self.bus,
            self.workers,
            now,
            self.following_up.find,
            self.following_up.look,
        )
        self.looking = ChannelSet(self.net, secrets_of, now)
        self.looking.use(self.accounts)
        self.watching = Watching(
            self.database, self.looking, self.bus, self.workers, self.later, now
        )
        self.triaging = Triaging(self.database, self.bus)
        self.intake = Intake(self.database, Rules(("weir",), ("riverside",)), self.bus, now)

    def restart(self, mode: Mode = Mode.EXERCISE) -> None:
        """End this run as a crash does, with nothing more written, and start the next."""
        self.workers.dead = True
        self.close()
        self.open(mode)

    def close(self) -> None:
        """Let everything go."""
        self.workers.close()
        self.channels.close()
        self.looking.close()
        self.database.close()

    def settle(self) -> None:
        """Wait until nothing runs in a network thread."""
        self.workers.settle()

    def run_planned(self) -> int:
        """Run the planned calls and wait for what they start; returns how many there were."""
        ran = self.later.run()
        self.settle()
        return ran

    # An officer's work

    def draft(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Draft:
        """A road closure for these accounts, all of them when none is named."""
        if not hasattr(self, "incident"):
            self.incident = self.composing.open_incident("Flood at the weir", SENDER)
        chosen = accounts or tuple(each.id for each in self.accounts)
        return Draft(self.incident.id, "road-closure", step, dict(VALUES), chosen, follows)

    def compose(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Alert:
        """Freeze such a draft."""
        return self.composing.compose(self.draft(*accounts, step=step, follows=follows), SENDER)

    def send(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Alert:
        """Compose, broadcast and wait for every first answer and what follows at once."""
        alert = self.compose(*accounts, step=step, follows=follows)
        self.dispatch.broadcast(alert.id, SENDER)
        self.settle()
        return alert

    def deliveries(self, alert: Alert) -> dict[str, Delivery]:
        """The deliveries of an alert by account."""
        return {each.account_id: each for each in self.dispatch.deliveries(alert.id)}

    def delivery(self, alert: Alert) -> Delivery:
        """The only delivery of an alert."""
        (only,) = self.dispatch.deliveries(alert.id)
        return only

    def states(self, alert: Alert) -> dict[str, DeliveryState]:
        """How far the alert came on each account."""
        return {name: each.state for name, each in self.deliveries(alert).items()}

    # What must hold at the end of every test

    def log(self) -> list[dict[str, Any]]:
        """The bodies of all log entries in order."""
        with self.database.read() as unit:
            return [*unit.log.read()]

    def actions(self) -> list[str]:
        """What was logged, in order."""
        return [entry["action"] for entry in self.log()]

    def contradictions(self) -> list[str]:
        """Where the log does not verify, or says something else than the tables."""
        with self.database.read() as unit:
            report = verify(
                unit.log.rows(), unit.log.checkpoints(), trusted_key=self.signer.public_key
            )
            states = {
                each.id: each.state
                for state in DeliveryState
                for each in unit.alerts.in_state(state)
            }
        logged = _last_logged_states(self.log())
        return [finding.words for finding in report.findings] + [
            f"delivery {name} is {state}, the log says {logged.get(name, 'sending')}"
            for name, state in states.items()
            if logged.get(name, "sending") != state
        ]


def _last_logged_states(entries: list[dict[str, Any]]) -> dict[str, str]:
    known = {state.value for state in DeliveryState}
    states = {}
    for entry in entries:
        kind, _, word = entry["action"].partition(".")
        if kind == "delivery" and word in known:
            states[entry["subject"].removeprefix("delivery ")] = word
    return states


def secrets_of(account: Account) -> Mapping[str, str]:
    """The secrets that the simulated networks know."""
    return {"mastodon": {"token": "token-1"}, "bluesky": {"password": "app-pass"}}.get(
        account.kind, {}
    )


def _mail_settings(people: tuple[str, ...]) -> dict[str, str]:
    return {
        "host": "mail.example",
        "port": "25",
        "security": "none",
        "sender": "alerts@council.example.org",
        "recipients": ", ".join(people),
    }


def _cap_settings(folder: Path) -> dict[str, str]:
    base = "https://council.example.org/alerts"
    return {"folder": str(folder), "base_url": base, "title": "Riverside alerts"}
