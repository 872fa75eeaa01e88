"""How delivery states and triage labels look: a sign or word of their own, and a colour."""

from crisisdesk.model.delivery import PUBLISHED, DeliveryState
from crisisdesk.model.mention import Label
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


def label_colour(label: Label) -> str:
    """The colour that goes with a triage label's word."""
    tokens = Theme.tokens
    colours = {
        Label.NEED: tokens.danger,
        Label.RUMOUR: tokens.warn,
        Label.QUESTION: tokens.accent,
    }
    return colours.get(label, tokens.muted)
