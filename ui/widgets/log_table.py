"""How log entries are laid out, and how a verdict on them is said."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView

from crisisdesk.model.audit import VerifyReport
from ui.widgets.parts import restyle


def show_verdict(target: QLabel, report: VerifyReport) -> None:
    """Say what a verification found."""
    if report.intact:
        target.setText(f"✓ chain ok, {report.entries:,} entries, signed to {report.anchored_to:,}")
    else:
        first = report.findings[0]
        target.setText(f"✕ LOG BROKEN at entry {first.seq}: {first.words}")
    restyle(target, "role", "good" if report.intact else "problem")


def make_log_table(model: QAbstractItemModel, time_sample: str = "00:00:00") -> QTableView:
    """A table of log entries: read by row, never changed."""
    table = QTableView()
    table.setModel(model)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setStretchLastSection(True)
    widest = table.fontMetrics().horizontalAdvance
    for section, sample in enumerate(("000,000", f"{time_sample}  ", "Exercise control  ")):
        table.setColumnWidth(section, widest(sample) + 12)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName("Log entries")
    return table
