"""The two sources of chance: the system's own, and in an exercise a number that repeats it all.

What comes from a number can be foretold by whoever knows the number, so a live desk refuses it
(`desk.Parts`), and it cannot be made for one.
"""

import os
import threading
from hashlib import shake_256

from crisisdesk.model.chance import Chance
from crisisdesk.model.mode import Mode


class SystemChance(Chance):
    """The system's strong randomness, fit for secrets."""

    foretold = False

    def raw(self, size: int) -> bytes:
        """Bytes that nobody can foretell."""
        return os.urandom(size)

    def stream(self, name: str) -> Chance:  # noqa: ARG002 - it has one stream alone
        """The same: the system has one."""
        return self


SYSTEM_CHANCE = SystemChance()


class StoryChance(Chance):
    """The same draws in the same order for the same story and seed."""

    foretold = True

    def __init__(self, mode: Mode, story: str, seed: int) -> None:
        """Raises ValueError for a live desk: its ids and secrets must not be foretold."""
        if mode is not Mode.EXERCISE:
            raise ValueError(f"a {mode} desk must not draw from a seed")
        self._from = f"crisisdesk exercise\n{story}\n{seed}\n".encode()
        self._of = mode, story, seed
        self._drawn = 0
        self._lock = threading.Lock()

    def raw(self, size: int) -> bytes:
        """The next bytes: SHAKE-256 over story, seed and how often was drawn before."""
        with self._lock:
            self._drawn += 1
            return shake_256(self._from + str(self._drawn).encode()).digest(size)

    def stream(self, name: str) -> Chance:
        """The draws that go with this name, whatever is drawn here."""
        mode, story, seed = self._of
        return StoryChance(mode, f"{story}\n{name}", seed)
