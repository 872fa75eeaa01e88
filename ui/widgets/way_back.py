"""The one way out of a page that lies over another: the same button in the same corner, and Esc."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from ui import actions
from ui.widgets.parts import button


def way_back(page: QWidget, leave: Callable[[], object], to: str = "the console") -> QPushButton:
    """A button for the top right corner of a page, and the key for it."""
    actions.bind(page, "back", leave)
    return button(f"Back to {to} ({actions.key_of('back')})", leave, icon="back")
