"""How log entries are laid out, and how a verdict on them is said."""

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView

from crisisdesk.model.audit import VerifyReport
from ui.widgets.parts import restyle
from ui.widgets.tips import TipDelegate


def show_verdict(target: QLabel, report: VerifyReport) -> None:
    """Say what a verification found."""
    if report.intact:
        target.setText(f"✓ chain ok, {report.entries:,} entries, signed to {report.anchored_to:,}")
    else:
        first = report.findings[0]
        target.setText(f"✕ LOG BROKEN at entry {first.seq}: {first.words}")
    restyle(target, "role", "good" if report.intact else "problem")


class LogTable(QTableView):
    """As high and wide a cell as its text needs, whatever size the text has."""

    def __init__(self, time_sample: str) -> None:
        super().__init__()
        self._time_sample = time_sample

    def show_times_as(self, sample: str) -> None:
        """As wide a column for the times as this one needs."""
        self._time_sample = sample
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.fit()

    def fit(self) -> None:
        """Give rows and columns their sizes."""
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        samples = ("000,000", f"{self._time_sample}  ", "Exercise control  ")
        for section, sample in enumerate(samples):
            self.setColumnWidth(section, metrics.horizontalAdvance(sample) + 12)


def make_log_table(model: QAbstractItemModel, time_sample: str = "00:00:00") -> LogTable:
    """A table of log entries: read by row, never changed."""
    table = LogTable(time_sample)
    table.setModel(model)
    table.setItemDelegate(TipDelegate(table))
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setStretchLastSection(True)
    table.fit()
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName("Log entries")
    return table
