"""The last steps that can be taken back, the newest first."""

from collections.abc import Callable

MOST = 100


class Undoing:
    """Each step brings what takes it back, which also tells the officer what it did."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, take_back: Callable[[], object]) -> None:
        """A step was made."""
        self._steps.append(take_back)
        del self._steps[:-MOST]

    def why_not(self) -> str:
        """Why nothing can be taken back; "" when something can."""
        return "" if self._steps else "There is no step to take back yet."

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        if self._steps:
            self._steps.pop()()
