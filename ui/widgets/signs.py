"""How delivery states and triage labels look: a sign or word of their own, and a tone."""

from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Found
from crisisdesk.model.mention import Label
from crisisdesk.model.standing import DOUBTS, Finding

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
LABEL_ICONS = {label: word.lower() for label, word in LABEL_WORDS.items()}


def state_tone(state: DeliveryState) -> str:
    """The tone that goes with a delivery state's sign and word."""
    if state in PUBLISHED:
        return "good"
    if state in (DeliveryState.UNKNOWN, DeliveryState.RETRYING, DeliveryState.HELD):
        return "warn"
    return "danger" if state is DeliveryState.FAILED else "muted"


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


def delivery_tone(delivery: Delivery) -> str:
    """The tone that goes with those words."""
    if delivery.state in PUBLISHED and delivery.found in FOUND_SIGNS:
        return "danger"
    return state_tone(delivery.state)


def finding_words(finding: Finding) -> str:
    """What is wrong, with a sign that tells a doubt from a certainty."""
    return f"{'?' if finding.kind in DOUBTS else '!'} {finding.words}"


def finding_role(finding: Finding) -> str:
    """The role of a label that says it."""
    return "warn" if finding.kind in DOUBTS else "problem"


def finding_tone(finding: Finding) -> str:
    """The tone that goes with what is wrong."""
    return "warn" if finding.kind in DOUBTS else "danger"


def label_tone(label: Label) -> str:
    """The tone that goes with a triage label's word."""
    tones = {Label.NEED: "danger", Label.RUMOUR: "warn", Label.QUESTION: "accent"}
    return tones.get(label, "muted")
