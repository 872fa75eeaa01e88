"""Exercises as the start page sees them: a program of its own each, waited for out of sight."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from crisisdesk.model.errors import Unexpected
from ui.start.start_page import StartPage
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.start.launching import Launch


class Exercises(QObject):
    """Starts one at a time. An exercise gets a process of its own: this one could reach the public.

    Our window goes once the exercise's is up, and comes back when that is over.
    """

    came_back = Signal()
    live_asked = Signal()
    """A real event: the exercise's own process opens nothing."""

    def __init__(self, page: StartPage, window: QWidget, home: Path) -> None:
        super().__init__(page)
        self._page, self._window, self._home = page, window, home
        self.launch: Launch | None = None

    def start(self, scenario: str) -> None:
        """Begin."""
        from ui.start.launching import Launch, exercise_command

        self.launch = Launch(self)
        self.launch.shown.connect(self._window.hide)
        self.launch.over.connect(self._back)
        self.launch.failed.connect(partial(self._failed, scenario))
        self.launch.live_asked.connect(self.live_asked)
        words = "It opens in a window of its own, from which nothing can leave this computer."
        self._page.show_opening("Starting the exercise…", words)
        self.launch.start(exercise_command(scenario, self._home, Theme.tokens.name))

    def stop(self) -> None:
        """Our window is closing."""
        if self.launch:
            self.launch.stop()

    def _failed(self, scenario: str, said: str) -> None:
        error = Unexpected(
            "The exercise's window did not come up.",
            "Try again. If it happens again, restart the computer.",
            "Nothing was sent, and the live desk is not affected.",
            said,
        )
        again = partial(self.start, scenario)
        self._page.show_failure("The exercise did not start", error, again)

    def _back(self, well: bool) -> None:
        self._page.show_choices()
        self._window.show()
        self._window.activateWindow()
        if well:
            self._page.notice.good("The exercise is over. Its log is under Review.")
        else:
            self._page.notice.problem(
                "The exercise ended by itself.",
                "Start it again; what was logged until then is under Review.",
            )
        self.came_back.emit()
