"""Getting a pack out of the computer: as files, on paper, or as a PDF where there is no printer."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from crisisdesk.rules.pack_papers import folder_name, sheet
from crisisdesk.rules.packing import Pack
from crisisdesk.services.handing_over import HandingOver
from ui.tasks import Tasks
from ui.theme import marked

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog


class PackSaving(QObject):
    """Asks where to, and writes there. None of it needs the log."""

    done = Signal(str)

    def __init__(
        self,
        parent: QWidget,
        handing_over: HandingOver,
        tasks: Tasks,
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._handing_over = handing_over
        self._tasks = tasks
        self._failed = failed

    def choose_folder(self, pack: Pack | None) -> None:
        """Ask for a folder, such as a memory stick."""
        if pack is None:
            return
        chooser = QFileDialog(self._window, marked("Where to save the pack"))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(lambda folder: self.save_into(pack, Path(folder)))
        chooser.open()

    def save_into(self, pack: Pack, folder: Path) -> None:
        """Write every file of the pack into a new folder in there."""
        self._tasks.read(
            lambda: self._handing_over.write_pack(pack, folder),
            lambda made: self.done.emit(f"{len(made)} files are in {made[0].parent}"),
            self._failed,
        )

    def print(self, pack: Pack | None) -> None:
        """Print the sheet; without a printer, save it as PDF to be printed elsewhere."""
        from ui.dialogs import paper

        if pack and paper.any_printer():
            self._choose_printer(pack)
        elif pack:
            self._choose_file(pack)

    def _choose_file(self, pack: Pack) -> None:
        chooser = QFileDialog(self._window, marked("No printer is set up: save the sheet as PDF"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter("PDF (*.pdf)")
        chooser.setDefaultSuffix("pdf")
        chooser.selectFile(f"{folder_name(pack)}.pdf")
        chooser.fileSelected.connect(lambda file: self.save_pdf(pack, Path(file)))
        chooser.open()

    def save_pdf(self, pack: Pack, file: Path) -> None:
        """Write the sheet to print as a PDF."""
        from ui.dialogs import paper

        content = paper.pdf_of(sheet(pack), marked(pack.marker))
        self._tasks.read(
            lambda: self._handing_over.write_file(file, content),
            lambda made: self.done.emit(f"The sheet is in {made}"),
            self._failed,
        )

    def _choose_printer(self, pack: Pack) -> None:
        from PySide6.QtPrintSupport import QPrintDialog

        from ui.dialogs import paper

        dialog = QPrintDialog(paper.new_printer(), self._window)
        dialog.accepted.connect(lambda: self._print_with(dialog, pack))
        QDialog.open(dialog)

    def _print_with(self, dialog: "QPrintDialog", pack: Pack) -> None:
        from ui.dialogs import paper

        paper.print_on(sheet(pack), dialog.printer())
        self.done.emit("The sheet was given to the printer.")
