"""Operators and the argon2id hashes of their passphrases."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from crisisdesk.model.operator import Operator, Role
from crisisdesk.store.schema import operator


class Operators:
    """Operators within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Operator, passphrase_hash: str, now_ms: int, sealed_key: str = "") -> None:
        """Store a new operator; the name must be unused."""
        self._connection.execute(
            insert(operator),
            {
                "id": new.id,
                "name": new.name,
                "role": new.role.value,
                "passphrase": passphrase_hash,
                "created_at": now_ms,
                "public_key": new.public_key,
                "sealed_key": sealed_key,
            },
        )

    def all(self) -> list[Operator]:
        """Everybody who has not left, in order of name."""
        here = select(operator).where(operator.c.left_at.is_(None)).order_by(operator.c.name)
        return [_read(row) for row in self._connection.execute(here)]

    def get(self, operator_id: str) -> Operator | None:
        """One operator who has not left, by id."""
        query = select(operator).where(operator.c.id == operator_id, operator.c.left_at.is_(None))
        row = self._connection.execute(query).first()
        return _read(row) if row else None

    def as_now(self, operator_id: str) -> Operator | None:
        """Somebody as they are now, a viewer once they have left; None if never known here."""
        row = self._connection.execute(select(operator).where(operator.c.id == operator_id)).first()
        if row is None:
            return None
        person = _read(row)
        return replace(person, role=Role.VIEWER) if row.left_at is not None else person

    def count(self) -> int:
        """How many there ever were; 0 on a new desk."""
        return self._connection.scalar(select(func.count()).select_from(operator)) or 0

    def find(self, name: str) -> tuple[Operator, str] | None:
        """An operator with the passphrase hash, by name whatever the case.

        Compared here, not in SQL: SQLite's lower() knows only ASCII.
        """
        wanted = name.strip().casefold()
        here = select(operator).where(operator.c.left_at.is_(None))
        for row in self._connection.execute(here):
            if row.name.casefold() == wanted:
                return _read(row), row.passphrase
        return None

    def sealed_key(self, operator_id: str) -> str:
        """Somebody's approval key, sealed with their passphrase; "" when there is none."""
        query = select(operator.c.sealed_key).where(operator.c.id == operator_id)
        return self._connection.scalar(query) or ""

    def set_key(self, operator_id: str, public_key: str, sealed_key: str) -> None:
        """Give somebody an approval key."""
        self._set(operator_id, public_key=public_key, sealed_key=sealed_key)

    def set_passphrase(
        self, operator_id: str, passphrase_hash: str, public_key: str, sealed_key: str
    ) -> None:
        """A new passphrase comes with a new key: the old one was sealed with the old passphrase."""
        self._set(
            operator_id,
            passphrase=passphrase_hash,
            public_key=public_key,
            sealed_key=sealed_key,
        )

    def set_role(self, operator_id: str, role: Role) -> None:
        """Let somebody do other things from now on."""
        self._set(operator_id, role=role.value)

    def leave(self, operator_id: str, now_ms: int, name: str) -> None:
        """Somebody leaves for good; their name becomes free, their past stays."""
        self._set(operator_id, left_at=now_ms, name=f"{name} (left {operator_id[:8]})")

    def _set(self, operator_id: str, **values: Any) -> None:
        self._connection.execute(
            update(operator).where(operator.c.id == operator_id).values(**values)
        )


def _read(row: Row[Any]) -> Operator:
    return Operator(row.id, row.name, Role(row.role), row.public_key)
