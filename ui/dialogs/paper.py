"""Paper: a page of HTML to a printer, or to the bytes of a PDF where there is none.

Printing support is imported only when somebody prints; some systems come without it.
"""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QMarginsF, QSizeF
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextDocument,
)

from ui.theme import marked

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

MARGIN_MM = 12.0
POINTS_PER_INCH = 72.0
RESOLUTION = 300
POINTS = 11.0
"""Of text that says nothing else; on paper it does not grow with the text on screen."""

_PAGE = re.compile(rb"/Type\s*/Page\b")


def pdf_of(page: str, title: str) -> bytes:
    """The page as an A4 PDF."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    print_on(page, writer)
    del writer  # it writes its end when it goes
    return bytes(buffer.data().data())


def print_on(page: str, device: QPagedPaintDevice) -> None:
    """Print HTML; what needs more than one page goes on with the next."""
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    device.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    font = QFont()
    font.setPointSizeF(POINTS)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setHtml(page)
    document.setPageSize(_size_on_screen(device.pageLayout()))
    document.print_(device)


def fits_one_page(page: str) -> bool:
    """Whether HTML fits one A4 page. It is tried: a printer's metrics are not the screen's."""
    return len(_PAGE.findall(pdf_of(page, ""))) == 1


def _size_on_screen(layout: QPageLayout) -> QSizeF:
    """The page between its margins in the unit that documents are laid out in."""
    inside = layout.paintRect(QPageLayout.Unit.Point).size()
    return inside * (QGuiApplication.primaryScreen().logicalDotsPerInch() / POINTS_PER_INCH)


def any_printer() -> bool:
    """Whether this computer knows a printer."""
    try:
        from PySide6.QtPrintSupport import QPrinterInfo
    except ImportError:
        return False
    return bool(QPrinterInfo.availablePrinterNames())


def new_printer() -> "QPrinter":
    """A printer to be chosen in Qt's own dialog."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(marked("CrisisDesk"))
    return printer
