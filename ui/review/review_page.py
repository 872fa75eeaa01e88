"""Review: any log, verified as it is opened, read entry by entry, and exported."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.mode import Mode
from crisisdesk.services import logbooks
from ui.models.log_model import LogModel
from ui.tasks import Tasks
from ui.theme import EXERCISE
from ui.widgets.announcing import announce
from ui.widgets.log_table import make_log_table, show_verdict
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.parts import button, label, row
from ui.widgets.way_back import way_back

MOST_FINDINGS = 6


class ReviewPage(QWidget):
    """Opens nothing as a desk and changes nothing: the file is only read."""

    left = Signal()

    def __init__(self, path: Path, tasks: Tasks, back_to: str = "the console") -> None:
        super().__init__()
        self._path = path
        self._tasks = tasks
        self.notice = Notice()
        self.model = LogModel(self, dates=True)
        self.verdict = label("verifying…", wrap=True)
        self.verdict.setFont(_bold(self.verdict.font()))
        self.findings = QPlainTextEdit()
        self.findings.setReadOnly(True)
        self.findings.setAccessibleName("What is wrong with the log")
        self.findings.hide()
        self.export = button("Export as JSON lines…", self._choose_export, "primary")
        self.back = way_back(self, self.left.emit, back_to)
        table = make_log_table(self.model, "0000-00-00 00:00:00")
        self.band = ModeBand(Mode.EXERCISE, "EXERCISE – this log is of an exercise")
        self.band.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.band)
        box = QVBoxLayout()
        box.setContentsMargins(20, 16, 20, 16)
        outer.addLayout(box)
        box.addLayout(row(label("Review", "title"), None, self.export, self.back))
        box.addWidget(label(str(path), "muted", wrap=True))
        box.addWidget(self.verdict)
        box.addWidget(self.findings)
        box.addWidget(self.notice)
        box.addWidget(table, 1)
        tasks.read(lambda: logbooks.verify_logbook(path), self._show_report, self._failed)
        tasks.read(lambda: logbooks.read_entries(path), self._show_entries, self._failed)

    def _show_report(self, report: VerifyReport) -> None:
        show_verdict(self.verdict, report)
        announce(self, self.verdict.text()[2:], urgent=not report.intact)
        lines = [f"entry {each.seq}: {each.fault} – {each.words}" for each in report.findings]
        self.findings.setPlainText("\n".join(lines))
        self.findings.setVisible(bool(lines))
        shown = min(len(lines), MOST_FINDINGS)
        self.findings.setFixedHeight(shown * self.findings.fontMetrics().lineSpacing() + 22)

    def _show_entries(self, entries: list[dict[str, Any]]) -> None:
        self.model.replace(entries)
        self.band.setVisible(self.of_exercise)

    @property
    def of_exercise(self) -> bool:
        """Whether this is the log of an exercise, whatever this program is."""
        return self.model.of_exercise

    def _failed(self, error: Exception) -> None:
        self.verdict.setText("This is no log that can be read.")
        self.notice.error(error)
        self.export.setEnabled(False)

    def _choose_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the log", self._file_name(), "JSON lines (*.jsonl)"
        )
        if name:
            self.export_to(Path(name))

    def _file_name(self) -> str:
        return f"{EXERCISE}-log.jsonl" if self.of_exercise else "log.jsonl"

    def export_to(self, out: Path) -> None:
        """Write the export and verify it by reading it back."""
        self._tasks.read(
            lambda: logbooks.export_jsonl(self._path, out),
            lambda report: self.notice.good(
                f"{report.entries:,} entries written to {out}, read back and verified."
            ),
            self.notice.error,
        )


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made
