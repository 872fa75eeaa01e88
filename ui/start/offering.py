"""What the start page offers, read again whenever there may be something new."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.config import Paths
from ui.start.start_page import StartPage
from ui.tasks import Tasks

if TYPE_CHECKING:
    from ui.start.actions_sheet import ActionsSheet
    from ui.start.adding import Adding
    from ui.start.offers import Agreed, Offers


class Offering(QObject):
    """Nothing is read before it is asked to: the first picture does not wait for it."""

    def __init__(self, page: StartPage, tasks: Tasks, paths: Paths) -> None:
        super().__init__(page)
        self._page, self._tasks, self._paths = page, tasks, paths
        self._asked = 0
        self.adding: Adding | None = None
        self.actions: ActionsSheet | None = None
        page.add_asked.connect(self.add)
        page.actions_asked.connect(self.show_actions)

    def read(self) -> None:
        """Scenarios, logs and practice; and the PDF of an exercise that has just ended."""
        from ui.start.offers import make_papers, read_offers

        self._asked += 1
        self._tasks.read(partial(read_offers, self._paths), partial(self._show, self._asked))
        self._tasks.read(lambda: make_papers(self._paths))

    def _show(self, asked: int, offers: "Offers") -> None:
        if asked == self._asked:  # else there is a later answer, or will be
            self._page.show_offers(offers)

    def add(self) -> None:
        """Add a scenario from a file."""
        from ui.start.adding import Adding

        self.adding = Adding(self._page, self._tasks, self._paths)
        self.adding.added.connect(self.read)
        self.adding.choose()

    def show_actions(self) -> None:
        """What was agreed after exercises, to be marked as done."""
        from ui.start.offers import read_agreed

        read = partial(read_agreed, self._paths)
        self._tasks.read(read, self._open_actions, self._page.notice.error)

    def _open_actions(self, agreed: "list[Agreed]") -> None:
        from ui.dialogs.once import open_once
        from ui.start.actions_sheet import ActionsSheet

        today = datetime.now().astimezone().date()
        self.actions = ActionsSheet(self._page, self._tasks, agreed, today)
        self.actions.settled.connect(self.read)
        open_once(self.actions)
