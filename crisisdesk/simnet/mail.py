"""A simulated mail server that keeps what it is sent (RFC 5321, no relaying)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from crisisdesk.simnet.faults import Faults
from crisisdesk.simnet.mail_session import MailSession
from crisisdesk.simnet.timing import Clock

MAX_SIZE = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One accepted message: its envelope, and the data with the dots unstuffed."""

    queue_id: str
    sender: str
    recipients: tuple[str, ...]
    data: bytes
    received_at: datetime


class MailSim:
    """The server. `messages` holds what it accepted; `max_size` is in bytes.

    Log-in is open to anyone until an account is added; from then on mail needs one.
    """

    def __init__(self, now: Clock, *, max_size: int = MAX_SIZE) -> None:
        self.now = now
        self.max_size = max_size
        self.faults = Faults()
        self.messages: list[Message] = []
        self._lock = threading.Lock()
        self._refused: dict[str, tuple[int, str]] = {}
        self._accounts: dict[str, str] = {}

    def refuse(self, address: str, code: int, text: str) -> None:
        """Answer RCPT for this address, in any case, with "code text", until told otherwise."""
        with self._lock:
            self._refused[address.casefold()] = (code, text)

    def add_account(self, user: str, password: str) -> None:
        """Add a log-in, and demand one before mail from now on."""
        with self._lock:
            self._accounts[user] = password

    def session(self) -> MailSession:
        """The server's end of one new connection."""
        return MailSession(self)

    @property
    def needs_login(self) -> bool:
        """Whether mail is only taken after AUTH."""
        return bool(self._accounts)

    def knows(self, user: str, password: str) -> bool:
        """Whether this log-in is right."""
        return not self._accounts or self._accounts.get(user) == password

    def refusal(self, address: str) -> tuple[int, str] | None:
        """The (code, text) this recipient is refused with."""
        return self._refused.get(address.casefold())

    def store(self, sender: str, recipients: tuple[str, ...], data: bytes) -> str:
        """Keep a message; returns its queue id."""
        with self._lock:
            queue_id = f"{len(self.messages) + 1:06d}"
            self.messages.append(Message(queue_id, sender, recipients, data, self.now()))
            return queue_id
