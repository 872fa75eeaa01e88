"""The record: the last entries, a line to note a decision, and whether the chain holds."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from crisisdesk.desk import Desk
from crisisdesk.model.audit import Checkpoint, VerifyReport
from crisisdesk.model.operator import Operator
from crisisdesk.model.record import Record, RecordKind
from crisisdesk.system.program_log import explained
from ui.actions import key_of
from ui.models.log_model import LogModel
from ui.tasks import Tasks
from ui.widgets.announcing import announce
from ui.widgets.log_table import make_log_table, show_verdict
from ui.widgets.pane import Pane
from ui.widgets.pane_head import pane_head
from ui.widgets.parts import button, label, restyle

SHOWN = 100
REFRESH_MS = 200
ROWS = 3
STORY_SECRETS = frozenset(
    f"exercise.{each}"
    for each in (
        "inject", "fired", "skipped", "edited", "inserted", "broken", "mended", "observed",
    )
)  # fmt: skip
"""Not for the player's eyes while the story runs; the review shows everything."""


class LogPane(Pane):
    """Reads what is committed, at most five times a second. `broken`: a problem, what to do."""

    broken = Signal(str, str)
    entry_asked = Signal(int)

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__("Log")
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self._entries = 0
        self._anchored = 0
        self._verified_to = 0
        self._broken = False
        self.model = LogModel(self)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._read)
        self._read()

    def _build(self) -> None:
        self.table = make_log_table(self.model)
        self.table.horizontalHeader().hide()
        self.table.activated.connect(lambda index: self.entry_asked.emit(self.model.seq_at(index)))
        self.table.setMinimumHeight(self.table.verticalHeader().defaultSectionSize() * ROWS + 4)
        self.chain = label("chain: not verified yet", "small")
        self.verify = button("Verify now", self._verify, "lane")
        self.note = QLineEdit()
        self.note.setPlaceholderText(
            f"Note a decision and why, one not to act included ({key_of('log')}); Enter logs it"
        )
        self.note.setAccessibleName("Note a decision")
        self.note.setMaxLength(2000)
        self.note.returnPressed.connect(self._note)
        box = QVBoxLayout()
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(5)
        box.addLayout(pane_head("log", "LOG", key_of("log"), self.note, self.chain, self.verify))
        box.addWidget(self.table)
        self.setLayout(box)

    def focus(self) -> None:
        """Put the keyboard into the line for decisions."""
        self.wanted.emit()
        self.note.setFocus()

    def on_grew(self) -> None:
        """The log has new entries."""
        if not self._timer.isActive():
            self._timer.start()

    def _read(self) -> None:
        reviewing = self._desk.reviewing
        self._tasks.read(
            lambda: (reviewing.entries(SHOWN), reviewing.newest_checkpoint()), self._show
        )

    def _show(self, found: tuple[list[dict[str, Any]], Checkpoint | None]) -> None:
        entries, checkpoint = found
        self.model.replace([each for each in entries if each["action"] not in STORY_SECRETS])
        self._entries = entries[0]["seq"] if entries else 0
        self._anchored = checkpoint.seq if checkpoint else 0
        if self.chain.property("role") != "problem":
            verified = f", ✓ verified to {self._verified_to:,}" if self._verified_to else ""
            self.chain.setText(f"{self._entries:,} entries, signed to {self._anchored:,}{verified}")
            restyle(self.chain, "role", "small")

    def _verify(self) -> None:
        self.verify.setEnabled(False)
        self._tasks.read(self._desk.reviewing.verify, self._verified, self._not_verified)

    def _not_verified(self, error: Exception) -> None:
        self.verify.setEnabled(True)
        self.chain.setText(f"cannot verify: {explained(error)}")
        restyle(self.chain, "role", "problem")

    def _verified(self, report: VerifyReport) -> None:
        self.verify.setEnabled(True)
        self.show_report(report)
        announce(self, self.chain.text()[2:])

    def show_report(self, report: VerifyReport) -> None:
        """Say what a verification found. A break is not forgotten while the desk is open."""
        if report.intact and self._broken:
            return
        self._broken = not report.intact
        self._verified_to = report.entries if report.intact else 0
        show_verdict(self.chain, report)
        if not report.intact:
            self.broken.emit(
                f"The log was changed from outside, at entry {report.findings[0].seq}.",
                "Alerts still go out, and this is in the log. Tell whoever keeps the record, and "
                "copy the data folder before anything else is changed.",
            )

    def _note(self) -> None:
        words, operator = self.note.text(), self._operator
        if words.strip():
            self._tasks.read(
                lambda: self._desk.recording.record(Record(RecordKind.DECISION, words), operator),
                lambda _: self.note.clear(),
            )
