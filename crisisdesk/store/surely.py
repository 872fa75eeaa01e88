"""Writing down what has happened already, however long the database cannot take it."""

import logging
from collections.abc import Callable

from crisisdesk.model.errors import StoreError

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds until the next try."""


class Surely:
    """Runs what ends in a write, again and again until it succeeds.

    A full disk must not lose what a network has said. If the desk ends before there is room, the
    delivery is still "sending" on the disk, and so unknown at the next start. `later` waits so many
    seconds and `run` then finds a thread.
    """

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], None],
        run: Callable[[Callable[[], None]], object],
    ) -> None:
        self._later = later
        self._run = run

    def __call__(self, write: Callable[[], None]) -> None:
        """Do it now, or later when the database fails; other errors come back."""
        try:
            write()
        except StoreError as error:
            log.warning("this will be written later: %s", error)
            self._later(PAUSE, lambda: self._again(write))

    def _again(self, write: Callable[[], None]) -> None:
        self._run(lambda: self(write))
