"""One entry of the record, whole: what it says, what it puts right, and what puts it right."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from crisisdesk.rules.recording import lines_of, shown_record
from crisisdesk.rules.showing import one_line
from ui.theme import SPACE
from ui.widgets.pane_head import Sign
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

WIDTH = 640


class EntryCard(Sheet):
    """Only shows; a correction is another entry."""

    correct_asked = Signal(int)
    entry_asked = Signal(int)
    redact_asked = Signal(int)
    copy_asked = Signal(int)
    """The place, from 0, of the attachment that somebody wants to have."""

    def __init__(
        self,
        parent: QWidget,
        entry: Mapping[str, Any],
        *,
        may_correct: bool,
        may_redact: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Entry {entry['seq']}")
        record = shown_record(entry)
        lines = lines_of(entry)
        inside = column(label(f"Entry {entry['seq']}", "title"), space=SPACE)
        for number in entry["corrected_by"]:
            words = f"Put right by entry {number}: open it"
            self.link = button(words, partial(self.entry_asked.emit, number), "link")
            inside.addLayout(row(Sign("warning", "warn"), self.link, None))
        inside.addLayout(_grid(lines))
        for place, each in enumerate(record.attachments if record else ()):
            words = f"Save a copy of {one_line(each.name, 40)}…"
            save = button(words, partial(self.copy_asked.emit, place), "link")
            inside.addLayout(row(save, None))
        self.correct = button("Put it right…", self._correct)
        self.correct.setVisible(may_correct and record is not None)
        self.seq = int(entry["seq"])
        self.close_it = button("Close", self.accept, "primary")
        self.redact = button("Take words out…", self._redact)
        self.redact.setVisible(may_redact)
        inside.addLayout(row(self.correct, self.redact, None, self.close_it))
        self.fill(inside, WIDTH)
        self.setAccessibleDescription(". ".join(f"{name}: {words}" for name, words in lines))
        self.close_it.setFocus()

    def _correct(self) -> None:
        self.accept()
        self.correct_asked.emit(self.seq)

    def _redact(self) -> None:
        self.accept()
        self.redact_asked.emit(self.seq)


def _grid(lines: list[tuple[str, str]]) -> QGridLayout:
    made = QGridLayout()
    made.setColumnStretch(1, 1)
    for number, (name, words) in enumerate(lines):
        made.addWidget(label(name, "muted"), number, 0)
        made.addWidget(label(words, wrap=True), number, 1)
    return made
