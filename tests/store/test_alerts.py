"""Alerts are frozen; their deliveries move only as they may."""

import itertools
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.delivery import (
    MOVES,
    DeliveryState,
    Outcome,
    RecipientResult,
    Verdict,
    may_move,
)
from crisisdesk.model.errors import Refused, StoreError
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.store.database import Database
from tests.rules.test_capping import NOW, alert

S = DeliveryState
PART = Rendered("masto", "mastodon", "en", "Text", "Subject")


@pytest.fixture
def kept(database: Database) -> Alert:
    """An alert that is stored."""
    incident = Incident("incident-1", "K7Q3", "Flood", NOW, "Sam")
    new = alert(Step.ALERT)
    database.write(lambda unit: unit.incidents.add(incident, Mode.LIVE))
    database.write(lambda unit: unit.alerts.add(new))
    return new


def follow_up(database: Database, number: int, references: str) -> str:
    from dataclasses import replace

    new = replace(alert(Step.UPDATE), id=f"f{number}", marker=f"m{number}", references=references)
    database.write(lambda unit: unit.alerts.add(new))
    return new.id


def prepared(database: Database, kept: Alert, language: str = "en") -> str:
    name = str(uuid.uuid4())
    part = Rendered("masto", "mastodon", language, "Text", "Subject")
    database.write(lambda unit: unit.alerts.prepare(name, kept.id, part, f"key-{name}", 5))
    return name


def test_an_alert_comes_back_as_it_was(database: Database, kept: Alert) -> None:
    with database.read() as unit:
        assert unit.alerts.get(kept.id) == kept
        assert unit.alerts.get("nowhere") is None


def test_exactly_one_caller_claims_an_alert(database: Database, kept: Alert) -> None:
    claimed: list[bool] = []
    together = threading.Barrier(8)

    def work() -> None:
        together.wait(10)
        claimed.append(database.write(lambda unit: unit.alerts.claim(kept.id, 9)))

    crowd = [threading.Thread(target=work) for _ in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(30)
    assert sorted(claimed) == [False] * 7 + [True]
    with database.read() as unit:
        assert unit.alerts.recent() == [kept]


def test_the_public_heard_from_us_once_a_network_took_it(database: Database, kept: Alert) -> None:
    name = prepared(database, kept)
    database.write(lambda unit: unit.alerts.claim(kept.id, 9))
    heard = []
    for state in (S.SENDING, S.UNKNOWN, S.ACCEPTED, S.CONFIRMED):
        database.write(lambda unit, to=state: unit.alerts.move(name, to, 10))
        with database.read() as unit:
            heard.append(unit.alerts.last_broadcast_ms())
    assert heard == [0, 0, 9, 9]


def test_nothing_was_broadcast_yet(database: Database, kept: Alert) -> None:
    with database.read() as unit:
        assert (unit.alerts.recent(), unit.alerts.last_broadcast_ms()) == ([], 0)
    assert not database.write(lambda unit: unit.alerts.claim("nowhere", 9))


def test_a_chain_goes_back_to_the_first_alert(database: Database, kept: Alert) -> None:
    second = follow_up(database, 2, kept.id)
    third = follow_up(database, 3, second)
    with database.read() as unit:
        assert unit.alerts.chain(third) == [third, second, kept.id]
        assert unit.alerts.chain("") == []


def test_a_circle_of_references_ends(database: Database, kept: Alert) -> None:
    follow_up(database, 1, "f2")
    follow_up(database, 2, "f1")
    with database.read() as unit:
        assert unit.alerts.chain("f1") == ["f1", "f2"]


def routes() -> Iterator[tuple[DeliveryState, list[DeliveryState]]]:
    """For each state the shortest legal way to it from `prepared`."""
    known: dict[DeliveryState, list[DeliveryState]] = {S.PREPARED: []}
    waiting = [S.PREPARED]
    while waiting:
        state = waiting.pop(0)
        for new in sorted(MOVES[state] - set(known)):
            known[new] = [*known[state], new]
            waiting.append(new)
    yield from known.items()


def test_every_state_can_be_reached() -> None:
    assert {state for state, _ in routes()} == set(S)


@pytest.mark.parametrize(
    ("route", "new"), [(way, new) for (_, way), new in itertools.product(routes(), S)]
)
def test_only_legal_moves_are_kept(
    database: Database, kept: Alert, route: list[DeliveryState], new: DeliveryState
) -> None:
    name = prepared(database, kept)
    old = S.PREPARED
    for state in route:
        moved = database.write(lambda unit, to=state: unit.alerts.move(name, to, 6))
        assert moved is old
        old = state
    if may_move(old, new):
        assert database.write(lambda unit: unit.alerts.move(name, new, 7)) is old
    else:
        with pytest.raises(Refused, match="cannot become"):
            database.write(lambda unit: unit.alerts.move(name, new, 7))
    with database.read() as unit:
        delivery = unit.alerts.delivery(name)
    assert delivery is not None
    assert delivery.state is (new if may_move(old, new) else old)


def test_a_move_keeps_its_evidence(database: Database, kept: Alert) -> None:
    name = prepared(database, kept)
    recipients = (RecipientResult("a@x", Verdict.ACCEPTED, "250 ok"),)
    outcome = Outcome(Verdict.ACCEPTED, "said yes", "id-1", "https://x", recipients=recipients)
    database.write(lambda unit: unit.alerts.move(name, S.SENDING, 6))
    database.write(lambda unit: unit.alerts.move(name, S.ACCEPTED, 7, outcome))
    database.write(lambda unit: unit.alerts.add_evidence(name, "looked", 8))
    database.write(
        lambda u: u.alerts.move(name, S.CONFIRMED, 9, Outcome(Verdict.CONFIRMED, "seen"))
    )
    with database.read() as unit:
        (found,) = unit.alerts.in_state(S.CONFIRMED)
        assert unit.alerts.deliveries(kept.id) == [found]
    assert (found.external_id, found.url, found.evidence) == ("id-1", "https://x", "seen")
    assert (found.recipients, found.changed_at - found.created_at) == (
        recipients,
        timedelta(milliseconds=4),
    )
    assert (found.text, found.subject, found.language) == ("Text", "Subject", "en")


def test_one_delivery_for_each_account_and_language(database: Database, kept: Alert) -> None:
    prepared(database, kept)
    prepared(database, kept, "cy")
    with pytest.raises(StoreError):
        prepared(database, kept)


def test_deliveries_that_are_not_there(database: Database) -> None:
    with database.read() as unit:
        assert unit.alerts.delivery("nowhere") is None
        assert unit.alerts.deliveries("nowhere") == []
        assert unit.alerts.references("nowhere") == ""
