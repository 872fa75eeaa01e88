"""The question before anything leaves the program in a way that tells Python nothing."""

from crisisdesk.net import gate


def leave(what: str) -> None:
    """To be asked first. In an exercise `what` is logged and GateClosed raised; live it may be."""
    gate.refuse_if_closed(what)
