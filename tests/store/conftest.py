"""Databases of both kinds, and rows to put in."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.store.database import Database

Open = Callable[..., Database]


@pytest.fixture
def open_database(stamp: Stamp, signer: Signer) -> Iterator[Open]:
    """Opens databases and closes them when the test is over."""
    opened: list[Database] = []

    def open_one(url: str, **more: object) -> Database:
        opened.append(Database(url, stamp, signer, **more))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The URL of a PostgreSQL database without a table."""
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres
