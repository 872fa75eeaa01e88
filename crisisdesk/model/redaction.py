"""Taking personal words out of the record: what, on which legal basis, and why."""

from dataclasses import dataclass, field
from enum import StrEnum


class LegalBasis(StrEnum):
    """Why the law asks for words to go. From the UK GDPR; which one applies, and whether none does
    because an inquiry needs the record (Article 17(3)), a data protection officer says."""

    NOT_NEEDED = "not needed"
    UNLAWFUL = "unlawful"
    OBJECTION = "objection"
    OBLIGATION = "obligation"
    INACCURATE = "inaccurate"
    TOO_MUCH = "too much"

    @property
    def short(self) -> str:
        """A few words, to choose by."""
        return _WORDS[self.value][0]

    @property
    def words(self) -> str:
        """For people, with the article."""
        return _WORDS[self.value][1]


_WORDS = {
    "not needed": (
        "No longer needed",
        "It is no longer needed for what it was written down for: UK GDPR Art. 17(1)(a)",
    ),
    "unlawful": (
        "Unlawful from the start",
        "It should never have been recorded: UK GDPR Art. 17(1)(d)",
    ),
    "objection": (
        "The person objects",
        "The person objects, and nothing outweighs that: UK GDPR Art. 17(1)(c), 21",
    ),
    "obligation": (
        "A court or a law orders it",
        "A court or a law orders it: UK GDPR Art. 17(1)(e)",
    ),
    "inaccurate": (
        "Wrong about a person",
        "It is wrong about a person: UK GDPR Art. 16, 5(1)(d)",
    ),
    "too much": (
        "More than was needed",
        "More than was needed was written down: UK GDPR Art. 5(1)(c)",
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One text beside an entry: where it stands, as in "methane.hazards", and what it says."""

    path: str
    words: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to go from one entry. `left` is by path what stays of a text: nothing, or the text
    with what is personal taken out, in the words of whoever redacts."""

    seq: int
    paths: tuple[str, ...]
    basis: LegalBasis
    reason: str
    left: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redacted:
    """What became of it: the number of the entry that accounts for it; whether the words are out of
    the file already; how many backups made before hold them still; which other entries repeat them;
    and what could not be erased, in words."""

    seq: int
    scrubbed: bool
    backups: int
    repeated: tuple[int, ...] = ()
    trouble: str = ""
