"""Breaking a simulated network by hand, and saying in words how it fails."""

from crisisdesk.model.directing import Break
from crisisdesk.simnet.faults import Fault, FaultKind

_PUBLISHING = {
    "mastodon": "POST /api/v1/statuses",
    "bluesky": "POST /xrpc/com.atproto.repo.createRecord",
    "mail": "DATA",
}
"""The request that publishes: a lost answer is worth practising there alone."""

_KINDS: dict[Break, FaultKind] = {
    Break.REFUSED: "refuse",
    Break.ANSWERS_LOST: "lost_answer",
    Break.ERROR: "status",
    Break.SLOW: "timeout",
}
_WORDS = {kind: how.value for how, kind in _KINDS.items()} | {
    "html": "answers with the sign-in page of a guest network",
    "truncate": "answers with half a sentence",
    "empty": "answers with nothing",
}


def fault_of(network: str, how: Break) -> Fault:
    """The fault that breaks a network so, until it is mended."""
    lost = how is Break.ANSWERS_LOST
    return Fault(_KINDS[how], _PUBLISHING[network] if lost else "", times=-1)


def told(waiting: tuple[Fault, int]) -> str:
    """A fault that still waits, and for how many requests, in words."""
    fault, left = waiting
    until = "until mended" if left < 0 else f"{left} more time{'s' if left > 1 else ''}"
    return f"{_WORDS[fault.kind]}, {until}"
