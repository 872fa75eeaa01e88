"""Operators: named people with a role."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do at the desk."""

    VIEWER = "viewer"
    DRAFTER = "drafter"
    APPROVER = "approver"
    SENDER = "sender"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def may_broadcast(self) -> bool:
        """Whether this role may send to the public."""
        return self in (Role.SENDER, Role.APPROVER, Role.ADMINISTRATOR)

    @property
    def may_configure(self) -> bool:
        """Whether this role may change channels and people."""
        return self is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the desk; the passphrase is kept only as an argon2id hash in the store."""

    id: str
    name: str
    role: Role
