"""Approval: a second person's agreement to exact bytes, on exact channels, until an exact time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How the agreement was given."""

    SIGNED = "signed"
    READ_BACK = "read back"
    BREAK_GLASS = "break-glass"


class RequestState(StrEnum):
    """What became of a request for approval. Only a waiting one can be decided."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Request:
    """One alert waiting for, or decided by, a second person.

    `statement_hash` is the hex SHA-256 of what is to be signed; `nonce` makes every request
    another one, even for the same words.
    """

    id: str
    alert_id: str
    statement_hash: str
    nonce: str
    asked_by: str
    asked_at: datetime
    state: RequestState = RequestState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed, how, to which bytes. `public_key` and `signature` are hex, or empty."""

    id: str
    request_id: str
    alert_id: str
    way: Way
    operator_id: str
    operator_name: str
    content_hash: str
    statement_hash: str
    nonce: str
    approved_at: datetime
    expires_at: datetime
    public_key: str = ""
    signature: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """One-time codes as they are printed, by letter. Only their hashes are kept."""

    operator_name: str
    made_at: datetime
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an operator must have seen, such as a broken glass."""

    id: str
    kind: str
    words: str
    made_at: datetime
