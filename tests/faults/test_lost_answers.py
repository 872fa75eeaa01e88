"""Answers lost between us and real servers: however it happened, one publication stands there.

mitmproxy lets the Bluesky server and the Mastodon server do what they are asked, and spoils what
they say; our own proxy does the same to Postfix. Each server is then asked directly what it has.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crisisdesk.model.account import Account
from crisisdesk.model.audit import Signer
from crisisdesk.model.delivery import DeliveryState
from tests.faults import ways
from tests.faults.harbour import PUBLISH, LiveTown
from tests.faults.proxy import proxy
from tests.servers.launching import wait_until
from tests.servers.mastodon import MastodonServer
from tests.servers.mitm import Mitm
from tests.servers.pds import Account as BlueskyAccount
from tests.servers.pds import Pds
from tests.servers.postfix import Postfix
from tests.town import SENDER, HandClock, _mail_settings

pytestmark = pytest.mark.server
S = DeliveryState
NETWORKS = ("masto", "bsky")
READ = {"masto": "GET /api/v1/accounts/", "bsky": "GET /xrpc/com.atproto.repo.getRecord"}
WITHDRAW = {"masto": "DELETE ", "bsky": "POST /xrpc/com.atproto.repo.deleteRecord"}
LOST = ("close", "cut", "gateway", "portal", "delay")
PASSWORD = "a password of the tests"
READERS = ("ann@example.org", "bob@example.org")


class Quay(LiveTown):
    """A live desk at real servers, with mitmproxy between. Its clock starts at today's time."""

    def __init__(
        self,
        folder: Path,
        signer: Signer,
        mitm: Mitm,
        mastodon: MastodonServer,
        pds: Pds,
        desk: BlueskyAccount,
    ) -> None:
        self.mitm = mitm
        self.real_mastodon = mastodon
        self.pds = pds
        self.desk = desk
        clock = HandClock()
        clock.time = datetime.now(UTC)
        super().__init__(folder, clock, signer)
        bluesky = {"server": mitm.urls["pds"], "handle": desk.handle}
        self.accounts = [
            Account("masto", "mastodon", "Mastodon", {"server": mitm.urls["mastodon"]}),
            Account("bsky", "bluesky", "Bluesky", bluesky),
        ]
        self.channels.use(self.accounts)
        for each in self.accounts:  # signed in, so that a short deadline is for publishing alone
            assert self.channels.get(each.id)[0].check().ok

    def secrets_of(self, account: Account) -> Mapping[str, str]:
        """What the real servers know."""
        return {"token": self.real_mastodon.desk_token, "password": PASSWORD}

    def public(self, account: str, text: str) -> int:
        """How many posts with this text the server itself has."""
        if account == "masto":
            return sum(text in each for each in self.real_mastodon.published())
        return sum(text in each["text"] for each in self.pds.posts(self.desk.did))


@pytest.fixture(scope="module")
def desk(pds: Pds) -> BlueskyAccount:
    return pds.create_account("lost-answers.test", PASSWORD)


@pytest.fixture
def quay(
    tmp_path: Path,
    signer: Signer,
    mitm: Mitm,
    mastodon: MastodonServer,
    pds: Pds,
    desk: BlueskyAccount,
) -> Iterator[Quay]:
    mitm.forget()
    made = Quay(tmp_path, signer, mitm, mastodon, pds, desk)
    problems = ["the test did not come to its end"]
    try:
        yield made
        made.settle()
        problems = made.contradictions()
    finally:
        made.close()
        mitm.forget()
    assert problems == []


@pytest.mark.parametrize("account", NETWORKS)
@pytest.mark.parametrize("kind", LOST)
def test_a_published_alert_whose_answer_is_lost_is_found_and_stands_once(
    quay: Quay, hurry: Callable[[], None], account: str, kind: str
) -> None:
    if kind == "delay":
        hurry()
    quay.mitm.spoil(kind, PUBLISH[account], seconds=4)
    alert = quay.send(account)
    assert quay.delivery(alert).state is S.UNKNOWN, quay.delivery(alert).evidence
    assert quay.public(account, alert.marker) == 1
    assert len(quay.delivery(alert).evidence.split()) >= 4
    quay.drain()
    assert quay.delivery(alert).state is S.CONFIRMED, quay.delivery(alert).evidence
    assert quay.public(account, alert.marker) == 1


@pytest.mark.parametrize("account", NETWORKS)
def test_a_request_that_never_arrived_is_not_taken_for_a_post(quay: Quay, account: str) -> None:
    quay.mitm.spoil("swallow", PUBLISH[account])
    alert = quay.send(account)
    assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.UNKNOWN, 0)
    quay.drain()
    if account == "masto":  # a repeat is a person's decision there; it is looked for first
        assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.UNKNOWN, 0)
        quay.dispatch.send_again(quay.delivery(alert).id, SENDER, "Nobody sees it").result(30)
        quay.settle()
    assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.CONFIRMED, 1)


