"""What a loggist writes down: decisions, information and actions, in JESIP's words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """What sort of entry it is; a decision not to act is a decision."""

    DECISION = "decision"
    NOT_TO_ACT = "not_to_act"
    INFORMATION = "information"
    ACTION = "action"
    METHANE = "methane"

    @property
    def words(self) -> str:
        """As the form and the record show it."""
        return _KINDS[self.value]

    @property
    def person(self) -> str:
        """What the accountable person did: nobody decides what a report says."""
        return _PERSONS.get(self.value, "Decided by")


_KINDS = {
    "decision": "Decision",
    "not_to_act": "Decision not to act",
    "information": "Information",
    "action": "Action taken",
    "methane": "METHANE report",
}
_PERSONS = {"information": "Reported by", "action": "Done by", "methane": "Reported by"}


class JdmStage(StrEnum):
    """The steps of the joint decision model (JESIP, Joint Doctrine, edition 3)."""

    INFORMATION = "information"
    RISK = "risk"
    POWERS = "powers"
    OPTIONS = "options"
    ACTION = "action"

    @property
    def words(self) -> str:
        """The step as JESIP names it."""
        return _STAGES[self.value]


_STAGES = {
    "information": "Gather information and intelligence",
    "risk": "Assess threat and risk, develop a working strategy",
    "powers": "Consider powers, policies and procedures",
    "options": "Identify options and contingencies",
    "action": "Take action and review what happened",
}

METHANE = {
    "major_incident": "Major incident",
    "exact_location": "Exact location",
    "type": "Type of incident",
    "hazards": "Hazards",
    "access": "Access and egress",
    "casualties": "Number of casualties",
    "services": "Emergency services",
}
"""M/ETHANE, letter by letter (JESIP)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept beside the log: its name as it came, the SHA-256 in hex, and its bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as it is written. `occurred_at` is None for now.

    `decided_by` is the accountable person; whoever writes is the loggist, and they need not be the
    same. `methane` maps the keys of METHANE to words. `corrects` is the number of the entry that
    this one puts right, 0 for none: then `why_corrected` says what was wrong with it.
    """

    kind: RecordKind
    words: str
    decided_by: str = ""
    occurred_at: datetime | None = None
    known: str = ""
    options: str = ""
    rationale: str = ""
    stage: JdmStage | None = None
    methane: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    corrects: int = 0
    why_corrected: str = ""
