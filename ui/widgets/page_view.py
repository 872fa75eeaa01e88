"""A page of ours on screen, as wide as its place and in the theme's colours; it fetches nothing."""

import re
from base64 import b64decode

from PySide6.QtCore import QByteArray, QEvent, QRectF, Qt, QUrl
from PySide6.QtGui import QImage, QPainter, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser

from ui.theme import SPACE, Theme

PICTURE = "data:image/svg+xml;base64,"
NARROWEST = 300
DARK_BELOW = 128
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TABLE = re.compile(r"<table( class=\"[^\"]*\")?>")
_RULED = '<table border="1" cellspacing="0" cellpadding="4" width="100%">'
_HEAD_OF_ROW = re.compile(r'<th scope="row">(.*?)</th>', re.DOTALL)
_HEAD = re.compile(r"<th (?=class|scope)")


class PageView(QTextBrowser):
    """Shows what stands in the page itself; its own style is for paper."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._page = ""
        self.setOpenExternalLinks(False)
        self.setAccessibleName(name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_page(self, page: str) -> None:
        """Lay it out for the width and the theme there are now. Qt would centre every header."""
        self._page = page
        plain = _TABLE.sub(_RULED, _STYLE.sub("", page))
        self.setHtml(_HEAD.sub('<th align="left" ', _HEAD_OF_ROW.sub(r"<td>\1</td>", plain)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._page:
            place = self.verticalScrollBar().value()
            self.show_page(self._page)
            self.verticalScrollBar().setValue(place)

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        address = url.toString() if isinstance(url, QUrl) else url
        if kind == QTextDocument.ResourceType.ImageResource.value and address.startswith(PICTURE):
            return self._drawn(b64decode(address.removeprefix(PICTURE)))
        return None

    def _drawn(self, svg: bytes) -> QImage:
        """As wide as the window, at the screen's own resolution."""
        renderer = QSvgRenderer(QByteArray(svg))
        width = max(NARROWEST, self.viewport().width() - 4 * SPACE)
        sharp = self.devicePixelRatioF()
        height = width * renderer.defaultSize().height() / renderer.defaultSize().width()
        image = QImage(
            round(width * sharp), round(height * sharp), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter, QRectF(image.rect()))
        painter.end()
        _in_the_theme(image)
        image.setDevicePixelRatio(sharp)
        return image


def _in_the_theme(image: QImage) -> None:
    """Our pictures are drawn for paper, in greys alone. White dazzles in the dark."""
    surface = Theme.colour("surface")
    if surface.lightness() >= DARK_BELOW:
        return
    image.invertPixels()
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Lighten)
    painter.fillRect(image.rect(), surface)
    painter.end()
