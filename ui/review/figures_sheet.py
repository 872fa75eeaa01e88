"""Benchmarks and months of a log: one page at a time, to be read here, or saved and printed."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.mode import Mode
from ui.review.figures import Choice, Figures, read_figures, write_figures
from ui.tasks import Tasks
from ui.theme import EXERCISE, SPACE, Theme
from ui.widgets.flow import flowing
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.page_view import PageView
from ui.widgets.parts import button, label, row, set_tip

SIZE = (960, 700)
OF_THE_SCREEN = 0.94
SHORTEST_CHOICE = 16
KINDS = "PDF (*.pdf);;Page for a browser (*.html)"
READING = "Reading the log…"
COMPARE = "Compare with another log…"


class FiguresSheet(QDialog):
    """Reads the log anew, never on the GUI thread, and changes nothing."""

    def __init__(self, parent: QWidget, path: Path, tasks: Tasks) -> None:
        super().__init__(parent)
        self.setWindowTitle("Benchmarks and months")
        self._path, self._tasks = path, tasks
        self._beside: list[Path] = []
        self._figures: Figures | None = None
        self._shown = ""
        self._asked = self._wanted = 0
        self.band = ModeBand(Mode.EXERCISE, "EXERCISE – this log is from an exercise")
        self.band.hide()
        self.choice = QComboBox()
        self.choice.setAccessibleName("What is shown")
        self.choice.setMinimumContentsLength(SHORTEST_CHOICE)
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.currentIndexChanged.connect(self._show_chosen)
        self.page = PageView("The page")
        self.told = label(READING, "small", wrap=True)
        self.notice = Notice()
        self.compare = button(COMPARE, self._choose_other)
        words = "The folder of an exercise or of another desk, to stand beside this log."
        set_tip(self.compare, words)
        self.save = button("Save as PDF or page…", self._choose_file, "primary")
        self.save.setEnabled(False)
        self._lay_out()
        self._read()

    def _lay_out(self) -> None:
        room = self.screen().availableSize() * OF_THE_SCREEN
        self.resize(
            min(Theme.scaled(SIZE[0]), room.width()), min(Theme.scaled(SIZE[1]), room.height())
        )
        box = QVBoxLayout()
        box.setSpacing(SPACE)
        box.addWidget(self.band)
        show = label("Show")
        show.setBuddy(self.choice)
        head = row(show, self.choice)
        head.setStretch(1, 1)
        box.addLayout(head)
        box.addWidget(self.notice)
        box.addWidget(self.page, 1)
        box.addWidget(self.told)
        box.addWidget(flowing(self.compare, self.save, button("Close (Esc)", self.reject)))
        self.setLayout(box)

    def _read(self) -> None:
        self._asked += 1
        self.told.setText(READING)
        read = partial(read_figures, self._path, tuple(self._beside))
        self._tasks.read(read, partial(self._show, self._asked), partial(self._failed, self._asked))

    def _show(self, asked: int, figures: Figures) -> None:
        if asked != self._asked:
            return  # another log has been added since
        before = self.choice.currentText()
        self._figures = figures
        self.band.setVisible(figures.exercise)
        self.choice.blockSignals(True)
        self.choice.clear()
        for each in figures.choices():
            self.choice.addItem(each.words, each)
        self.choice.setCurrentIndex(max(0, self.choice.findText(before)))
        self.choice.blockSignals(False)
        self.told.setText(self._beside_in_words())
        self._show_chosen()

    def _beside_in_words(self) -> str:
        names = ", ".join(each.name for each in self._beside)
        return f"Beside: {names}." if names else "Made from this log alone; nothing is changed."

    def _show_chosen(self) -> None:
        chosen = self.choice.currentData()
        if self._figures and isinstance(chosen, Choice):
            set_tip(self.choice, chosen.words)
            self._wanted += 1
            self.save.setEnabled(False)  # until what is chosen is what is shown
            then = partial(self._show_page, self._wanted)
            self._tasks.read(partial(self._figures.page, chosen), then, self.notice.error)

    def _show_page(self, wanted: int, page: str) -> None:
        if wanted == self._wanted:
            self._shown = page
            self.page.show_page(page)
            self.save.setEnabled(True)

    def _failed(self, asked: int, error: Exception) -> None:
        if asked == self._asked:
            self.told.setText(self._beside_in_words())
            self.notice.error(error)

    def _choose_other(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, COMPARE)
        if folder:
            self.add_log(Path(folder))

    def add_log(self, path: Path) -> None:
        """Compare with one log more."""
        self._asked += 1
        asked, beside = self._asked, (*self._beside, path)
        self.told.setText(READING)

        def added(figures: Figures) -> None:
            if asked == self._asked:
                self._beside.append(path)
            self._show(asked, figures)

        self._tasks.read(
            partial(read_figures, self._path, beside), added, partial(self._failed, asked)
        )

    def _choose_file(self) -> None:
        chosen = self.choice.currentData()
        mark = f"{EXERCISE}-" if self._figures and self._figures.exercise else ""
        name = f"{mark}{chosen.file}.pdf"
        out, _ = QFileDialog.getSaveFileName(self, "Save as", name, KINDS)
        if out:
            self.save_to(Path(out))

    def save_to(self, out: Path) -> None:
        """Write the page that is shown."""
        self._tasks.read(
            partial(write_figures, self._shown, out), self.notice.good, self.notice.error
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not isinstance(self.focusWidget(), QPushButton):
            return  # Enter in the page or the list presses no button
        super().keyPressEvent(event)
