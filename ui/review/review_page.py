"""Review: any log, verified as it is opened, replayed, searched, and exported."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.disclosure import Disclosure
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import from_ms
from crisisdesk.rules.recording import corrects
from crisisdesk.rules.replay import Replay
from crisisdesk.rules.showing import one_line
from crisisdesk.services import logbooks
from crisisdesk.services.replaying import Replaying
from ui.dialogs.entry_card import EntryCard
from ui.dialogs.once import open_once
from ui.review.disclosure_sheet import DisclosureSheet
from ui.review.entry_list import EntryList
from ui.review.exports import FORMATS, write_disclosure, write_export
from ui.review.figures_sheet import FiguresSheet
from ui.review.replay_panel import ReplayPanel
from ui.tasks import Tasks
from ui.theme import EXERCISE
from ui.widgets.announcing import announce
from ui.widgets.log_table import show_verdict
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row, scrolling, set_tip
from ui.widgets.way_back import way_back

MOST_FINDINGS = 6
MOST_INCIDENTS, LONGEST_NAME = 12, 48
EXPORT = "Export…"


class ReviewPage(QWidget):
    """Opens nothing as a desk and changes nothing: the file is only read."""

    left = Signal()

    def __init__(self, path: Path, tasks: Tasks, back_to: str = "the console") -> None:
        super().__init__()
        self._path = path
        self._tasks = tasks
        self._replaying: Replaying | None = None
        self._incidents: list[tuple[str, str]] = []
        self.card: EntryCard | None = None
        self.disclosure: DisclosureSheet | None = None
        self.notice = Notice()
        self.verdict = label("verifying…", wrap=True)
        self.verdict.setFont(_bold(self.verdict.font()))
        self.findings = QPlainTextEdit()
        self.findings.setReadOnly(True)
        self.findings.setAccessibleName("What is wrong with the log")
        self.findings.hide()
        self.entries = EntryList(lambda: self._replaying, tasks)
        self.model = self.entries.model
        self.panel = ReplayPanel(tasks, self.entries)
        self.export = button(EXPORT, self._offer_exports, "primary")
        self.figures = button("Figures…", self._open_figures)
        set_tip(self.figures, "An incident beside others, and how a month went")
        self.sheet: FiguresSheet | None = None
        self.back = way_back(self, self.left.emit, back_to)
        self.band = ModeBand(Mode.EXERCISE, "EXERCISE – this log is from an exercise")
        self.band.hide()
        self._lay_out()
        self._connect()
        tasks.read(lambda: logbooks.verify_logbook(path), self._show_report, self._failed)
        tasks.read(partial(Replaying, path), self._opened, self._failed)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.band)
        inside = column(space=6)
        inside.setContentsMargins(20, 12, 20, 12)
        place = label(str(self._path), "muted", wrap=True)
        head = row(label("Review", "title"), place, self.figures, self.export, self.back)
        head.setStretch(1, 1)
        for each in (self.figures, self.export, self.back):
            each.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        inside.addLayout(head)
        for part in (self.verdict, self.findings, self.notice):
            inside.addWidget(part)
        inside.addWidget(self.panel, 1)
        outer.addWidget(scrolling(inside), 1)

    def _connect(self) -> None:
        self.entries.chosen.connect(self.panel.go_to)
        self.entries.opened.connect(self._open_entry)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(
            self.entries.search.setFocus
        )
        self.destroyed.connect(partial(_close, lambda: self._replaying))

    def _opened(self, replaying: Replaying) -> None:
        """The newest entries first; the whole log is read behind them."""
        self._replaying = replaying
        self.entries.look()
        opened = ("incident.opened",)
        self._tasks.read(
            lambda: replaying.entries(actions=opened, limit=MOST_INCIDENTS), self._know_incidents
        )
        self._tasks.read(
            lambda: (replaying.load(), replaying.per_minute()), self._show_replay, self._failed
        )

    def _know_incidents(self, entries: list[dict[str, Any]]) -> None:
        """Reference and name of each, the newest first."""
        told = [each["detail"] for each in entries if isinstance(each["detail"], dict)]
        self._incidents = [(str(each.get("ref")), str(each.get("name"))) for each in told]

    def _show_replay(self, found: tuple[Replay, list[tuple[int, int]]]) -> None:
        self.band.setVisible(self.of_exercise)
        replay = found[0]
        if self._replaying and replay.last:
            if _day(replay.at_ms(replay.first)) == _day(replay.at_ms(replay.last)):
                self.entries.without_dates()
            self.panel.show_log(self._replaying, *found)

    def _show_report(self, report: VerifyReport) -> None:
        show_verdict(self.verdict, report)
        announce(self, self.verdict.text()[2:], urgent=not report.intact)
        lines = [f"entry {each.seq}: {each.fault} – {each.words}" for each in report.findings]
        self.findings.setPlainText("\n".join(lines))
        self.findings.setVisible(bool(lines))
        shown = min(len(lines), MOST_FINDINGS)
        self.findings.setFixedHeight(shown * self.findings.fontMetrics().lineSpacing() + 22)

    @property
    def of_exercise(self) -> bool:
        """Whether this is the log of an exercise, whatever this program is."""
        return self.model.of_exercise

    def _failed(self, error: Exception) -> None:
        self.verdict.setText("This is not a log that can be read.")
        self.notice.error(error)
        self.export.setEnabled(False)
        self.figures.setEnabled(False)

    def _open_figures(self) -> None:
        self.sheet = FiguresSheet(self, self._path, self._tasks)
        open_once(self.sheet)

    def _open_entry(self, seq: int) -> None:
        entry = next((each for each in self.model.rows() if each["seq"] == seq), None)
        if entry is None:
            return
        rights = [each["seq"] for each in self.model.rows() if corrects(each) == seq]
        self.panel.go_to(seq)
        card = EntryCard(self, {**entry, "corrected_by": rights}, may_correct=False)
        card.entry_asked.connect(self._open_entry)
        self.card = card
        open_once(card)

    def _offer_exports(self) -> None:
        menu = self._exports_menu()
        menu.popup(self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def _exports_menu(self) -> QMenu:
        menu = QMenu(self)
        for suffix, (words, _) in FORMATS.items():
            menu.addAction(words, partial(self._choose_export, suffix))
        menu.addAction("For a request: what may be shown…", self.answer_request)
        if len(self._incidents) > 1:
            ones = menu.addMenu("A report of one incident")
            for ref, name in self._incidents:
                words = one_line(f"{ref} {name}", LONGEST_NAME).replace("&", "&&")
                ones.addAction(f"{words}…", partial(self._choose_export, "pdf", ref))
        return menu

    def _choose_export(self, suffix: str, ref: str = "") -> None:
        words, kind = FORMATS[suffix]
        name, _ = QFileDialog.getSaveFileName(self, words, self._file_name(suffix), kind)
        if name:
            self.export_to(Path(name), ref)

    def answer_request(self) -> None:
        """Ask what may be shown to somebody who asked for the log."""
        sheet = DisclosureSheet(self, self._incidents)
        sheet.asked.connect(self._choose_disclosure)
        self.disclosure = sheet
        sheet.show()

    def _choose_disclosure(self, plan: Disclosure) -> None:
        suggested = f"{EXERCISE}-disclosure.zip" if self.of_exercise else "disclosure.zip"
        name, _ = QFileDialog.getSaveFileName(self, "Disclosure", suggested, "Disclosure (*.zip)")
        if name:
            self.export.setText("Writing…")
            act = partial(write_disclosure, self._path, Path(name), plan)
            self._tasks.read(act, self._disclosed, self._unwritten)

    def _disclosed(self, words: str) -> None:
        if self.disclosure:
            self.disclosure.close()
            self.disclosure = None
        self._written(words)

    def _file_name(self, suffix: str = "jsonl") -> str:
        what = "report" if suffix == "pdf" else "log"
        return f"{EXERCISE}-{what}.{suffix}" if self.of_exercise else f"{what}.{suffix}"

    def export_to(self, out: Path, ref: str = "") -> None:
        """Write an export by the file's kind, a report of one incident where it is named."""
        self.export.setText("Writing…")
        self._tasks.read(
            partial(write_export, self._path, out, ref), self._written, self._unwritten
        )

    def _written(self, words: str) -> None:
        self.export.setText(EXPORT)
        self.notice.good(words)

    def _unwritten(self, error: Exception) -> None:
        self.export.setText(EXPORT)
        self.notice.error(error)


def _day(at_ms: int) -> date:
    return from_ms(at_ms).astimezone().date()


def _close(replaying: Callable[[], Any]) -> None:
    opened = replaying()
    if opened:
        opened.close()


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made
