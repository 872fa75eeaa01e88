"""The log's values: entries in a hash chain and signed checkpoints of its head."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.mode import Mode


@dataclass(frozen=True, slots=True)
class Signer:
    """A desk's key: its public half (32 raw bytes) and the act of signing."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every entry of this run carries: which desk, which run, which mode, what time.

    `monotonic_ms` counts milliseconds since an arbitrary moment and never steps back.
    """

    desk: str
    boot: str
    mode: Mode
    now: Callable[[], datetime]
    monotonic_ms: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `body` is canonical JSON; `prev` and `hash` are 32 raw bytes."""

    seq: int
    prev: bytes
    hash: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The desk key's signature over (origin, seq, head hash). `public_key` is 32 raw bytes."""

    seq: int
    hash: bytes
    origin: str
    public_key: bytes
    signature: bytes


class Fault(StrEnum):
    """The ways a log can be broken."""

    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    RELINKED = "relinked"
    CUT = "cut"
    REWRITTEN = "rewritten"
    BAD_SIGNATURE = "bad signature"
    FOREIGN_KEY = "foreign key"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a log, at one entry, in words."""

    seq: int
    fault: Fault
    words: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verifier found. `anchored_to` is the last entry a good checkpoint covers."""

    entries: int
    head: bytes
    checkpoints: int
    anchored_to: int
    keys: tuple[bytes, ...]
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        """True when nothing at all was found wrong."""
        return not self.findings
