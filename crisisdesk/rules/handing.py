"""What a person takes over to post by hand: what may be handed over, and the evidence of it.

It stands first in a delivery's own evidence: whatever asks "may the desk send this?" or "may the
public have read it?" can tell from the delivery alone, after a restart too.
"""

import re
from dataclasses import dataclass

from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.rules.by_hand import MACHINES

WAYS = ("in person", "by phone", "by e-mail", "on a memory stick", "on paper")
LONGEST_NAME = 80
_MARK = re.compile(r"Handed to (?P<name>.+?) at \d\d:\d\d to be posted by hand; ask them\.")
_BEFORE = " Before that: "


def handed(name: str, clock: str, earlier: str = "") -> str:
    """The evidence of a hand-over at `clock` (as in "04:10"); `earlier` is kept behind it."""
    mark = f"Handed to {name} at {clock} to be posted by hand; ask them."
    return f"{mark}{_BEFORE}{earlier}" if earlier else mark


def handed_to(evidence: str) -> str:
    """Who has this delivery in hand; "" when nobody has."""
    found = _MARK.match(evidence)
    return found["name"] if found else ""


def before(evidence: str) -> str:
    """What was known before the hand-over."""
    found = _MARK.match(evidence)
    return evidence[found.end() :].removeprefix(_BEFORE).strip() if found else evidence


def kept(old: str, new: str) -> str:
    """New evidence about something that somebody still has in hand."""
    found = _MARK.match(old)
    return f"{found[0]} {new}" if found else new


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who takes which channels of an alert, and how they get the texts.

    `reason` says why channels of unknown outcome are handed over too; "" when none is.
    """

    account_ids: tuple[str, ...]
    to_name: str
    how: str
    reason: str = ""


def refuse_unless_free(
    delivery: Delivery, kind: str, name: str, reason: str, still_trying: bool
) -> None:
    """Raise Refused for whatever may be out, may still go out by itself, or is in a hand already.

    `name` is the channel's, `reason` why an unknown one is handed over all the same;
    `still_trying` tells that the desk may repeat an unknown one by itself.
    """
    if taken := handed_to(delivery.evidence):
        raise Refused(
            f"{name} was handed to {taken} already.", "Ask them, and note what they report first."
        )
    if kind in MACHINES:
        raise Refused(
            f"{name} is a feed for machines.", "Leave it to the desk; nobody can post it by hand."
        )
    if delivery.state in PUBLISHED:
        raise Refused(
            f"{name}: it is out already.", "Leave it as it is: a second one would confuse."
        )
    if delivery.state is DeliveryState.WITHDRAWN:
        raise Refused(
            f"{name}: it was taken down.", "Leave it down; write a correction if people saw it."
        )
    if delivery.state is DeliveryState.SENDING:
        raise Refused(
            f"{name}: it is being sent this moment.", "Wait for its answer, a minute at most."
        )
    if delivery.state is DeliveryState.UNKNOWN and not reason:
        raise Refused(
            f"{name}: it may be out already.",
            "Look first. If it is not there, say why you post it.",
        )
    if delivery.state is DeliveryState.UNKNOWN and still_trying:
        raise Refused(
            f"{name}: the desk is still trying by itself.", "Wait two minutes, then look again."
        )
