"""PostgreSQL answers on loopback."""

import psycopg
import pytest

pytestmark = pytest.mark.server


def test_rows_are_kept(postgres: str) -> None:
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TEMPORARY TABLE smoke (text text)")
        connection.execute("INSERT INTO smoke VALUES ('wærning')")
        assert connection.execute("SELECT text FROM smoke").fetchall() == [("wærning",)]
