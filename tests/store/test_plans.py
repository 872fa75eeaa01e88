"""Plans in the database: what is due next, and moves that only one desk can make."""

from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.model.errors import Refused
from crisisdesk.model.plan import OPEN, OURS, Plan, PlanKind, PlanState
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from tests.town import Town

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
K, S = PlanKind, PlanState


@pytest.fixture
def alert_id(town: Town) -> str:
    """An alert that plans can be made for."""
    return town.compose("cap").id


def planned(alert_id: str, number: int, kind: PlanKind = K.SEND) -> Plan:
    due = NOW + timedelta(minutes=number)
    return Plan(f"p{number}", kind, alert_id, due, "Sam", NOW, NOW, number, S.WAITING, "why")


def add(database: Database, *plans: Plan) -> None:
    def put(unit: Unit) -> None:
        for plan in plans:
            unit.plans.add(plan)

    database.write(put)


def test_a_plan_comes_back_as_it_was_put_in(town: Town, alert_id: str) -> None:
    plan = planned(alert_id, 7, K.REPEAT)
    add(town.database, plan)
    with town.database.read() as unit:
        assert unit.plans.get("p7") == plan
        assert unit.plans.get("p8") is None


def test_the_next_due_comes_first(town: Town, alert_id: str) -> None:
    add(town.database, *(planned(alert_id, number) for number in (30, 10, 20)))
    add(town.database, planned(alert_id, 5, K.EXPIRY))
    with town.database.read() as unit:
        assert [each.id for each in unit.plans.find(OURS)] == ["p10", "p20", "p30"]
        assert unit.plans.find(OURS, (S.HELD,)) == []
        assert unit.plans.find(OURS, OPEN, "another") == []
        assert len(unit.plans.find((K.EXPIRY,), OPEN, alert_id)) == 1


def test_of_two_that_saw_the_same_only_one_moves_it(town: Town, alert_id: str) -> None:
    plan = planned(alert_id, 1)
    add(town.database, plan)
    won = [
        town.database.write(lambda unit: unit.plans.move(plan, S.RUNNING, NOW)) for _ in range(2)
    ]
    assert won == [True, False]


def test_a_repetition_that_went_on_is_not_run_by_who_saw_the_last_one(
    town: Town, alert_id: str
) -> None:
    seen = planned(alert_id, 1, K.REPEAT)
    add(town.database, seen)
    later = NOW + timedelta(hours=1)

    def run_once(unit: Unit) -> None:
        unit.plans.move(seen, S.RUNNING, NOW)
        running = unit.plans.get("p1")
        assert running
        unit.plans.move(running, S.WAITING, NOW, "again", later)

    town.database.write(run_once)
    assert not town.database.write(lambda unit: unit.plans.move(seen, S.RUNNING, NOW))
    with town.database.read() as unit:
        after = unit.plans.get("p1")
    assert after
    assert (after.due_at, after.words, after.state) == (later, "again", S.WAITING)


def test_what_is_done_is_not_undone(town: Town, alert_id: str) -> None:
    plan = planned(alert_id, 1)
    add(town.database, plan)
    town.database.write(lambda unit: unit.plans.move(plan, S.DROPPED, NOW))
    with town.database.read() as unit:
        dropped = unit.plans.get("p1")
    assert dropped
    with pytest.raises(Refused, match="dropped cannot become waiting"):
        town.database.write(lambda unit: unit.plans.move(dropped, S.WAITING, NOW))


def test_what_was_said_in_an_incident_is_told_in_order(town: Town) -> None:
    first, unsent, second = town.compose("cap"), town.compose("cap"), town.compose("cap")
    for each in (first, second):
        town.clock.go_on(minutes=1)
        town.database.write(lambda unit, a=each: unit.alerts.claim(a.id, town.clock.monotonic_ms()))
    with town.database.read() as unit:
        said = unit.plans.said_in(town.incident.id)
        assert unit.plans.said_at(unsent.id) is None
        assert unit.plans.said_at(second.id) == town.clock.now()
    assert said == [
        (first.id, town.clock.now() - timedelta(minutes=1)),
        (second.id, town.clock.now()),
    ]
