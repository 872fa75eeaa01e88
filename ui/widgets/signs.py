"""How delivery states and triage labels look: a sign or word of their own, and a colour."""

from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Found
from crisisdesk.model.mention import Label
from crisisdesk.model.standing import DOUBTS, Finding
from ui.theme import Theme

STATE_SIGNS = {
    DeliveryState.PREPARED: "○",
    DeliveryState.HELD: "‖",
    DeliveryState.SENDING: "…",
    DeliveryState.RETRYING: "⟳",
    DeliveryState.ACCEPTED: "●",
    DeliveryState.CONFIRMED: "✓",
    DeliveryState.UNKNOWN: "?",
    DeliveryState.FAILED: "✕",
    DeliveryState.WITHDRAWN: "↩",
}
"""Each state has a sign of its own: colour is never all there is."""

FOUND_SIGNS = {Found.GONE: "⊘", Found.ALTERED: "≠"}
"""What reading back found, said instead of the state: the public does not see what we sent."""

LABEL_WORDS = {
    Label.NEED: "NEED",
    Label.RUMOUR: "RUMOUR",
    Label.QUESTION: "QUESTION",
    Label.EYEWITNESS: "EYEWITNESS",
    Label.MEDIA: "MEDIA",
}


def state_colour(state: DeliveryState) -> str:
    """The colour that goes with a delivery state's sign and word."""
    tokens = Theme.tokens
    if state in PUBLISHED:
        return tokens.good
    if state in (DeliveryState.UNKNOWN, DeliveryState.RETRYING, DeliveryState.HELD):
        return tokens.warn
    return tokens.danger if state is DeliveryState.FAILED else tokens.muted


def delivery_words(delivery: Delivery) -> str:
    """A delivery's sign and word: its state, or what reading back found since."""
    if delivery.state in PUBLISHED and delivery.found in FOUND_SIGNS:
        return f"{FOUND_SIGNS[delivery.found]} {delivery.found.upper()}"
    return f"{STATE_SIGNS[delivery.state]} {delivery.state}"


def delivery_word(delivery: Delivery) -> str:
    """The word alone, as it is said aloud."""
    if delivery.state in PUBLISHED and delivery.found in FOUND_SIGNS:
        return str(delivery.found)
    return str(delivery.state)


def delivery_colour(delivery: Delivery) -> str:
    """The colour that goes with those words."""
    if delivery.state in PUBLISHED and delivery.found in FOUND_SIGNS:
        return Theme.tokens.danger
    return state_colour(delivery.state)


def finding_words(finding: Finding) -> str:
    """What is wrong, with a sign that tells a doubt from a certainty."""
    return f"{'?' if finding.kind in DOUBTS else '!'} {finding.words}"


def finding_role(finding: Finding) -> str:
    """The role of a label that says it."""
    return "warn" if finding.kind in DOUBTS else "problem"


def finding_colour(finding: Finding) -> str:
    """The colour that goes with what is wrong."""
    return Theme.tokens.warn if finding.kind in DOUBTS else Theme.tokens.danger


def label_colour(label: Label) -> str:
    """The colour that goes with a triage label's word."""
    tokens = Theme.tokens
    colours = {
        Label.NEED: tokens.danger,
        Label.RUMOUR: tokens.warn,
        Label.QUESTION: tokens.accent,
    }
    return colours.get(label, tokens.muted)
