"""Accounts, their cursors, and single values of the desk. No secret is ever stored here."""

from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from crisisdesk.model.account import Account
from crisisdesk.store.schema import account, cursor, desk


class Accounts:
    """Accounts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, new: Account) -> None:
        """Add or replace an account."""
        row = {
            "id": new.id,
            "kind": new.kind,
            "name": new.name,
            "settings": orjson.dumps(new.settings, option=orjson.OPT_SORT_KEYS).decode(),
            "enabled": new.enabled,
        }
        changed = self._connection.execute(
            update(account).where(account.c.id == new.id).values(**row)
        )
        if not changed.rowcount:
            self._connection.execute(insert(account), row)

    def remove(self, account_id: str) -> None:
        """Remove an account and the cursors of its sources."""
        self._connection.execute(delete(account).where(account.c.id == account_id))
        of_sources = cursor.c.account_id.startswith(f"{account_id}/", autoescape=True)
        own = or_(cursor.c.account_id == account_id, of_sources)
        self._connection.execute(delete(cursor).where(own))

    def all(self) -> list[Account]:
        """Every account in order of name."""
        rows = self._connection.execute(select(account).order_by(account.c.name))
        return [_read(row) for row in rows]

    def get(self, account_id: str) -> Account | None:
        """One account by its id."""
        row = self._connection.execute(select(account).where(account.c.id == account_id)).first()
        return _read(row) if row else None

    def limits(self) -> dict[str, int | None]:
        """The text limit that each account's network announced, where it did."""
        rows = self._connection.execute(select(account.c.id, account.c.text_limit))
        return {row.id: row.text_limit for row in rows}

    def set_limit(self, account_id: str, limit: int) -> None:
        """Remember the text limit a network announced."""
        self._connection.execute(
            update(account).where(account.c.id == account_id).values(text_limit=limit)
        )

    def cursor(self, account_id: str) -> str:
        """Where a source stopped reading; "" before its first time."""
        query = select(cursor.c.position).where(cursor.c.account_id == account_id)
        return self._connection.scalar(query) or ""

    def move_cursor(self, account_id: str, position: str, now_ms: int) -> None:
        """Remember where a source stopped reading, in the transaction that stores its items."""
        row = {"account_id": account_id, "position": position, "moved_at": now_ms}
        changed = self._connection.execute(
            update(cursor).where(cursor.c.account_id == account_id).values(**row)
        )
        if not changed.rowcount:
            self._connection.execute(insert(cursor), row)

    def value(self, name: str) -> str:
        """One remembered value of the desk; "" when unset."""
        return desk_value(self._connection, name)

    def set_value(self, name: str, value: str) -> None:
        """Remember one value of the desk."""
        set_desk_value(self._connection, name, value)


def desk_value(connection: Connection, name: str) -> str:
    """One remembered value of the desk; "" when unset."""
    return connection.scalar(select(desk.c.value).where(desk.c.name == name)) or ""


def set_desk_value(connection: Connection, name: str, value: str) -> None:
    """Remember one value of the desk."""
    changed = connection.execute(update(desk).where(desk.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(desk), {"name": name, "value": value})


def _read(row: Row[Any]) -> Account:
    return Account(row.id, row.kind, row.name, orjson.loads(row.settings), bool(row.enabled))
