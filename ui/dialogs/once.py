"""Dialogs that are made for one question."""

from PySide6.QtWidgets import QDialog


def open_once(dialog: QDialog) -> None:
    """Open a dialog that nobody opens again: it goes once it is answered."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
