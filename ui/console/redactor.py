"""Taking words out of the record at hand: the sheet that asks, and what came of it in words."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.redaction import Part, Redacted, Redaction
from ui.dialogs.once import open_once
from ui.dialogs.redact_sheet import RedactSheet

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


MOST_LISTED = 12


class Redactor(QObject):
    """For administrators; the desk refuses everybody else."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self.sheet: RedactSheet | None = None

    def open(self, seq: int, parts: Sequence[Part]) -> None:
        """Ask what is to go from an entry."""
        sheet = RedactSheet(self._page, seq, parts)
        sheet.asked.connect(self._redact)
        sheet.finished.connect(self._gone)
        self.sheet = sheet
        open_once(sheet)

    def _redact(self, asked: Redaction, passphrase: str) -> None:
        page, sheet = self._page, self.sheet
        if sheet:
            act = partial(page.desk.redacting.redact, asked, page.operator, passphrase)
            page.tasks.read(act, partial(self._done, asked.seq), self._refused)

    def _gone(self) -> None:
        self.sheet = None

    def _done(self, seq: int, done: Redacted) -> None:
        if self.sheet:
            self.sheet.done_with()
        self._page.notice.good(told(seq, done))

    def _refused(self, error: Exception) -> None:
        if self.sheet:
            self.sheet.refused(error)
        else:
            self._page.notice.error(error)


def told(seq: int, done: Redacted) -> str:
    """What was done, and what still holds the words."""
    words = [f"Taken out of entry {seq}; entry {done.seq} says why."]
    if not done.scrubbed:
        words.append("Traces in the database's file go when the desk closes.")
    if done.backups:
        which = "One backup" if done.backups == 1 else f"{done.backups} backups"
        words.append(f"{which} made before may still hold the words.")
    if done.repeated:
        listed = ", ".join(map(str, done.repeated[:MOST_LISTED]))
        words.append(f"The same words stand in other entries: {listed}.")
    if done.trouble:
        words.append(done.trouble)
    return " ".join(words)
