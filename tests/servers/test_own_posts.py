"""Our own accounts on servers that are not ours: what we send is ours, the rest is an alarm."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Rendered
from crisisdesk.model.delivery import DeliveryState, Message, Publication, Verdict
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.rules.references import delivery_key
from crisisdesk.services.watching import Watching
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers
from tests.rules.test_capping import NOW, alert
from tests.servers.mastodon import MastodonServer
from tests.servers.pds import Pds
from tests.town import Later

pytestmark = pytest.mark.server
PASSWORD = "a password of the tests"
OURS = "Weir Bridge is closed.\n\nMore: https://council.example.org/roads?a=1&b=2 #weir\nRef K7Q3-"
FALSE = "The dam has burst. Run for your lives"


class Watch:
    """The service over a real database, with one account on a real server."""

    def __init__(self, database: Database, account: Account, secrets: dict[str, str]) -> None:
        self.database = database
        self.account = account
        self.workers = Workers()
        net = Net(Mode.LIVE)
        self.channels = ChannelSet(net, lambda _: secrets, now)
        self.looking = ChannelSet(net, lambda _: secrets, now)
        for each in (self.channels, self.looking):
            each.use([account])
        self.watching = Watching(database, self.looking, Bus(), self.workers, Later(), now)
        incident = Incident("incident-1", "K7Q3", "Flood", NOW, "Sam")
        database.write(lambda unit: unit.incidents.add(incident, Mode.LIVE))

    def look(self) -> list[str]:
        """The texts of the alarms of one look."""
        return [each.post.text for each in self.watching.visit(self.account.id)]

    def send(self, number: int) -> Publication:
        """A delivery whose answer was never recorded: the program died before that."""
        text, kind = f"{OURS}{number}", self.account.kind
        made = replace(alert(Step.ALERT), id=f"alert-{number}", marker=f"K7Q3-{number}")
        key = delivery_key(kind, int(now().timestamp() * 1_000_000), number)
        part = Rendered(self.account.id, kind, "en", text)
        ms = int(now().timestamp() * 1000)
        self.database.write(lambda unit: unit.alerts.add(made))
        self.database.write(
            lambda unit: unit.alerts.prepare(key, made.id, part, key, ms, DeliveryState.SENDING)
        )
        channel, _ = self.channels.get(self.account.id)
        outcome = channel.send(Message(key, text, now()))
        assert outcome.verdict is Verdict.ACCEPTED, outcome
        return Publication(outcome.external_id)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def watching(database: Database, account: Account, secrets: dict[str, str]) -> Iterator[Watch]:
    watch = Watch(database, account, secrets)
    yield watch
    watch.workers.close()
    watch.channels.close()
    watch.looking.close()


def test_on_a_real_bluesky_server(pds: Pds, database: Database) -> None:
    council = pds.create_account("watched.test", PASSWORD)
    council.post("Bins are collected on Monday")
    settings = {"server": pds.base_url, "handle": council.handle}
    account = Account("bsky", "bluesky", "Bluesky", settings)
    with watching(database, account, {"password": PASSWORD}) as watch:
        assert watch.look() == []
        first = watch.send(1)
        assert watch.look() == []
        council.post(FALSE)
        assert watch.look() == []  # put off once, for something is being sent
        assert watch.look() == [FALSE]
        assert watch.look() == []
        channel, _ = watch.channels.get("bsky")
        assert channel.delete(first).verdict is Verdict.WITHDRAWN
        watch.send(2)
        assert watch.look() == []


def test_on_a_mastodon_server(mastodon: MastodonServer, database: Database) -> None:
    account = Account("masto", "mastodon", "Mastodon", {"server": mastodon.base_url})
    with watching(database, account, {"token": mastodon.desk_token}) as watch:
        assert watch.look() == []
        first = watch.send(1)
        assert watch.look() == []
        mastodon.post_as_citizen("@desk is the dam safe?")
        _post_as_desk(mastodon, FALSE)
        assert watch.look() == []
        assert watch.look() == [FALSE]
        channel, _ = watch.channels.get("masto")
        assert channel.delete(first).verdict is Verdict.WITHDRAWN
        assert watch.look() == []


def _post_as_desk(server: MastodonServer, text: str) -> None:
    headers = {"Authorization": f"Bearer {server.desk_token}"}
    url = f"{server.base_url}/api/v1/statuses"
    requests.post(url, headers=headers, data={"status": text}, timeout=10).raise_for_status()
