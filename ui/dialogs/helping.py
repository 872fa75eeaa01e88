"""F1, everywhere: the guide opens at the page for where the keyboard is."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ui import actions
from ui.tasks import Tasks

if TYPE_CHECKING:
    from ui.dialogs.guide import Guide

_GIVEN = "has_guide_key"


class Help(QObject):
    """The guide of one program window. Nothing of it is loaded before it is asked for."""

    def __init__(self, window: QWidget, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self.guide: Guide | None = None
        actions.bind(window, "help", self.open_here)
        actions.bind(window, "card", self.print_card)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._give_key)

    def _give_key(self, _old: QWidget | None, new: QWidget | None) -> None:
        """A dialog is a window of its own, so it gets the key when it first has the keyboard."""
        dialog = new.window() if new else None
        if isinstance(dialog, QDialog) and not dialog.property(_GIVEN):
            dialog.setProperty(_GIVEN, True)
            shortcut = QShortcut(QKeySequence(actions.key_of("help")), dialog)
            shortcut.activated.connect(self.open_here)

    def open_here(self) -> None:
        """The page for where the keyboard is."""
        from ui.dialogs.guide_places import page_for

        self.open_page(page_for(QApplication.focusWidget() or self._window))

    def open_page(self, name: str) -> "Guide":
        """A page of the guide, in its window."""
        guide = self.guide or self._make()
        guide.open_at(name)
        return guide

    def _make(self) -> "Guide":
        from ui.dialogs.guide import Guide

        self.guide = Guide(self.print_card)
        return self.guide

    def print_card(self) -> None:
        """The duty officer's card, shown and then printed."""
        from ui.dialogs.card import CardPrinting
        from ui.dialogs.guide_pages import CARD

        guide = self.open_page(CARD)
        printing = CardPrinting(guide, self._tasks, guide.notice.error)
        printing.done.connect(guide.notice.good)
        printing.print()

    def close(self) -> None:
        """The program's window goes, and the guide with it."""
        if self.guide:
            self.guide.close()
            self.guide.deleteLater()
            self.guide = None
