"""The report in a window of our own: an exercise's process opens no other program."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.mode import Mode
from ui.theme import Theme, marked
from ui.widgets.mode_band import ModeBand
from ui.widgets.page_view import PageView
from ui.widgets.parts import button, label, row

SIZE = (900, 720)


class ReportView(QWidget):
    """The page, and where its files lie."""

    def __init__(self, page: str, folder: Path) -> None:
        super().__init__()
        self.setWindowTitle(marked("The report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wanted = self.screen().availableSize()
        self.resize(
            min(Theme.scaled(SIZE[0]), wanted.width()), min(Theme.scaled(SIZE[1]), wanted.height())
        )
        self.text = PageView("The report")
        self.place = QLineEdit(str(folder))
        self.place.setReadOnly(True)
        self.place.setCursorPosition(0)
        self.place.setAccessibleName("The files are in")
        told = "report.html prints from any browser; report.pdf is made when the exercise is left."
        box = QVBoxLayout()
        box.addWidget(ModeBand(Mode.EXERCISE))
        box.addWidget(self.text, 1)
        box.addWidget(label(told, "small", wrap=True))
        foot = row(self.place, button("Close (Esc)", self.close))
        foot.setStretch(0, 1)
        box.addLayout(foot)
        self._page = page
        self.show_page()
        self.setLayout(box)

    def show_page(self) -> None:
        """Lay it out for the width and the theme there are now."""
        self.text.show_page(self._page)

    def keyPressEvent(self, event: object) -> None:
        if event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.close()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]
