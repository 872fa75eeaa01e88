"""Incidents and drafts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from crisisdesk.model.errors import StoreError
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import from_ms
from crisisdesk.store.database import Database
from crisisdesk.store.schema import incident

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def opened(database: Database, number: int) -> Incident:
    moment = NOW + timedelta(minutes=number)
    new = Incident(f"i{number}", f"REF{number}", f"Incident {number}", moment, "Sam")
    database.write(lambda unit: unit.incidents.add(new, Mode.LIVE))
    return new


def test_newest_first_and_open_ones_before_closed(database: Database) -> None:
    one, two, three = (opened(database, number) for number in (1, 2, 3))
    closing = update(incident).where(incident.c.id == "i3").values(closed_at=5)
    database.write(lambda unit: unit.connection.execute(closing).close())
    with database.read() as unit:
        found = unit.incidents.recent()
        assert unit.incidents.recent(limit=1) == [two]
        assert unit.incidents.get("i1") == one
        assert unit.incidents.get("x") is None
    assert found[:2] == [two, one]
    assert found[2].id == three.id
    assert found[2].closed_at == datetime(1970, 1, 1, 0, 0, 0, 5000, UTC)


def test_a_reference_is_given_once(database: Database) -> None:
    opened(database, 1)
    with database.read() as unit:
        assert unit.incidents.ref_taken("REF1")
        assert not unit.incidents.ref_taken("REF2")
    with pytest.raises(StoreError):
        database.write(
            lambda unit: unit.incidents.add(Incident("x", "REF1", "n", NOW, "Sam"), Mode.LIVE)
        )


def test_serials_count_each_incident_from_one(database: Database) -> None:
    opened(database, 1)
    opened(database, 2)
    numbers = [
        database.write(lambda unit, of=name: unit.incidents.next_serial(of))
        for name in ("i1", "i1", "i2", "i1")
    ]
    assert numbers == [1, 2, 1, 3]


def test_one_draft_for_each_operator(database: Database) -> None:
    for name, words in (("a", "1"), ("b", "2"), ("a", "3")):
        body = {"values": {"x": words}}
        database.write(lambda unit, to=name, it=body: unit.incidents.save_draft(to, it, 1))
    with database.read() as unit:
        assert unit.incidents.load_draft("a") == ({"values": {"x": "3"}}, from_ms(1))
        assert unit.incidents.load_draft("c") is None
    database.write(lambda unit: unit.incidents.drop_draft("a"))
    with database.read() as unit:
        assert unit.incidents.load_draft("a") is None
        assert unit.incidents.load_draft("b") == ({"values": {"x": "2"}}, from_ms(1))
