"""The record at hand: one key from anywhere to write an entry, Enter on one to read it whole."""

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from crisisdesk.model.record import Attachment, Record
from crisisdesk.model.redaction import Part
from crisisdesk.rules.recording import record_of
from ui.console.redactor import Redactor
from ui.dialogs.entry_card import EntryCard
from ui.dialogs.once import open_once
from ui.dialogs.record_sheet import RecordSheet

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


class Recorder(QObject):
    """Keeps one sheet for as long as what is on it is not logged."""

    changed = Signal()
    """Something was typed: it is to be kept."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self.sheet: RecordSheet | None = None
        self.card: EntryCard | None = None
        self.redactor = Redactor(page)

    def why_not(self) -> str:
        """Why nothing can be written now; "" when it can."""
        if not self._page.operator.role.may_record:
            return f"A {self._page.operator.role} does not write into the record."
        locked = self._page.calls.calling.discreet
        return "The desk is locked." if locked else ""

    def open(self) -> None:
        """Write an entry, or go on with the one that was put away."""
        sheet = self.sheet or self._make_sheet()
        sheet.show()
        sheet.raise_()
        sheet.activateWindow()
        sheet.words.setFocus()

    def unfinished(self) -> Record | None:
        """What is written and not logged; None when there is nothing."""
        record = self.sheet.record() if self.sheet else None
        return record if record and _is_begun(record) else None

    def take_back(self, record: Record) -> None:
        """After a new start: the words are there when the sheet is next opened."""
        (self.sheet or self._make_sheet()).take(record)

    def _make_sheet(self) -> RecordSheet:
        page = self._page
        sheet = RecordSheet(page, page.operator.name, page.desk.clock.now)
        sheet.asked.connect(self._log)
        sheet.attach_asked.connect(self._attach)
        sheet.changed.connect(self.changed)
        self.sheet = sheet
        return sheet

    def _log(self, record: Record) -> None:
        page, sheet = self._page, self.sheet
        incident = page.incident.id if page.incident else ""
        if sheet is None or not sheet.log.isEnabled():
            return
        sheet.log.setEnabled(False)
        page.tasks.read(
            lambda: page.desk.recording.record(record, page.operator, incident),
            self._logged,
            self._not_logged,
        )

    def _logged(self, seq: int) -> None:
        if self.sheet:
            self.sheet.close()
            self.sheet.deleteLater()
            self.sheet = None
        self.changed.emit()
        self._page.notice.good(f"Logged as entry {seq}.")

    def _not_logged(self, error: Exception) -> None:
        if self.sheet:
            self.sheet.log.setEnabled(True)
            self.sheet.notice.error(error)

    def _attach(self, file: Path) -> None:
        sheet = self.sheet
        if sheet:
            read = partial(self._page.desk.recording.attach, file)
            self._page.tasks.read(read, sheet.add, sheet.notice.error)

    def show_entry(self, seq: int) -> None:
        """Read one entry whole."""
        self._page.tasks.read(partial(self._read, seq), self._show)

    def _read(self, seq: int) -> tuple[dict[str, Any], list[Part]]:
        desk = self._page.desk
        return desk.recording.entry(seq), desk.redacting.parts(seq)

    def _show(self, found: tuple[dict[str, Any], list[Part]]) -> None:
        entry, parts = found
        may = not self.why_not()
        may_redact = may and bool(parts) and self._page.operator.role.may_configure
        card = EntryCard(self._page, entry, may_correct=may, may_redact=may_redact)
        card.redact_asked.connect(lambda seq: self.redactor.open(seq, parts))
        card.correct_asked.connect(lambda _seq: self._correct(entry))
        card.entry_asked.connect(self.show_entry)
        card.copy_asked.connect(partial(self._save_copy, entry))
        self.card = card
        open_once(card)

    def _correct(self, entry: dict[str, Any]) -> None:
        record = record_of(entry)
        if record is None:
            return
        if self.unfinished():
            words = "An entry is being written: log it first."
            self._page.notice.problem(words, "Then put the other one right.")
        else:
            (self.sheet or self._make_sheet()).correct(int(entry["seq"]), record)
        self.open()

    def _save_copy(self, entry: dict[str, Any], place: int) -> None:
        record = record_of(entry)
        attachment = record.attachments[place] if record else None
        if attachment is None:
            return
        file, _ = QFileDialog.getSaveFileName(self._page, "Save a copy", attachment.name)
        if file:
            self._page.tasks.read(
                partial(self._copy, attachment, Path(file)),
                lambda _: self._page.notice.good(f"Copied to {file}."),
            )

    def _copy(self, attachment: Attachment, to: Path) -> None:
        shutil.copyfile(self._page.desk.recording.attached(attachment), to)


def _is_begun(record: Record) -> bool:
    texts = (record.words, record.rationale, record.known, record.options, record.why_corrected)
    return bool(any(each.strip() for each in texts) or record.methane or record.attachments)
