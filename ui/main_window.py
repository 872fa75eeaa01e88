"""The main window: holds one page at a time. It composes and connects, nothing else."""

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from ui.theme import SPACE, SPACE_WIDE
from ui.widgets.announcing import announce
from ui.widgets.parts import label
from ui.widgets.reading_order import arrange, bring_into_view, next_stop

SMALLEST = (1180, 680)
USUAL = (1366, 768)


class MainWindow(QMainWindow):
    """Asks before it leaves an open desk; remembers where it stood."""

    closing = Signal()

    def __init__(self, remember: QSettings | None = None) -> None:
        super().__init__()
        self.remember = remember
        self.ask_before_closing = False
        self.pages = QStackedWidget()
        self.warning = label(role="strong", wrap=True)
        self.warning.setProperty("tone", "warn")
        self.warning.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.warning.hide()
        self.setMenuWidget(self.warning)
        self.setCentralWidget(self.pages)
        self.setWindowTitle("CrisisDesk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL)
        if remember and (kept := remember.value("window")):
            self._restore(kept)

    def _restore(self, kept: object) -> None:
        from PySide6.QtCore import QByteArray

        if isinstance(kept, QByteArray):
            self.restoreGeometry(kept)

    def warn(self, words: str) -> None:
        """Say something above whatever page is shown, at once; "" takes it back."""
        self.warning.setText(words)
        self.warning.setVisible(bool(words))
        announce(self.warning, words, urgent=True)

    def show_page(self, page: QWidget, title: str = "CrisisDesk") -> None:
        """Show a page, known to the window from then on."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        self.setWindowTitle(title)
        arrange(page)
        if page.focusWidget() is None and (first := next_stop(page, None, forward=True)):
            first.setFocus()

    def come_to_the_front(self) -> None:
        """Show this window before those of other programs, also if it was put away."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def drop_page(self, page: QWidget) -> None:
        """Forget a page for good."""
        self.pages.removeWidget(page)
        page.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes by what stands on the page now: forms and cards come and go."""
        page = self.pages.currentWidget()
        target = next_stop(page, self.focusWidget(), forward=forward) if page else None
        if target is None:
            return super().focusNextPrevChild(forward)
        reason = Qt.FocusReason
        target.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
        bring_into_view(target)
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.ask_before_closing:
            event.ignore()
            self._ask()
            return
        if self.remember:
            self.remember.setValue("window", self.saveGeometry())
        self.closing.emit()
        event.accept()

    def _ask(self) -> None:
        from PySide6.QtWidgets import QMessageBox

        from ui.dialogs.once import open_once

        words = "Leave the desk? What is being sent goes on until it is done."
        box = QMessageBox(QMessageBox.Icon.Question, "Leave the desk", words, parent=self)
        box.setStandardButtons(QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.button(QMessageBox.StandardButton.Close).setText("Leave the desk")
        box.button(QMessageBox.StandardButton.Cancel).setText("Stay here")
        box.button(QMessageBox.StandardButton.Close).clicked.connect(self.leave)
        open_once(box)

    def leave(self) -> None:
        """Close without asking."""
        self.ask_before_closing = False
        self.close()
