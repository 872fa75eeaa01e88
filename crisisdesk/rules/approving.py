"""The second person: when one is needed, what exactly is agreed to, and codes for the telephone.

What is agreed to is one canonical statement: every rendered byte of the alert, the wording of its
update, correction and all clear, the channels, the mode, the expiry, the author and a nonce. Its
hash is what an approver signs and what the spoken check code is made from, so that any change of
any of these makes another code and voids the approval.
"""

from collections.abc import Collection, Iterable
from hashlib import sha256

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.approval import Approval, Way
from crisisdesk.model.cap import Severity
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import iso
from crisisdesk.model.template import Step
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.composing import filled, words_hash
from crisisdesk.rules.references import REFERENCE_ALPHABET
from crisisdesk.rules.signing import is_signed

STATEMENT_DOMAIN = b"crisisdesk/approval/statement/1\x00"
SIGNATURE_DOMAIN = b"crisisdesk/approval/signature/1\n"
CODE_LETTERS = 6
NEVER = "Never"

Given = tuple[Approval, Alert, bool]
"""An approval, the alert it was given for, and whether that was broadcast."""

_ORDER = (Severity.EXTREME, Severity.SEVERE, Severity.MODERATE, Severity.MINOR, Severity.UNKNOWN)


def needs_second_person(severity: Severity, least: str) -> bool:
    """Whether this severity is at or above `least`, a CAP severity or "Never"."""
    return least != NEVER and _ORDER.index(severity) <= _ORDER.index(Severity(least))


def statement(alert: Alert, nonce: str) -> bytes:
    """The canonical bytes that a second person agrees to."""
    return canonical(
        {
            "alert": alert.id,
            "author": alert.author_id,
            "channels": sorted({part.account_id for part in alert.rendered}),
            "content": alert.content_hash,
            "expires": iso(alert.expires_at),
            "incident": alert.incident_id,
            "marker": alert.marker,
            "mode": alert.mode.value,
            "nonce": nonce,
            "prepared": sorted(
                [step.value, part.account_id, part.language, words_hash(step, alert.mode, part)]
                for step, parts in alert.prepared.items()
                for part in parts
            ),
            "step": alert.step.value,
        }
    )


def statement_hash(alert: Alert, nonce: str) -> str:
    """Hex SHA-256 over the statement."""
    return sha256(STATEMENT_DOMAIN + statement(alert, nonce)).hexdigest()


def signed_bytes(hashed: str, operator_id: str) -> bytes:
    """What an approver's key signs: the statement's hash and who says yes to it."""
    return SIGNATURE_DOMAIN + f"statement: {hashed}\napprover: {operator_id}\n".encode()


def signature_holds(approval: Approval) -> bool:
    """Whether a signed approval was made by the key it names; nothing else is signed."""
    if approval.way is not Way.SIGNED:
        return False
    signed = signed_bytes(approval.statement_hash, approval.operator_id)
    return is_signed(signed, approval.public_key, approval.signature)


def check_code(hashed: str) -> str:
    """Six letters and figures from a statement's hash, to be said on the telephone.

    Two desks show the same code only for the same bytes: 30^6 is over 700 million.
    """
    number = int(hashed, 16)
    letters = []
    for _ in range(CODE_LETTERS):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return "".join(letters)


def line_for(code: str, unused: frozenset[str]) -> str:
    """The line of a printed list that answers a check code: its first letter whose line is unused.

    "" when all of them are used: then another way, or a new list, is needed.
    """
    return next((letter for letter in code if letter in unused), "")


def plain_code(typed: str) -> str:
    """A code as it was heard: case, spaces and hyphens do not matter."""
    return "".join(typed.upper().split()).replace("-", "")


def consequence(alert: Alert, names: dict[str, str], recipients: int) -> str:
    """What happens when this is approved and sent, in one sentence for the approver."""
    places = sorted({names.get(part.account_id, "a removed channel") for part in alert.rendered})
    where = ", ".join(places[:-1]) + (" and " if len(places) > 1 else "") + places[-1]
    people = f" ({recipients} e-mail addresses)" if recipients else ""
    if alert.mode is Mode.EXERCISE:
        return f"EXERCISE: {_kind(alert)} goes to the simulated {where}. No real person gets it."
    return (
        f"LIVE: {_kind(alert)} about “{alert.headline}” goes to the public at once on {where}"
        f"{people}, and says it holds until {alert.expires_at.astimezone():%H:%M on %d %B}."
    )


def _kind(alert: Alert) -> str:
    words = {
        Step.ALERT: "a new alert",
        Step.UPDATE: "an update",
        Step.CANCEL: "a correction (“we sent a wrong message”)",
        Step.ALL_CLEAR: "an all clear",
    }
    return words[alert.step]


def holds(approval: Approval, alert: Alert) -> bool:
    """Whether an approval was given for exactly this alert, by somebody who could give it."""
    made = statement_hash(alert, approval.nonce)
    if (approval.alert_id, approval.statement_hash) != (alert.id, made):
        return False
    own = approval.operator_id == alert.author_id
    if approval.way is Way.SIGNED:
        return not own and signature_holds(approval)
    return bool(approval.reason) if approval.way is Way.BREAK_GLASS else not own


def covering(alert: Alert, given: Iterable[Given], chain: Collection[str]) -> Approval | None:
    """The approval by which an alert may go out: its own, or that of a broadcast alert which it
    follows or repeats, and with which every one of its words was approved ahead.

    `chain` holds the ids of the alerts that this one follows.
    """
    standing = [each for each in given if holds(each[0], each[1])]
    for approval, earlier, _ in standing:
        if earlier.id == alert.id and earlier.content_hash == alert.content_hash:
            return approval
    ahead = {
        words: approval
        for approval, earlier, broadcast in standing
        if broadcast and _belongs(alert, earlier, chain)
        for words in _hashes(earlier, alert.step, _approved_words(earlier, alert))
    }
    wanted = _hashes(alert, alert.step, alert.words)
    as_filled = tuple(filled(part, alert.values) for part in alert.words) == alert.rendered
    if wanted and as_filled and wanted <= ahead.keys():
        return ahead[min(wanted)]
    return None


def _belongs(alert: Alert, earlier: Alert, chain: Collection[str]) -> bool:
    same = (earlier.mode, earlier.incident_id) == (alert.mode, alert.incident_id)
    if alert.repeats == earlier.id:
        return same and alert.images == earlier.images
    return same and earlier.id in chain and not alert.images


def _approved_words(earlier: Alert, alert: Alert) -> tuple[Rendered, ...]:
    """The follow-up prepared with it; and its own words again, as a reminder, until it expires."""
    ahead = earlier.prepared.get(alert.step, ())
    reminds = alert.repeats == earlier.id and alert.created_at < earlier.expires_at
    return (*ahead, *earlier.words) if reminds else ahead


def _hashes(alert: Alert, step: Step, parts: Iterable[Rendered]) -> set[tuple[str, str, str]]:
    return {(part.account_id, part.language, words_hash(step, alert.mode, part)) for part in parts}
