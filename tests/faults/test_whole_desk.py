"""Faults that are no single request: waits, sign-ins, a night of drops, keyrings, floods, upgrades.

The other side of the matrix; elsewhere.py names the tests of the faults not here.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine, text

from crisisdesk.config import Paths
from crisisdesk.desk import open_live
from crisisdesk.model.account import Account
from crisisdesk.model.audit import Signer
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import SourceState
from crisisdesk.model.mention import Item
from crisisdesk.model.template import Step
from crisisdesk.rules.chain import verify
from crisisdesk.rules.checkpoints import first_form
from crisisdesk.sources.registry import make_sources
from crisisdesk.store.upgrade import alembic_config
from crisisdesk.system.secrets import MemorySecrets
from tests.cli.test_tampering import edit, unfenced
from tests.faults import ways
from tests.faults.harbour import Harbour
from tests.faults.row import KINDS, NETWORKS, SIGN_IN, SOCIAL, armed, done
from tests.faults.table import WAITS
from tests.net.wire import wire
from tests.town import SENDER, HandClock, Town

S = DeliveryState
EVERYWHERE = {name: done(name) for name in KINDS}


# F6: waiting


@pytest.mark.parametrize("account", SOCIAL)
@pytest.mark.parametrize("said", WAITS)
def test_f6_waits_as_long_as_asked_and_never_absurdly(
    harbour: Harbour, account: str, said: str
) -> None:
    make, seconds = WAITS[said]
    alert = harbour.compose(account)
    harbour.clock.time = harbour.clock.time.replace(microsecond=0)  # dates on the wire have seconds
    value = make(harbour)
    headers = {"Retry-After": value} if value is not None else {}
    armed(account, ways.status(429, headers))(harbour)
    harbour.dispatch.broadcast(alert.id, SENDER)
    harbour.settle()
    assert harbour.delivery(alert).state is S.RETRYING
    assert harbour.later.pauses == pytest.approx([seconds], abs=0.01)
    harbour.drain()
    assert harbour.public(account, alert.marker) == 1


@pytest.mark.parametrize("account", SOCIAL)
def test_f6_a_wait_ends_with_the_alert(harbour: Harbour, account: str) -> None:
    armed(account, ways.status(429, {"Retry-After": "300"}))(harbour)
    alert = harbour.send(account)
    harbour.clock.time = alert.expires_at - timedelta(seconds=1)
    harbour.clock.go_on(seconds=1)
    harbour.drain()
    assert harbour.delivery(alert).state is S.FAILED
    assert "expired" in harbour.delivery(alert).evidence
    assert (harbour.public(account), harbour.asked(account)) == (0, 1)


# F8: the account


def test_f8_a_server_that_forgot_our_token_gets_the_alert_at_once(harbour: Harbour) -> None:
    harbour.send("bsky")
    harbour.bluesky._sessions._tokens.clear()
    alert = harbour.send("bsky")
    assert (harbour.delivery(alert).state, harbour.public("bsky", alert.marker)) == (S.CONFIRMED, 1)
    assert harbour.proxies["bsky"].seen.count(SIGN_IN) == 2


@pytest.mark.parametrize("account", SOCIAL)
def test_f8_a_refused_account_is_asked_once_an_alert_and_works_when_it_is_mended(
    harbour: Harbour, account: str
) -> None:
    armed(account, ways.status(401), times=2)(harbour)
    for number in (1, 2):
        alert = harbour.send(account)
        harbour.drain()
        assert harbour.delivery(alert).state is S.FAILED
        assert harbour.asked(account) == number
    alert = harbour.send(account)
    assert (harbour.delivery(alert).state, harbour.public(account, alert.marker)) == (
        S.CONFIRMED,
        1,
    )


# F10: an answer that says yes to the wrong question


def test_f10_a_mail_server_that_says_yes_to_the_word_data_has_nothing(harbour: Harbour) -> None:
    armed("mail", ways.saying(b"250 2.0.0 Ok: queued as NOTHING\r\n"), "DATA")(harbour)
    alert = harbour.send("mail")
    assert (harbour.delivery(alert).state, harbour.public("mail")) == (S.RETRYING, 0)
    harbour.drain()
    assert set(harbour.letters(alert.marker).values()) == {1}
    assert harbour.delivery(alert).state is S.ACCEPTED


# F13: everything drops at once, and the desk is started again


@pytest.mark.parametrize(
    ("moment", "public"),
    [
        ({"masto": ways.reset_during, "bsky": ways.reset_during, "mail": ways.reset_before}, 0),
        ({"masto": ways.reset_after, "bsky": ways.closed_after, "mail": ways.reset_after}, 1),
    ],
    ids=["during the body", "after it was accepted"],
)
def test_f13_the_network_drops_in_mid_broadcast(
    harbour: Harbour, moment: Mapping[str, Callable[..., None]], public: int
) -> None:
    assert harbour.channels.get("bsky")[0].check().ok  # so that it is signed in when it drops
    for account, way in moment.items():
        armed(account, way)(harbour)
    for account in SOCIAL:
        harbour.proxies[account].plan(_gone, times=-1)
    alert = harbour.send()
    assert harbour.states(alert) == {**dict.fromkeys(NETWORKS, S.UNKNOWN), "cap": S.CONFIRMED}
    harbour.run_planned()
    before = {each.id: each for each in harbour.dispatch.deliveries(alert.id)}
    harbour.restart()
    for account in NETWORKS:
        harbour.proxies[account].clear()
    harbour.following_up.recover()
    harbour.drain()
    after = harbour.dispatch.deliveries(alert.id)
    assert {each.id: each.key for each in after} == {each.id: each.key for each in before.values()}
    found = S.CONFIRMED if public else S.UNKNOWN
    assert harbour.states(alert) == {
        "masto": found,
        "bsky": found,
        "mail": S.UNKNOWN,
        "cap": S.CONFIRMED,
    }
    for account in NETWORKS:
        assert harbour.public(account, alert.marker) == public
    assert harbour.actions().count("broadcast.started") == 1


def _gone(_proxy: object, exchange: Any) -> None:
    exchange.client.reset()


@pytest.mark.parametrize("account", ["masto", "bsky", "cap"])
def test_f13_the_desk_dies_between_publishing_and_hearing_of_it(
    harbour: Harbour, account: str
) -> None:
    """A thread that never comes back: the send happened, its outcome was never written."""
    harbour.workers.dead = True
    alert = harbour.compose(account)
    harbour.dispatch.broadcast(alert.id, SENDER)
    channel, _ = harbour.channels.get(account)
    channel.send(harbour.dispatch.message_of(harbour.delivery(alert)))
    harbour.restart()
    assert harbour.following_up.recover() == 1
    assert harbour.delivery(alert).state is S.UNKNOWN
    harbour.drain()
    assert (harbour.delivery(alert).state, harbour.public(account, alert.marker)) == (
        S.CONFIRMED,
        1,
    )


# F21: the keyring


def test_f21_a_locked_keyring_stops_its_channel_alone(harbour: Harbour) -> None:
    given = harbour.secrets_of
    locked = True
    harbour.restart()
    harbour.channels._secrets_of = lambda each: {} if locked and each.id == "masto" else given(each)
    alert = harbour.send()
    assert harbour.states(alert) == {**EVERYWHERE, "masto": S.RETRYING}
    assert "keyring is locked" in harbour.evidence(alert, "masto")
    assert harbour.proxies["masto"].seen == []
    locked = False
    harbour.drain()
    assert harbour.states(alert) == EVERYWHERE
    assert harbour.public("masto", alert.marker) == 1


def test_f21_a_keyring_that_waits_for_somebody_holds_up_no_other_channel(harbour: Harbour) -> None:
    given, unlocked = harbour.secrets_of, threading.Event()

    def asking(account: Account) -> Mapping[str, str]:
        assert account.id != "masto" or unlocked.wait(30)
        return given(account)

    harbour.channels._secrets_of = asking
    alert = harbour.compose()
    begun = harbour.dispatch.broadcast(alert.id, SENDER)
    by_account = dict(zip(harbour.deliveries(alert), begun, strict=True))
    try:
        for account in KINDS.keys() - {"masto"}:
            by_account[account].result(30)
            assert harbour.public(account, alert.marker) == 1
        assert harbour.state(alert, "masto") is S.SENDING
        assert harbour.composing.accounts()
    finally:
        unlocked.set()
    harbour.settle()
    assert harbour.states(alert) == EVERYWHERE


def test_f21_a_keyring_that_fails_is_not_the_end_of_looking(harbour: Harbour) -> None:
    armed("masto", ways.closed_after)(harbour)
    alert = harbour.send("masto")
    given, calls = harbour.secrets_of, iter([OSError("the session bus is gone")])

    def failing(account: Account) -> Mapping[str, str]:
        for error in calls:
            raise error
        return given(account)

    harbour.channels.use([])
    harbour.channels.use(harbour.accounts)
    harbour.channels._secrets_of = failing
    harbour.drain()
    assert (harbour.delivery(alert).state, harbour.public("masto")) == (S.CONFIRMED, 1)


def test_f21_no_secret_lies_in_the_desks_files(harbour: Harbour) -> None:
    harbour.send()
    for file in (harbour.folder / "desk").iterdir():
        content = file.read_bytes()
        assert b"token-1" not in content
        assert b"app-pass" not in content


# F22: feeds in excess


def test_f22_a_feed_without_end_is_cut_off_and_alerts_go_meanwhile(harbour: Harbour) -> None:
    heard: list[SourceState] = []
    harbour.bus.subscribe(SourceState, heard.append)
    began = threading.Event()

    def endless(server: Any, connection: Any) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/atom+xml\r\n\r\n<feed>")
        while not server.stop.is_set():
            began.set()
            connection.sendall(b"<entry><title>Flood</title></entry>" * 500)

    with wire(endless) as server:
        account = Account("feed", "feed", "Feed", {"url": server.url + "/feed.atom"})
        (source,) = make_sources(account, {}, harbour.net, harbour.clock.now)
        visit = harbour.workers.read(lambda: harbour.intake.visit(source))
        assert began.wait(30)
        alert = harbour.send()
        visit.result(60)
        source.close()
    assert harbour.states(alert) == EVERYWHERE
    assert [each.ok for each in heard] == [False]
    assert "more than" in heard[0].words


def test_f22_a_burst_that_repeats_itself_is_stored_once_and_alerts_go_meanwhile(
    harbour: Harbour,
) -> None:
    burst = [
        Item("s", str(number % 2000), f"Water {number % 2000}", 1000) for number in range(6000)
    ]
    batches = [burst[start : start + 500] for start in range(0, len(burst), 500)]
    taken = [harbour.workers.read(lambda b=batch: harbour.intake.accept(b)) for batch in batches]
    alert = harbour.send()
    assert sum(each.result(60) for each in taken) == 2000
    assert harbour.states(alert) == EVERYWHERE


# F23: the log is broken at the start


def test_f23_a_desk_whose_log_is_broken_names_the_break_in_what_it_signs(
    tmp_path: Path,
) -> None:
    home = tmp_path / "desk"
    kept = MemorySecrets()
    for number in range(3):
        desk = open_live(Paths(home), kept)
        for note in range(40):
            desk.composing.note(f"watch {number} note {note}", SENDER)
        desk.close()
    with unfenced(home) as connection:
        edit(connection)
    desk = open_live(Paths(home), kept)
    try:
        desk.start()
        assert desk.log_checked is not None
        desk.log_checked.result(60)
        with desk.database.read() as unit:
            report = verify(unit.log.rows(), unit.log.checkpoints())
            (newest,) = unit.log.newest(1, None)
            sealed = unit.log.newest_checkpoint()
        entry = msgspec.json.decode(newest.body)
        assert entry["action"] == "log.broken"
        assert entry["detail"]["first_bad_entry"] == report.findings[0].seq
        assert sealed is not None
        assert sealed.seq == newest.seq
    finally:
        desk.close()


def test_f23_a_whole_log_is_left_alone(tmp_path: Path) -> None:
    open_live(Paths(tmp_path / "desk"), MemorySecrets()).close()
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    try:
        desk.start()
        assert desk.log_checked is not None
        desk.log_checked.result(60)
        assert {entry["action"] for entry in desk.reviewing.entries()} == {
            "desk.opened",
            "desk.closed",
        }
    finally:
        desk.close()


# F25: a new version in the middle of an incident


@pytest.mark.parametrize("account", ["masto", "bsky", "cap"])
def test_f25_what_an_older_version_was_sending_is_unknown_and_looked_for(
    tmp_path: Path, signer: Signer, account: str
) -> None:
    before = Town(tmp_path / "before", HandClock(), signer)
    alert = before.compose(account)
    before.workers.dead = True
    before.dispatch.broadcast(alert.id, SENDER)
    rows = _rows(before, "incident", "alert", "delivery", "log_entry", "checkpoint")
    for row in rows["checkpoint"]:  # as that version signed them
        row["signature"] = signer.sign(first_form(row["origin"], row["seq"], row["hash"]))
    after = Town.__new__(Town)
    _old_database(tmp_path / "after" / "desk", rows)
    after._lay_database = lambda: None  # type: ignore[method-assign]
    after.__init__(tmp_path / "after", before.clock, signer)  # type: ignore[misc]
    try:
        after.incident = before.incident
        channel, _ = after.channels.get(account)
        channel.send(after.dispatch.message_of(after.delivery(alert)))
        assert after.following_up.recover() == 1
        assert after.delivery(alert).state is S.UNKNOWN
        while after.run_planned():
            pass
        assert after.delivery(alert).state is S.CONFIRMED
        follow_up = after.compose(account, step=Step.UPDATE, follows=alert.id)
        after.dispatch.broadcast(follow_up.id, SENDER)
        after.settle()
        assert after.delivery(follow_up).state is S.CONFIRMED
        assert after.contradictions() == []
    finally:
        after.close()
        before.close()


def _rows(town: Town, *tables: str) -> dict[str, list[dict[str, Any]]]:
    with town.database.read() as unit:
        return {
            table: [
                dict(row._mapping)
                for row in unit.connection.execute(text(f"SELECT * FROM {table}"))
            ]
            for table in tables
        }


def _old_database(folder: Path, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """A database of schema 0001 that holds these rows, as far as it has their columns."""
    from alembic import command

    folder.mkdir(parents=True, mode=0o700)
    engine = create_engine(f"sqlite:///{folder / 'desk.db'}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        for table, found in rows.items():
            known = {row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))}
            for row in found:
                names = [name for name in row if name in known]
                marks = ", ".join(f":{name}" for name in names)
                statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
                connection.execute(text(statement), {name: row[name] for name in names})
    engine.dispose()
    (folder / "desk.db").chmod(0o600)
