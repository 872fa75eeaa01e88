"""Who may sit at the desk, what each may do, and the key each approves with."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.people import People
from crisisdesk.store.database import Database
from crisisdesk.system.keys import person_key
from tests.services.test_administering import NOT_ALLOWED, stored_bytes
from tests.town import HandClock

PHRASE = "four quiet herons"
OTHER = "five loud magpies"


@pytest.fixture
def people(database: Database, clock: HandClock) -> People:
    return People(database, clock.now)


def log(database: Database) -> list[bytes]:
    with database.read() as unit:
        return [row[3] for row in unit.log.rows()]


def test_the_first_person_needs_nobody(people: People) -> None:
    ada = people.add_operator("  Ada   Byron ", Role.ADMINISTRATOR, PHRASE)
    assert people.operators() == [ada]
    assert ada.name == "Ada Byron"


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_the_first_person_must_be_one_who_can_add_others(people: People, role: Role) -> None:
    with pytest.raises(BadInput, match="must be an administrator"):
        people.add_operator("Sam", role, PHRASE)
    assert people.operators() == []


@pytest.mark.parametrize("role", [None, *NOT_ALLOWED])
def test_later_people_need_an_administrator(people: People, role: Role | None) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    by = Operator("2", "Sam", role) if role else None
    with pytest.raises(Refused, match="Only an administrator"):
        people.add_operator("Eve", Role.ADMINISTRATOR, PHRASE, by)
    sam = people.add_operator("Sam", Role.SENDER, PHRASE, ada)
    assert people.operators() == [ada, sam]


@pytest.mark.parametrize(
    ("name", "phrase", "words"),
    [("  ", PHRASE, "name is empty"), ("Sam", "short", "shorter"), ("ADA", PHRASE, "already")],
)
def test_unfit_people_are_refused(people: People, name: str, phrase: str, words: str) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    with pytest.raises(BadInput, match=words):
        people.add_operator(name, Role.SENDER, phrase, ada)
    assert people.operators() == [ada]


def test_the_passphrase_is_kept_only_as_a_hash(people: People, database_file: Path) -> None:
    people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    people.sign_in("Ada", PHRASE)
    with pytest.raises(Refused):
        people.sign_in("Ada", "another wrong phrase")
    engine = create_engine(f"sqlite:///{database_file}")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT passphrase FROM operator")).scalar_one()
    engine.dispose()
    assert kept.startswith("$argon2id$")
    for words in (PHRASE, "another wrong phrase"):
        assert words.encode() not in stored_bytes(database_file)


def test_signing_in_and_out_is_logged(people: People, database: Database) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    assert people.sign_in(" ada ", PHRASE) == ada
    for name in ("Ada", "Nobody"):
        with pytest.raises(Refused, match="do not fit"):
            people.sign_in(name, "wrong")
    people.signed_out(ada, "lunch")
    actions = [entry.split(b'"action":"')[1].split(b'"')[0].decode() for entry in log(database)]
    assert actions == [
        *("operator.added", "operator.signed_in", "operator.refused", "operator.refused"),
        "operator.signed_out",
    ]


def test_wrong_passphrases_slow_down_and_never_lock_out(people: People) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    waits = []
    for name in ("Ada", "ADA", " ada", "Ada", "aDa", "Ada", "Ada"):
        with pytest.raises(Refused):
            people.sign_in(name, "wrong")
        waits.append(people.wait_before_next_try("Ada"))
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert people.wait_before_next_try("Sam") == 0
    assert people.sign_in("Ada", PHRASE) == ada
    assert people.wait_before_next_try("Ada") == 0


def test_not_even_a_million_wrong_tries_lock_out(people: People) -> None:
    people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    people._failures["ada"] = 1_000_000
    assert people.wait_before_next_try("Ada") == 30
    assert people.sign_in("Ada", PHRASE).name == "Ada"


def sealed(database: Database, operator: Operator) -> str:
    with database.read() as unit:
        return unit.operators.sealed_key(operator.id)


def test_everybody_gets_a_key_that_only_their_passphrase_opens(
    people: People, database: Database, database_file: Path
) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    box = sealed(database, ada)
    assert person_key(box, PHRASE).public_key.hex() == ada.public_key
    for wrong in (OTHER, "", PHRASE + " "):
        with pytest.raises(Refused, match="does not open"):
            person_key(box, wrong)
    assert ada.public_key.encode() in b"".join(log(database))
    assert PHRASE.encode() not in stored_bytes(database_file)


def test_somebody_from_before_there_were_keys_gets_one_when_signing_in(
    people: People, database: Database
) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    database.write(lambda unit: unit.operators.set_key(ada.id, "", ""))
    signed_in = people.sign_in("Ada", PHRASE)
    assert len(signed_in.public_key) == 64
    assert person_key(sealed(database, ada), PHRASE).public_key.hex() == signed_in.public_key
    assert people.sign_in("Ada", PHRASE) == signed_in


def test_a_new_passphrase_brings_a_new_key(people: People, database: Database) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    people.set_passphrase(ada.id, OTHER, ada)
    with pytest.raises(Refused):
        people.sign_in("Ada", PHRASE)
    after = people.sign_in("Ada", OTHER)
    assert after.public_key != ada.public_key
    assert person_key(sealed(database, ada), OTHER).public_key.hex() == after.public_key


def test_only_oneself_or_an_administrator_changes_a_passphrase(people: People) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    sam = people.add_operator("Sam", Role.SENDER, PHRASE, ada)
    eve = people.add_operator("Eve", Role.APPROVER, PHRASE, ada)
    with pytest.raises(Refused, match="Only an administrator"):
        people.set_passphrase(sam.id, OTHER, eve)
    with pytest.raises(BadInput, match="shorter"):
        people.set_passphrase(sam.id, "short", sam)
    people.set_passphrase(sam.id, OTHER, sam)
    people.set_passphrase(eve.id, OTHER, ada)
    assert people.sign_in("Sam", OTHER).id == sam.id


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_only_an_administrator_changes_roles_and_removes(people: People, role: Role) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    sam = people.add_operator("Sam", role, PHRASE, ada)
    with pytest.raises(Refused, match="Only an administrator"):
        people.set_role(sam.id, Role.ADMINISTRATOR, sam)
    with pytest.raises(Refused, match="Only an administrator"):
        people.remove(ada.id, sam)
    people.set_role(sam.id, Role.AUDITOR, ada)
    assert {each.name: each.role for each in people.operators()}["Sam"] is Role.AUDITOR


def test_there_is_always_an_administrator(people: People) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    for act in (
        lambda: people.remove(ada.id, ada),
        lambda: people.set_role(ada.id, Role.SENDER, ada),
    ):
        with pytest.raises(Refused, match="only administrator"):
            act()
    bea = people.add_operator("Bea", Role.ADMINISTRATOR, PHRASE, ada)
    people.remove(ada.id, bea)
    assert [each.name for each in people.operators()] == ["Bea"]


def test_who_left_cannot_sign_in_and_the_name_is_free_again(people: People) -> None:
    ada = people.add_operator("Ada", Role.ADMINISTRATOR, PHRASE)
    sam = people.add_operator("Sam", Role.SENDER, PHRASE, ada)
    people.remove(sam.id, ada)
    with pytest.raises(Refused):
        people.sign_in("Sam", PHRASE)
    with pytest.raises(Refused, match="no such person"):
        people.set_role(sam.id, Role.VIEWER, ada)
    again = people.add_operator("Sam", Role.VIEWER, OTHER, ada)
    assert again.id != sam.id
    assert people.sign_in("Sam", OTHER) == again


@pytest.mark.parametrize("name", ["desk", "Desk", "gate", " exercise  control "])
def test_nobody_is_called_what_the_log_calls_the_program(people: People, name: str) -> None:
    with pytest.raises(BadInput, match="what the log calls the program"):
        people.add_operator(name, Role.ADMINISTRATOR, "four quiet herons")
