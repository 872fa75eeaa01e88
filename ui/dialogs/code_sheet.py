"""A list of one-time codes, to be printed once and shown never again."""

from html import escape

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from crisisdesk.model.approval import CodeList
from ui.theme import marked, marked_file
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

COLUMNS, WIDTH = 3, 560


class CodeSheet(Sheet):
    """Shows the codes this once. Only their hashes are kept."""

    def __init__(self, parent: QWidget, codes: CodeList, organisation: str) -> None:
        super().__init__(parent)
        self._codes = codes
        self._organisation = organisation
        self.setWindowTitle("Codes for the telephone")
        self.notice = Notice()
        self.lines = QPlainTextEdit(
            "\n".join(f"{letter}   {code[:3]} {code[3:]}" for letter, code in codes.codes.items())
        )
        self.lines.setReadOnly(True)
        self.lines.setAccessibleName("Codes by line")
        self.save = button("Save as PDF to print…", self._save, "primary")
        box = column(
            label(f"Codes of {codes.operator_name}", "title"),
            label(
                "When a sender telephones, have the words and the check code read out. If you "
                "agree, read out the code of the line they ask for, and strike it. This list is "
                "shown only now: print it and keep it where only you get at it.",
                wrap=True,
            ),
            self.lines,
            self.notice,
        )
        box.addLayout(row(self.save, None, button("Close", self.reject)))
        self.fill(box, WIDTH)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, marked("Save the codes"), marked_file("codes.pdf"), "PDF (*.pdf)"
        )
        if name:
            write_sheet(self._codes, self._organisation, name)
            self.notice.good(f"Saved as {name}. Delete the file once it is printed.")


def write_sheet(codes: CodeList, organisation: str, name: str) -> None:
    """One A4 page to be cut out and kept in a wallet."""
    cells = [
        f"<td><b>{letter}</b></td><td><tt>{code[:3]}&nbsp;{code[3:]}</tt></td>"
        for letter, code in codes.codes.items()
    ]
    rows = [
        "<tr>" + "".join(cells[start : start + COLUMNS]) + "</tr>"
        for start in range(0, len(cells), COLUMNS)
    ]
    made = codes.made_at.astimezone().strftime("%d %B %Y, %H:%M")
    document = QTextDocument()
    document.setHtml(
        f"<h2>{escape(marked(organisation))}: approval codes of {escape(codes.operator_name)}</h2>"
        f"<p>Made {made}. Every code counts once. Have the words and the check code read out "
        "before you give one. Lost? Have a new list printed: this one is void then.</p>"
        f"<table cellpadding='8' border='1' cellspacing='0'>{''.join(rows)}</table>"
    )
    writer = QPdfWriter(name)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(15, 15, 15, 15),
        )
    )
    document.print_(writer)