@pytest.mark.parametrize("account", NETWORKS)
def test_too_many_requests_are_waited_for(quay: Quay, account: str) -> None:
    quay.mitm.spoil("limit", PUBLISH[account], seconds=3)
    alert = quay.send(account)
    assert (quay.delivery(alert).state, quay.later.pauses) == (S.RETRYING, [3.0])
    assert quay.public(account, alert.marker) == 0
    quay.drain()
    assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.CONFIRMED, 1)


@pytest.mark.parametrize("account", NETWORKS)
@pytest.mark.parametrize("keys", [True, False], ids=["keys honoured", "keys ignored"])
def test_sending_again_by_hand_looks_first(quay: Quay, account: str, keys: bool) -> None:
    if not keys:
        quay.mitm.take_keys_away()
    quay.mitm.spoil("close", PUBLISH[account])
    alert = quay.send(account)
    quay.dispatch.send_again(quay.delivery(alert).id, SENDER, "Nobody sees it").result(30)
    quay.settle()
    assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.CONFIRMED, 1)
    assert quay.mitm.delivered(PUBLISH[account]) == 1
    assert quay.mitm.delivered(READ[account]) >= 1


@pytest.mark.parametrize("account", NETWORKS)
@pytest.mark.parametrize("keys", [True, False], ids=["keys honoured", "keys ignored"])
def test_while_nobody_can_look_nothing_doubles(quay: Quay, account: str, keys: bool) -> None:
    if not keys:
        quay.mitm.take_keys_away()
    quay.mitm.spoil("close", PUBLISH[account], times=2)
    quay.mitm.spoil("gateway", "GET ", times=2)
    alert = quay.send(account)
    quay.dispatch.send_again(quay.delivery(alert).id, SENDER, "Nobody sees it").result(30)
    quay.settle()
    assert quay.delivery(alert).state is S.UNKNOWN
    assert quay.public(account, alert.marker) == 1
    quay.restart()
    quay.following_up.recover()
    quay.drain()
    quay.following_up.look(quay.delivery(alert).id)
    assert (quay.delivery(alert).state, quay.public(account, alert.marker)) == (S.CONFIRMED, 1)


@pytest.mark.parametrize("account", NETWORKS)
def test_a_withdrawal_whose_answer_is_lost_is_not_claimed(quay: Quay, account: str) -> None:
    alert = quay.send(account)
    quay.mitm.spoil("close", WITHDRAW[account])
    for _ in range(2):
        quay.settling.retract(alert.id, SENDER, "wrong bridge")
        quay.settle()
    assert quay.delivery(alert).state is S.WITHDRAWN
    assert quay.public(account, alert.marker) == 0


def test_one_spoilt_network_holds_up_no_other(quay: Quay) -> None:
    quay.mitm.spoil("portal", PUBLISH["bsky"])
    alert = quay.send()
    assert quay.states(alert) == {"masto": S.CONFIRMED, "bsky": S.UNKNOWN}
    quay.drain()
    assert quay.states(alert) == {"masto": S.CONFIRMED, "bsky": S.CONFIRMED}
    assert [quay.public(name, alert.marker) for name in NETWORKS] == [1, 1]


# Mail


@pytest.mark.parametrize(
    ("way", "match", "state"),
    [
        (ways.closed_after, ".", S.UNKNOWN),
        (ways.reset_after, ".", S.UNKNOWN),
        (ways.reset_before, "DATA", S.ACCEPTED),
        (ways.reset_before, "MAIL", S.ACCEPTED),
    ],
    ids=["answer to the letter lost", "the same by a reset", "reset at DATA", "reset at MAIL"],
)
def test_letters_through_a_spoilt_line_to_postfix_come_once(
    tmp_path: Path,
    signer: Signer,
    postfix: Postfix,
    way: Callable[..., None],
    match: str,
    state: DeliveryState,
) -> None:
    clock = HandClock()
    clock.time = datetime.now(UTC)
    town = LiveTown(tmp_path, clock, signer)
    with proxy(("127.0.0.1", postfix.port), mail=True) as line:
        settings = {**_mail_settings(READERS), "host": line.host, "port": str(line.port)}
        town.accounts = [Account("mail", "email", "Press list", settings)]
        town.channels.use(town.accounts)
        line.plan(way, match)
        try:
            alert = town.send("mail")
            town.drain()
            assert town.delivery(alert).state is state, town.delivery(alert).evidence
            wait_until(lambda: _came(postfix, alert.marker) == READERS, "letters", postfix.log, 20)
            assert _counted(postfix, alert.marker) == dict.fromkeys(READERS, 1)
            assert town.contradictions() == []
        finally:
            town.close()


def _counted(postfix: Postfix, marker: str) -> Counter[str]:
    return Counter(
        address
        for address in READERS
        for letter in postfix.delivered(address)
        if marker in str(letter.get_content())
    )


def _came(postfix: Postfix, marker: str) -> tuple[str, ...]:
    return tuple(_counted(postfix, marker))
