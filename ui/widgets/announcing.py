"""What a screen reader says by itself: words that are news although the keyboard is elsewhere."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

FIRST_MS = 250
"""News that comes together is said together."""

REST_MS = 4000
"""Between two announcements of one kind: as long as it takes to hear the one before."""


def announce(speaker: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have the words read out now. `urgent` words cut short what is being read."""
    if not words.strip():
        return
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # not for the first picture

    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(speaker, words)
    manners = QAccessible.AnnouncementPoliteness
    event.setPoliteness(manners.Assertive if urgent else manners.Polite)
    QAccessible.updateAccessibility(event)


class Gathered(QObject):
    """Announcements of one kind: one every few seconds at most, however much happens.

    What is told meanwhile waits; of each subject only the newest words are kept.
    """

    def __init__(self, speaker: QWidget, *, urgent: bool = False) -> None:
        super().__init__(speaker)
        self._speaker = speaker
        self._urgent = urgent
        self._news: dict[str, str] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._speak)

    def tell(self, subject: str, words: str) -> None:
        """Have this said soon; it replaces what was to be said of the same subject."""
        self._news[subject] = words
        if not self._timer.isActive():
            self._timer.start(FIRST_MS)

    def _speak(self) -> None:
        if self._news:
            announce(self._speaker, ". ".join(self._news.values()), urgent=self._urgent)
            self._news = {}
            self._timer.start(REST_MS)
