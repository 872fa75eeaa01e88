"""Faults a simulated network can be told to show: refusals, lost answers, captive portals."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["refuse", "lost_answer", "timeout", "status", "html", "truncate", "empty"]

CAPTIVE_PORTAL = (
    b"<!DOCTYPE html><html><head><title>Guest Wi-Fi</title></head>"
    b"<body><p>Accept the terms of use to go online.</p></body></html>"
)
"""What a guest network answers, with status 200, in place of the service that was asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong, for the next `times` requests that match.

    - ``refuse``: ConnectionRefusedError, nothing is processed.
    - ``lost_answer``: the request takes effect, then ConnectionResetError.
    - ``timeout``: TimeoutError; the request has taken effect only if `processed` is set.
    - ``status``: answers `status`, `headers` and `body`; nothing is processed.
    - ``html``: status 200 and a captive portal page; nothing is processed.
    - ``truncate``: the request takes effect, half of the answer's body comes back.
    - ``empty``: the request takes effect, the answer is 200 with no body.

    `match` is the start of "METHOD path" ("POST /api/v1/statuses"), for mail the start of the
    command line with its verb in capitals ("DATA", "RCPT TO:<ann@example.org>"); the default
    matches everything. `times` of -1 is for ever.
    """

    kind: FaultKind
    match: str = ""
    times: int = 1
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    processed: bool = False


class Faults:
    """The faults still to show, oldest first, and a history of those shown. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int]] = []
        self._history: list[tuple[str, Fault]] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault. Raises ValueError when `times` is neither positive nor -1."""
        if fault.times < 1 and fault.times != -1:
            raise ValueError(f"times must be positive or -1, not {fault.times}")
        with self._lock:
            self._waiting.append((fault, fault.times))

    def clear(self) -> None:
        """Forget the faults still waiting; the history stays."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> list[tuple[Fault, int]]:
        """The faults still to show, and for how many requests; -1 is for ever."""
        with self._lock:
            return list(self._waiting)

    def take(self, method_and_path: str) -> Fault | None:
        """The oldest waiting fault that matches, with one of its times used up; None if none."""
        with self._lock:
            for place, (fault, left) in enumerate(self._waiting):
                if method_and_path.startswith(fault.match):
                    self._use(place, fault, left)
                    self._history.append((method_and_path, fault))
                    return fault
        return None

    def _use(self, place: int, fault: Fault, left: int) -> None:
        if left == 1:
            del self._waiting[place]
        elif left > 1:
            self._waiting[place] = (fault, left - 1)

    @property
    def history(self) -> list[tuple[str, Fault]]:
        """("METHOD path", fault) for each fault shown so far, oldest first."""
        with self._lock:
            return list(self._history)
