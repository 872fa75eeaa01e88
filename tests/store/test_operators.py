"""People and the hashes of their passphrases."""

import pytest

from crisisdesk.model.errors import StoreError
from crisisdesk.model.operator import Operator, Role
from crisisdesk.store.database import Database

SAM = Operator("1", "Sam Öz", Role.SENDER)
KIM = Operator("2", "Kim", Role.ADMINISTRATOR)


@pytest.fixture
def people(database: Database) -> Database:
    database.write(lambda unit: unit.operators.add(SAM, "hash-1", 1))
    database.write(lambda unit: unit.operators.add(KIM, "hash-2", 2))
    return database


def test_a_new_desk_has_nobody(database: Database) -> None:
    with database.read() as unit:
        assert (unit.operators.count(), unit.operators.all()) == (0, [])
        assert unit.operators.find("Sam") is None


def test_everybody_in_order_of_name(people: Database) -> None:
    with people.read() as unit:
        assert (unit.operators.count(), unit.operators.all()) == (2, [KIM, SAM])


@pytest.mark.parametrize("name", ["Kim", "kim", " KIM ", "kIM\n"])
def test_found_whatever_the_case(people: Database, name: str) -> None:
    with people.read() as unit:
        assert unit.operators.find(name) == (KIM, "hash-2")


@pytest.mark.parametrize("name", ["Sam Öz", "sam Öz", "SAM ÖZ", "sam öz"])
def test_found_whatever_the_case_of_letters_beyond_ascii(people: Database, name: str) -> None:
    with people.read() as unit:
        assert unit.operators.find(name) == (SAM, "hash-1")


@pytest.mark.parametrize("name", ["", "Ki", "Kim%", "K_m", "' OR 1=1 --"])
def test_nobody_else_is_found(people: Database, name: str) -> None:
    with people.read() as unit:
        assert unit.operators.find(name) is None


def test_a_name_is_given_once(people: Database) -> None:
    with pytest.raises(StoreError):
        people.write(lambda unit: unit.operators.add(Operator("3", "Kim", Role.VIEWER), "h", 3))
