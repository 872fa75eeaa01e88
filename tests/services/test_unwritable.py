"""A database that cannot be written for a while: what networks said meanwhile is not lost."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from crisisdesk.channels.base import Channel
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import StoreError
from crisisdesk.store import database
from tests.town import SENDER, Town

S = DeliveryState


class Lock:
    """Another program that holds the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._held = False

    def take(self) -> None:
        """Hold it."""
        with self._guard:
            if not self._held:
                self._connection.execute("BEGIN IMMEDIATE")
                self._held = True

    def let_go(self) -> None:
        """Give it back."""
        with self._guard:
            if self._held:
                self._connection.execute("ROLLBACK")
                self._held = False


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Town:
    """A town that does not wait long for its database."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    return request.getfixturevalue("town")


@pytest.fixture
def lock(hurried: Town) -> Iterator[Lock]:
    """What somebody else may do to the town's database."""
    file = hurried.folder / "desk" / "desk.db"
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(connection):
        held = Lock(connection)
        yield held
        held.let_go()


def after(monkeypatch: pytest.MonkeyPatch, method: str, act: Callable[[], None]) -> None:
    """Have something happen when a channel has done something."""
    real = getattr(Channel, method)

    def wrapped(self: Channel, *args: object) -> object:
        outcome = real(self, *args)
        act()
        return outcome

    monkeypatch.setattr(Channel, method, wrapped)


def test_an_outcome_that_cannot_be_written_is_written_later(
    hurried: Town, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, "send", lock.take)
    alert = hurried.send("masto", "mail")
    assert set(hurried.states(alert).values()) == {S.SENDING}
    hurried.run_planned()
    assert set(hurried.states(alert).values()) == {S.SENDING}
    lock.let_go()
    hurried.run_planned()
    hurried.settle()
    assert hurried.states(alert) == {"masto": S.CONFIRMED, "mail": S.ACCEPTED}
    assert (len(hurried.mastodon.statuses), len(hurried.mail.messages)) == (1, 1)


def test_what_did_not_leave_is_still_retried(
    hurried: Town, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crisisdesk.simnet.faults import Fault

    hurried.mastodon.faults.add(Fault("refuse", "POST /api/v1/statuses"))
    after(monkeypatch, "send", lock.take)
    alert = hurried.send("masto")
    lock.let_go()
    hurried.run_planned()
    assert hurried.delivery(alert).state is S.RETRYING
    lock.take()
    hurried.run_planned()
    assert hurried.delivery(alert).state is S.RETRYING
    monkeypatch.undo()
    lock.let_go()
    while hurried.run_planned():
        pass
    assert (hurried.delivery(alert).state, len(hurried.mastodon.statuses)) == (S.CONFIRMED, 1)


def test_a_look_that_cannot_be_written_is_repeated(
    hurried: Town, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, "find", lock.take)
    alert = hurried.send("masto")
    assert hurried.delivery(alert).state is S.ACCEPTED
    lock.let_go()
    monkeypatch.undo()
    hurried.run_planned()
    assert hurried.delivery(alert).state is S.CONFIRMED


def test_a_withdrawal_that_cannot_be_written_is_written_later(
    hurried: Town, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = hurried.send("masto", "mail")
    after(monkeypatch, "delete", lock.take)
    hurried.settling.retract(alert.id, SENDER, "wrong bridge")
    hurried.settle()
    lock.let_go()
    hurried.run_planned()
    assert hurried.states(alert) == {"masto": S.WITHDRAWN, "mail": S.ACCEPTED}
    assert "delivery.not_withdrawn" in hurried.actions()


def test_sending_is_refused_while_nothing_can_be_written(hurried: Town, lock: Lock) -> None:
    alert = hurried.compose()
    lock.take()
    with pytest.raises(StoreError, match="Another program holds the database"):
        hurried.dispatch.broadcast(alert.id, SENDER)
    assert hurried.states(alert) == {}
    lock.let_go()
    hurried.dispatch.broadcast(alert.id, SENDER)
    hurried.settle()
    assert set(hurried.states(alert).values()) == {S.CONFIRMED, S.ACCEPTED}
    assert len(hurried.mastodon.statuses) == 1
