"""Operators and the argon2id hashes of their passphrases."""

from sqlalchemy import Connection, func, insert, select

from crisisdesk.model.operator import Operator, Role
from crisisdesk.store.schema import operator


class Operators:
    """Operators within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Operator, passphrase_hash: str, now_ms: int) -> None:
        """Store a new operator; the name must be unused."""
        self._connection.execute(
            insert(operator),
            {
                "id": new.id,
                "name": new.name,
                "role": new.role.value,
                "passphrase": passphrase_hash,
                "created_at": now_ms,
            },
        )

    def all(self) -> list[Operator]:
        """Everybody, in order of name."""
        rows = self._connection.execute(select(operator).order_by(operator.c.name))
        return [Operator(row.id, row.name, Role(row.role)) for row in rows]

    def count(self) -> int:
        """How many there are; 0 on a new desk."""
        return self._connection.scalar(select(func.count()).select_from(operator)) or 0

    def find(self, name: str) -> tuple[Operator, str] | None:
        """An operator with the passphrase hash, by name whatever the case.

        Compared here, not in SQL: SQLite's lower() knows only ASCII.
        """
        wanted = name.strip().casefold()
        for row in self._connection.execute(select(operator)):
            if row.name.casefold() == wanted:
                return Operator(row.id, row.name, Role(row.role)), row.passphrase
        return None
