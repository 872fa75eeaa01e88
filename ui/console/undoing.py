"""The last steps that can be taken back, the newest first."""

from collections.abc import Callable

MOST = 100


class Undoing:
    """Each step brings what takes it back, which also tells the officer what it did."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """A step was made."""
        self._steps.append(step)
        del self._steps[:-MOST]

    def take_back(self, step: Callable[[], object]) -> None:
        """Take this step back, though others were made since; once only."""
        if step in self._steps:
            self._steps.remove(step)
            step()

    def why_not(self) -> str:
        """Why nothing can be taken back; "" when something can."""
        return "" if self._steps else "There is no step to take back yet."

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        if self._steps:
            self._steps.pop()()
