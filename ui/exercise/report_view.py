"""The report in a window of our own: an exercise's process opens no other program."""

import re
from base64 import b64decode
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt, QUrl
from PySide6.QtGui import QImage, QPainter, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from crisisdesk.model.mode import Mode
from ui.theme import SPACE, Theme, marked
from ui.widgets.mode_band import ModeBand
from ui.widgets.parts import button, label, row

SIZE = (900, 720)
PICTURE = "data:image/svg+xml;base64,"
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_RULED = '<table border="1" cellspacing="0" cellpadding="4" '


class _Page(QTextBrowser):
    """Shows what stands in the page itself and fetches nothing."""

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        address = url.toString() if isinstance(url, QUrl) else url
        if kind == QTextDocument.ResourceType.ImageResource.value and address.startswith(PICTURE):
            return self._drawn(b64decode(address.removeprefix(PICTURE)))
        return None

    def _drawn(self, svg: bytes) -> QImage:
        """As wide as the window, at the screen's own resolution."""
        renderer = QSvgRenderer(QByteArray(svg))
        width = max(300, self.viewport().width() - 4 * SPACE)
        sharp = self.devicePixelRatioF()
        height = width * renderer.defaultSize().height() / renderer.defaultSize().width()
        image = QImage(
            round(width * sharp), round(height * sharp), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter, QRectF(image.rect()))
        painter.end()
        image.setDevicePixelRatio(sharp)
        return image


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
        self.text = _Page()
        self.text.setOpenExternalLinks(False)
        self.text.setAccessibleName("The report")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.place = QLineEdit(str(folder))
        self.place.setReadOnly(True)
        self.place.setCursorPosition(0)
        self.place.setAccessibleName("The files are in")
        told = "report.html prints from any browser; report.pdf is made when the exercise is left."
        box = QVBoxLayout(self)
        box.addWidget(ModeBand(Mode.EXERCISE))
        box.addWidget(self.text, 1)
        box.addWidget(label(told, "small", wrap=True))
        foot = row(self.place, button("Close (Esc)", self.close))
        foot.setStretch(0, 1)
        box.addLayout(foot)
        self._page = page
        self.show_page()

    def show_page(self) -> None:
        """Lay it out for the width and the theme there are now."""
        plain = _STYLE.sub("", self._page).replace("<table", _RULED)
        self.text.setHtml(plain)

    def keyPressEvent(self, event: object) -> None:
        if event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.close()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]
