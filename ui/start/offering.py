"""What the start page offers, read again whenever there may be something new."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.config import Paths
from ui.start.start_page import StartPage
from ui.tasks import Tasks

if TYPE_CHECKING:
    from ui.start.adding import Adding


class Offering(QObject):
    """Nothing is read before it is asked to: the first picture does not wait for it."""

    def __init__(self, page: StartPage, tasks: Tasks, paths: Paths) -> None:
        super().__init__(page)
        self._page, self._tasks, self._paths = page, tasks, paths
        self.adding: Adding | None = None
        page.add_asked.connect(self.add)

    def read(self) -> None:
        """Scenarios, logs and practice; and the PDF of an exercise that has just ended."""
        from ui.start.offers import make_papers, read_offers

        self._tasks.read(lambda: read_offers(self._paths), self._page.show_offers)
        self._tasks.read(lambda: make_papers(self._paths))

    def add(self) -> None:
        """Add a scenario from a file."""
        from ui.start.adding import Adding

        self.adding = Adding(self._page, self._tasks, self._paths)
        self.adding.added.connect(self.read)
        self.adding.choose()
