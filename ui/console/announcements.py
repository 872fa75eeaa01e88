"""What happens at the desk while the keyboard is elsewhere, said to screen readers."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery
from crisisdesk.rules.calling import Kind
from ui.widgets.announcing import Gathered
from ui.widgets.signs import delivery_word

_SAID_OTHERWISE = (Kind.NEED, Kind.DELIVERY, Kind.WAITING, Kind.DECIDED, Kind.LOG)


class Announcements(QObject):
    """Compares what is shown with what was shown before. What was there at the start is no news."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._needs = Gathered(page, urgent=True)
        self._deliveries = Gathered(page)
        self._approvals = Gathered(page)
        self._others = Gathered(page)
        self._alarms = Gathered(page, urgent=True)
        self._open_needs: int | None = None
        self._words: dict[str, str] | None = None
        self._queue: tuple[int, int] | None = None

    @property
    def counted(self) -> bool:
        """Whether the needs that were there at the start are known."""
        return self._open_needs is not None

    def told(self, kind: Kind, words: str) -> None:
        """Something an officer is called for; what is said otherwise already is left out."""
        if kind not in _SAID_OTHERWISE:
            news = self._alarms if kind.urgent else self._others
            news.tell(kind.name, f"{kind.one}: {words}")

    def needs(self, still_open: int) -> None:
        """So many needs are open now."""
        before, self._open_needs = self._open_needs, still_open
        if before is not None and still_open > before:
            plural = "need is" if still_open == 1 else "needs are"
            self._needs.tell("needs", f"New need. {still_open:,} {plural} open")

    def deliveries(self, past: list[tuple[Alert, list[Delivery]]], names: dict[str, str]) -> None:
        """The deliveries of the newest alerts stand like this now."""
        before = self._words
        self._words = {
            each.id: f"{names.get(each.account_id, 'A removed channel')}: {delivery_word(each)}"
            for _, deliveries in past
            for each in deliveries
        }
        if before is not None:
            for subject, words in self._words.items():
                if before.get(subject) != words:
                    self._deliveries.tell(subject, words)

    def approvals(self, waiting: int, approved: int) -> None:
        """So many messages wait for a second person, so many are approved and not sent."""
        before, self._queue = self._queue, (waiting, approved)
        if before is None:
            return
        if waiting > before[0]:
            self._approvals.tell("waiting", f"{waiting} waiting for a second person")
        if approved > before[1]:
            self._approvals.tell("approved", f"{approved} approved, not sent yet")
