"""What a redaction must be, and what its entry in the log holds. The administrator signs it."""

from collections.abc import Mapping, Sequence
from typing import Any

from crisisdesk.model.errors import BadInput
from crisisdesk.model.record import METHANE
from crisisdesk.model.redaction import LegalBasis, Part, Redaction
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.signing import is_signed

DOMAIN = b"crisisdesk/redaction/1\x00"

LONGEST = 5_000
"""Characters of a reason, or of what is left of a text."""


_NAMES = {
    "words": "What was written",
    "decided_by": "Who decided, did or reported it",
    "rationale": "Why",
    "known": "What was known then",
    "options": "Options that there were",
    "why_corrected": "What was wrong with it",
    "reason": "The reason",
    "evidence": "What showed it",
    "although_unknown": "Why it was handed over all the same",
    "text": "The words of the post",
}
_FILE = {"name": "the name of the attached file", "sha256": "the attached file itself"}


def name_of(path: str) -> str:
    """Where a text stands, for people; as in "methane.hazards" or "attachments.2.name"."""
    first, _, rest = path.partition(".")
    if first == "methane":
        return METHANE.get(rest, rest)
    if first == "attachments":
        number, _, which = rest.partition(".")
        return f"{number}: {_FILE.get(which, which)}"
    if first == "left":
        return f"What was left of: {name_of(rest)}"
    if first == "settings":
        return f"The setting “{rest.replace('_', ' ')}”"
    return _NAMES.get(path, path)


def check(asked: Redaction) -> None:
    """Raise BadInput with what is missing or cannot be."""
    if not asked.paths:
        raise BadInput("Nothing is chosen.", "Choose what is to be taken away.")
    if not asked.reason.strip():
        raise BadInput("The reason is missing.", "Write why, without the words themselves.")
    if not set(asked.left) <= set(asked.paths):
        raise BadInput("What is left must be of what is taken away.", "Choose that too.")
    if any(len(each) > LONGEST for each in (asked.reason, *asked.left.values())):
        raise BadInput(f"A text is longer than {LONGEST:,} characters.", "Make it shorter.")


def chosen(parts: Sequence[Part], asked: Redaction) -> list[Part]:
    """What is to go, of what is there. Raises BadInput when something of it is not."""
    known = {each.path: each for each in parts}
    if missing := [path for path in asked.paths if path not in known]:
        raise BadInput(
            f"Entry {asked.seq} has no words under {', '.join(missing)} that could be taken away.",
            "Look at it again: somebody may have redacted it, or it is from before version 0.2.",
        )
    _refuse_repeated(parts, asked)
    for path, words in asked.left.items():
        if words.strip() == known[path].words.strip():
            raise BadInput(
                f"Nothing was taken out of “{path}”.", "Take out what is personal, or leave it all."
            )
    return [known[path] for path in asked.paths]


def _refuse_repeated(parts: Sequence[Part], asked: Redaction) -> None:
    """A METHANE report without a headline says its letters twice."""
    going = [each.words for each in parts if each.path in asked.paths]
    for each in parts:
        if each.path not in asked.paths and any(words in each.words for words in going):
            raise BadInput(
                f"“{name_of(each.path)}” says the same words again.", "Choose that as well."
            )


def detail_of(asked: Redaction, gone: Sequence[Part]) -> dict[str, Any]:
    """What the log says of a redaction; never the words that went."""
    detail: dict[str, Any] = {
        "entry": asked.seq,
        "fields": [each.path for each in gone],
        "commitments": [each.commitment.hex() for each in gone],
        "basis": asked.basis.value,
        "reason": asked.reason.strip(),
    }
    left = {path: words.strip() for path, words in asked.left.items() if words.strip()}
    return detail | ({"left": left} if left else {})


def signed_bytes(detail: Mapping[str, Any], operator_id: str) -> bytes:
    """What the administrator's key signs: which words of which entry, on which basis, by whom."""
    said = {name: detail[name] for name in ("entry", "commitments", "basis")}
    return DOMAIN + canonical({**said, "operator": operator_id})


def signature_holds(detail: Mapping[str, Any]) -> bool:
    """Whether an "entry.redacted" entry was signed by the key it names."""
    try:
        signed = signed_bytes(detail, detail["operator"])
        return is_signed(signed, detail["key"], detail["signature"])
    except (KeyError, TypeError, ValueError):
        return False


def basis_words(value: str) -> str:
    """The legal basis for people; one this version does not know stays as it is."""
    return LegalBasis(value).words if value in {each.value for each in LegalBasis} else value
