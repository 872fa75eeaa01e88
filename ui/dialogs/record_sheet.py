"""Writing an entry of the record: what, who decided, when, why; and more when there is more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.record import METHANE, Attachment, JdmStage, Record, RecordKind
from crisisdesk.rules.timing import next_clock_time
from ui.theme import SPACE, SPACE_TIGHT
from ui.widgets.fields import named, text_box
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, set_tip, toggle
from ui.widgets.sheet import Sheet

WIDTH = 640
WHEN_LETTERS = 20
SHORTEST_CHOICE = 14
LOG_KEY = "Ctrl+Return"
DAY = timedelta(days=1)
AGO = (5, 15)
"""Minutes for the two buttons that say that it happened a while ago."""


class RecordSheet(Sheet):
    """Stands beside the console and blocks nothing. It writes nothing itself."""

    asked = Signal(object)
    """A Record to be logged."""
    attach_asked = Signal(object)
    """The Path of a file to attach."""
    changed = Signal()

    def __init__(self, parent: QWidget, who: str, now: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Write into the record")
        self.setModal(False)
        self._who, self._now = who, now
        self._attachments: tuple[Attachment, ...] = ()
        self._corrects = 0
        self.notice = Notice()
        self._make_fields()
        inside = column(space=SPACE)
        self._lay_out(inside)
        self.fill(inside, WIDTH)
        self._show_kind()
        self.words.setFocus()

    def _make_fields(self) -> None:
        self.kind = QComboBox()
        for each in RecordKind:
            self.kind.addItem(each.words, each.value)
        self.kind.setAccessibleName("Kind of entry")
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.words = self._box("What")
        self.rationale = self._box("Why")
        self.known = self._box("What was known then")
        self.options = self._box("Options that there were")
        self.why_corrected = self._box("What was wrong with it")
        self.decided_by = self._line("Decided by", self._who)
        self.when = self._line("When it happened")
        self.when.setPlaceholderText("now, or 02:15")
        self.when.setMinimumWidth(self.when.fontMetrics().averageCharWidth() * WHEN_LETTERS)
        self.stage = QComboBox()
        self.stage.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.stage.setMinimumContentsLength(SHORTEST_CHOICE)
        self.stage.addItem("–", None)
        for stage in JdmStage:
            self.stage.addItem(stage.words, stage.value)
        self.stage.setAccessibleName("Step of the joint decision model")
        self.letters = {key: self._line(words) for key, words in METHANE.items()}

    def _box(self, name: str) -> QPlainTextEdit:
        made = text_box(name)
        made.textChanged.connect(self.changed)
        return made

    def _line(self, name: str, text: str = "") -> QLineEdit:
        made = QLineEdit(text)
        made.setAccessibleName(name)
        made.setMaxLength(2000)
        made.textChanged.connect(self.changed)
        return made

    def _lay_out(self, inside: QBoxLayout) -> None:
        self.corrects = label("", "strong", wrap=True)
        self.why_row = named("What was wrong with it", self.why_corrected)
        inside.addWidget(self.corrects)
        loggist = label(f"Loggist: {self._who}", "small")
        inside.addWidget(flowing(label("Kind"), self.kind, loggist, spread=True))
        inside.addWidget(self.why_row)
        inside.addWidget(named("What", self.words))
        self.letter_rows = self._make_letters()
        inside.addWidget(self.letter_rows)
        self.why = named("Why", self.rationale)
        inside.addWidget(self.why)
        self.person = label("", "small")
        inside.addLayout(column(self.person, self.decided_by, space=SPACE_TIGHT))
        inside.addWidget(self._make_when())
        self.more = toggle("More fields", self._show_more)
        set_tip(self.more, "What was known then, which options there were, the decision model")
        inside.addWidget(flowing(self.more, button("Attach a file…", self._choose)))
        self.more_rows = _stack(
            [
                named("What was known then", self.known),
                named("Options that there were", self.options),
                named("Joint decision model", self.stage),
            ]
        )
        inside.addWidget(self.more_rows)
        self.attached = label("", "small", wrap=True)
        inside.addWidget(self.attached)
        inside.addWidget(self.notice)
        self.log = button(f"Log it ({QKeySequence(LOG_KEY).toString()})", self._ask, "primary")
        inside.addWidget(flowing(button("Put away", self.close), self.log, spread=True))
        QShortcut(QKeySequence(LOG_KEY), self).activated.connect(self._ask)

    def _make_letters(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        for number, (key, words) in enumerate(METHANE.items()):
            grid.addWidget(label(words, "small"), number, 0)
            grid.addWidget(self.letters[key], number, 1)
        return made

    def _make_when(self) -> QWidget:
        ago = [button(f"{each} min ago", partial(self._set_ago, each)) for each in AGO]
        inside = column(label("When it happened", "small"), space=SPACE_TIGHT)
        inside.addWidget(flowing(self.when, *ago))
        made = QWidget()
        made.setLayout(inside)
        return made

    def _set_ago(self, minutes: int) -> None:
        moment = self._now() - timedelta(minutes=minutes)
        self.when.setText(f"{moment.astimezone():%H:%M}")

    def _show_kind(self) -> None:
        kind = RecordKind(self.kind.currentData())
        self.person.setText(kind.person)
        self.decided_by.setAccessibleName(kind.person)
        self.letter_rows.setVisible(kind is RecordKind.METHANE)
        self.why.setVisible(kind in (RecordKind.DECISION, RecordKind.NOT_TO_ACT))
        self.why_row.setVisible(bool(self._corrects))
        self.corrects.setVisible(bool(self._corrects))
        self._show_more(self.more.isChecked())
        self.changed.emit()

    def _show_more(self, wanted: bool) -> None:
        self.more_rows.setVisible(wanted)

    def _choose(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Attach a file")
        if file:
            self.attach_asked.emit(Path(file))

    def add(self, attachment: Attachment) -> None:
        """A file was copied beside the log: the entry will name it."""
        self._attachments = (*self._attachments, attachment)
        self.attached.setText("Attached: " + ", ".join(each.name for each in self._attachments))
        self.changed.emit()

    def correct(self, seq: int, old: Record) -> None:
        """Write what puts that entry right, beginning from its words."""
        self._corrects = seq
        self.corrects.setText(f"This puts entry {seq} right. That entry stays as it is.")
        self.take(replace(old, corrects=seq, why_corrected=""))

    def take(self, record: Record) -> None:
        """Show these words."""
        self._corrects = record.corrects
        self.kind.setCurrentIndex(self.kind.findData(record.kind))
        self.stage.setCurrentIndex(max(0, self.stage.findData(record.stage)))
        for name in ("words", "rationale", "known", "options", "why_corrected"):
            getattr(self, name).setPlainText(getattr(record, name))
        self.decided_by.setText(record.decided_by or self._who)
        self.decided_by.setCursorPosition(0)
        when = record.occurred_at
        self.when.setText(f"{when.astimezone():%H:%M}" if when else "")
        said = dict(record.methane)
        for key, line in self.letters.items():
            line.setText(said.get(key, ""))
        self._attachments = record.attachments
        self.more.setChecked(bool(record.known or record.options or record.stage))
        self._show_kind()

    def record(self) -> Record:
        """What is written so far."""
        kind = RecordKind(self.kind.currentData())
        stage = self.stage.currentData()
        letters = {key: line.text() for key, line in self.letters.items() if line.text().strip()}
        return Record(
            kind=kind,
            words=self.words.toPlainText(),
            decided_by=self.decided_by.text(),
            occurred_at=self._moment(),
            known=self.known.toPlainText(),
            options=self.options.toPlainText(),
            rationale=self.rationale.toPlainText() if self.why.isVisibleTo(self) else "",
            stage=JdmStage(stage) if stage else None,
            methane=tuple(letters.items()) if kind is RecordKind.METHANE else (),
            attachments=self._attachments,
            corrects=self._corrects,
            why_corrected=self.why_corrected.toPlainText(),
        )

    def _moment(self) -> datetime | None:
        """The last time that the clock showed what is written; None for now."""
        return next_clock_time(self.when.text(), self._now() - DAY)

    def _ask(self) -> None:
        if self.when.text().strip() and self._moment() is None:
            self.notice.problem("The time cannot be read.", "Write it as 02:15, or leave it empty.")
            self.when.setFocus()
            return
        self.asked.emit(self.record())


def _stack(rows: list[QWidget]) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(SPACE)
    for each in rows:
        box.addWidget(each)
    return made
