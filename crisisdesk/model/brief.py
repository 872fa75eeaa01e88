"""A hand-over brief after JESIP's IIMARCH: what the next officer must know before they sign."""

from dataclasses import dataclass
from datetime import datetime

LETTERS = {
    "information": "Information",
    "intent": "Intent",
    "method": "Method",
    "administration": "Administration",
    "risk": "Risk",
    "communications": "Communications",
    "humanitarian": "Humanitarian",
}
"""I I M A R C H, letter by letter (JESIP, Joint Doctrine, edition 3)."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the desk knows, as lines under each of LETTERS, and what the officer added to it."""

    made_at: datetime
    by: str
    incident: str
    lines: dict[str, tuple[str, ...]]
    added: dict[str, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """A brief that stands in the log, to be signed: the entry's number and the text's SHA-256."""

    seq: int
    text: str
    sha256: str
