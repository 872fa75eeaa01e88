"""The log's values: entries in a hash chain and signed checkpoints of its head."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.chance import strong_key
from crisisdesk.model.mode import Mode


@dataclass(frozen=True, slots=True)
class Signer:
    """A desk's key: its public half (32 raw bytes) and the act of signing."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every entry of this run carries: which desk, which run, which mode, what time.

    `monotonic_ms` counts milliseconds since an arbitrary moment and never steps back. `new_key`
    gives 32 bytes for each text that the chain only commits to; an exercise repeats its own.
    """

    desk: str
    boot: str
    mode: Mode
    now: Callable[[], datetime]
    monotonic_ms: Callable[[], int]
    new_key: Callable[[], bytes] = strong_key


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `body` is canonical JSON; `prev` and `hash` are 32 raw bytes."""

    seq: int
    prev: bytes
    hash: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """The words that entry `seq` only commits to (32 bytes), and the key (32 bytes) they open with.

    Once the words were taken away the key is empty, `words` is a stub, and `redacted` the number
    of the entry that says by whom, why, and on which legal basis; it is 0 before.
    """

    seq: int
    commitment: bytes
    key: bytes
    words: str
    redacted: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a desk's key signed of the log when it had `seq` entries, the last with this hash.

    `note` is the signed note as it was written, `root` the Merkle root in it and `at` its time;
    all are empty in the first form, which was a signature over (origin, seq, hash) alone.
    `public_key` has 32 raw bytes, or none where a note was kept without its key. `place` says
    where it was kept; it is empty when that was with the log itself.
    """

    seq: int
    hash: bytes
    origin: str
    public_key: bytes
    signature: bytes
    note: str = ""
    root: bytes = b""
    at: str = ""
    place: str = ""


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
    WRONG_ROOT = "wrong root"
    FORGED_PROOF = "forged proof"
    MALFORMED = "malformed"
    WORDS_CHANGED = "words changed"
    WORDS_GONE = "words gone"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a log, at one entry, in words."""

    seq: int
    fault: Fault
    words: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verifier found.

    `anchored_to` is the last entry that a good checkpoint covers, wherever it was kept; `anchor`
    the last good one that was kept outside the log. `roots` counts the checkpoints whose Merkle
    root was worked out again, `first_form` those that hold none. `words` counts the texts beside
    the log that are those its entries commit to, `redacted` those an entry took away, `absent`
    those that are left out of this copy.
    """

    entries: int
    head: bytes
    checkpoints: int
    anchored_to: int
    keys: tuple[bytes, ...]
    findings: tuple[Finding, ...]
    anchor: Checkpoint | None = None
    roots: int = 0
    first_form: int = 0
    words: int = 0
    redacted: int = 0
    absent: int = 0

    @property
    def intact(self) -> bool:
        """True when nothing at all was found wrong."""
        return not self.findings
