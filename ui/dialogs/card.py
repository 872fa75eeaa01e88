"""The duty officer's card: one page of paper, printed or saved as PDF."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from ui.dialogs.guide_pages import CARD, text_of, title_of
from ui.tasks import Tasks
from ui.theme import Theme, marked, marked_file

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog

SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
"""Points of the text, the largest first: fonts differ between computers."""

_TIGHTER = {
    "<table ": "<table width='100%' ",
    "margin-top:6px; margin-bottom:6px": "margin-top:2px; margin-bottom:2px",
}
_HEADINGS = {"xx-large": 1.6, "x-large": 1.25}
BANNER = "EXERCISE – for practice only"


def card_page(*, exercise: bool) -> str:
    """The card as HTML, black on white, as large as one page allows; marked in an exercise."""
    from ui.dialogs.paper import fits_one_page

    pages = (_page(points, exercise=exercise) for points in SIZES)
    return next(
        (page for page in pages if fits_one_page(page)), _page(SIZES[-1], exercise=exercise)
    )


def _page(points: float, *, exercise: bool) -> str:
    document = QTextDocument()
    font = QFont()
    font.setPointSizeF(points)
    document.setDefaultFont(font)
    document.setMarkdown(text_of(CARD))
    page = document.toHtml()
    for roomy, tight in _TIGHTER.items():
        page = page.replace(roomy, tight)
    for name, factor in _HEADINGS.items():  # else they grow with the text on screen
        page = page.replace(f"font-size:{name}", f"font-size:{points * factor:g}pt")
    style = f"font-size:{points * 1.6:g}pt; font-weight:700"
    banner = f"<p align='center' style='{style}'>◆ {escape(BANNER)} ◆</p>" if exercise else ""
    return banner + page


class CardPrinting(QObject):
    """Prints the card; where there is no printer, saves it as PDF to be printed elsewhere."""

    done = Signal(str)

    def __init__(self, window: QWidget, tasks: Tasks, failed: Callable[[Exception], None]) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._failed = failed

    def print(self) -> None:
        """Ask for a printer or for a file."""
        from ui.dialogs import paper

        if paper.any_printer():
            self._choose_printer()
        else:
            self._choose_file()

    def save_pdf(self, file: Path) -> None:
        """Write the card as a PDF."""
        from crisisdesk.services.papers import write_paper
        from ui.dialogs import paper

        content = paper.pdf_of(card_page(exercise=Theme.exercise), marked(title_of(CARD)))
        self._tasks.read(
            lambda: write_paper(file, content),
            lambda made: self.done.emit(f"The card is in {made}"),
            self._failed,
        )

    def _choose_file(self) -> None:
        chooser = QFileDialog(self._window, marked("No printer is set up: save the card as PDF"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter("PDF (*.pdf)")
        chooser.setDefaultSuffix("pdf")
        chooser.selectFile(marked_file("duty-card.pdf"))
        chooser.fileSelected.connect(lambda file: self.save_pdf(Path(file)))
        chooser.open()

    def _choose_printer(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog

        from ui.dialogs import paper

        dialog = QPrintDialog(paper.new_printer(), self._window)
        dialog.accepted.connect(lambda: self._print_with(dialog))
        QDialog.open(dialog)

    def _print_with(self, dialog: "QPrintDialog") -> None:
        from ui.dialogs import paper

        paper.print_on(card_page(exercise=Theme.exercise), dialog.printer())
        self.done.emit("The card was given to the printer.")
