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
    def may_record(self) -> bool:
        """Whether this role may write into the record: notes, what was handled, incidents."""
        return self not in (Role.VIEWER, Role.AUDITOR)

    @property
    def may_compose(self) -> bool:
        """Whether this role may write messages and ask for their approval."""
        return self.may_record

    @property
    def may_broadcast(self) -> bool:
        """Whether this role may send to the public."""
        return self in (Role.SENDER, Role.APPROVER, Role.ADMINISTRATOR)

    @property
    def may_approve(self) -> bool:
        """Whether this role may be the second person: never who sets the desk up."""
        return self is Role.APPROVER

    @property
    def may_configure(self) -> bool:
        """Whether this role may change channels and people."""
        return self is Role.ADMINISTRATOR

    @property
    def words(self) -> str:
        """What the role allows, in words."""
        return _WORDS[self.value]


_WORDS = {
    "viewer": "sees everything, changes nothing",
    "drafter": "writes messages and asks for approval; does not send",
    "approver": "approves what others wrote; may send",
    "sender": "writes and sends; needs a second person for severe messages",
    "administrator": "sets up channels and people; may send, never approves",
    "auditor": "reads and verifies the log, changes nothing",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the desk; the passphrase is kept only as an argon2id hash in the store.

    `public_key` is the hex of the Ed25519 key that this person approves with.
    """

    id: str
    name: str
    role: Role
    public_key: str = ""
