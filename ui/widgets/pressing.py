"""How the button that sends is worked: by a hold, or by two presses for who cannot hold.

Every word about it, on the button and beside it, is made here, so that none says the other way.
"""

from enum import Enum, auto

from crisisdesk.config import BROADCAST_BY

HOLD, TWO_PRESSES = BROADCAST_BY
BOUNCE_MS = 400
"""A switch that bounces, or a hand that trembles, presses twice within this: it counts as once."""

ARMED_MS = 15_000
"""For so long the second press is waited for: a screen reader has to say first what will happen."""


class Way:
    """The way chosen in the settings, for every button of the program."""

    chosen = HOLD


def button_words(purpose: str) -> str:
    """What stands on the button; `purpose` goes on after "to", as in "broadcast"."""
    begin = "Hold to" if Way.chosen == HOLD else "Press twice to"
    return f"{begin} {purpose}".upper()


def again_words(purpose: str) -> str:
    """What stands on it after the first of two presses."""
    return f"Press again to {purpose}".upper()


def how_words() -> str:
    """How to work the button, as a whole sentence."""
    if Way.chosen == HOLD:
        return "Hold it for a good second, with the mouse or the space bar; let go early to stop."
    return f"Press it, then press again within {ARMED_MS // 1000} seconds; Esc stops."


class Press(Enum):
    """What one press came to."""

    ARMED = auto()
    TOO_SOON = auto()
    DONE = auto()


class TwoPresses:
    """Counts presses. Times are milliseconds of any clock that never steps back."""

    def __init__(self) -> None:
        self._last: int | None = None

    @property
    def armed(self) -> bool:
        """Whether one press more does it."""
        return self._last is not None

    def press(self, now_ms: int) -> Press:
        """One press. Too soon after the one before it counts for nothing, and the wait begins anew;
        too late it is a first one.
        """
        before, self._last = self._last, now_ms
        if before is None or now_ms - before > ARMED_MS:
            return Press.ARMED
        if now_ms - before < BOUNCE_MS:
            return Press.TOO_SOON
        self._last = None
        return Press.DONE

    def disarm(self) -> None:
        """Begin again with a first press."""
        self._last = None
