"""Accounts, cursors and single values."""

from crisisdesk.model.account import Account
from crisisdesk.store.database import Database

MASTO = Account("m", "mastodon", "Our Mastodon", {"server": "https://social.example"})


def test_accounts_are_put_replaced_and_removed(database: Database) -> None:
    other = Account("b", "bluesky", "A Bluesky", {}, enabled=False)
    changed = Account("m", "mastodon", "New name", {"server": "https://b.example"})
    for each in (MASTO, other, changed):
        database.write(lambda unit, new=each: unit.accounts.put(new))
    with database.read() as unit:
        assert unit.accounts.all() == [other, changed]
        assert unit.accounts.get("m") == changed
        assert unit.accounts.get("x") is None
    database.write(lambda unit: unit.accounts.remove("m"))
    with database.read() as unit:
        assert unit.accounts.all() == [other]


def test_a_limit_outlives_a_change_of_name(database: Database) -> None:
    database.write(lambda unit: unit.accounts.put(MASTO))
    database.write(lambda unit: unit.accounts.set_limit("m", 5000))
    database.write(lambda unit: unit.accounts.put(MASTO))
    with database.read() as unit:
        assert unit.accounts.limits() == {"m": 5000}


def test_cursors_move(database: Database) -> None:
    with database.read() as unit:
        assert unit.accounts.cursor("m") == ""
    for position in ("a", "b"):
        database.write(lambda unit, to=position: unit.accounts.move_cursor("m", to, 1))
    with database.read() as unit:
        assert unit.accounts.cursor("m") == "b"


def test_removing_an_account_removes_the_cursors_of_its_sources(database: Database) -> None:
    """An account added again under the same id starts listening from now, not from long ago."""
    database.write(lambda unit: unit.accounts.put(MASTO))
    database.write(lambda unit: unit.accounts.move_cursor("m", "a", 1))
    database.write(lambda unit: unit.accounts.move_cursor("m/mentions", "b", 1))
    database.write(lambda unit: unit.accounts.move_cursor("me/mentions", "c", 1))
    database.write(lambda unit: unit.accounts.remove("m"))
    with database.read() as unit:
        assert unit.accounts.cursor("m") == ""
        assert unit.accounts.cursor("m/mentions") == ""
        assert unit.accounts.cursor("me/mentions") == "c"


def test_single_values(database: Database) -> None:
    with database.read() as unit:
        assert unit.accounts.value("x") == ""
    for value in ("1", "2"):
        database.write(lambda unit, to=value: unit.accounts.set_value("x", to))
    with database.read() as unit:
        assert unit.accounts.value("x") == "2"
