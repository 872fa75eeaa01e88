"""Looks at what a story shows in every size and theme, and notes what is wrong with it."""

from collections.abc import Callable, Iterable
from itertools import cycle

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from tests import looks
from tests.gallery.camera import Look, dress, picture
from ui.theme import TABLES

SIZES = ((1366, 768), (1180, 680), (1920, 1080))
LARGE_TEXT_SIZES = ((1366, 768), (1920, 1080))
LAYERS = 6
"""A layout tells the one around it in an event: so many of them lie around each other."""


class Inspector:
    """Collects the faults of every screen: in every size, and at usual text in a theme by turns."""

    def __init__(self, app: QApplication, *, text: int = 100, exercise: bool = False) -> None:
        self.found: dict[str, str] = {}
        """For each fault where it was seen first."""
        self.screens = 0
        self._app = app
        self._text = text
        self._exercise = exercise
        self._turn = cycle(TABLES) if text == 100 else None
        dress(app, Look("light", text=text), exercise=exercise)

    def wants(self, name: str) -> bool:
        """Everything."""
        return True

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        """Measure a window in every size, and its colours; leave it as it was."""
        self.screens += 1
        before = widget.size()
        sizes = SIZES if self._text == 100 else LARGE_TEXT_SIZES
        for size in sizes if isinstance(widget, QMainWindow) else [before.toTuple()]:
            widget.resize(*size)
            self._settle(settle)
            place = f"{name}, {size[0]}×{size[1]}, text {self._text}"
            self._note(place, looks.faults(widget))
        widget.resize(before)
        if self._turn:
            self._look_at_colours(name, next(self._turn), widget, settle)
        self._settle(settle)

    def _look_at_colours(
        self, name: str, theme: str, widget: QWidget, settle: Callable[[], None]
    ) -> None:
        dress(self._app, Look(theme), exercise=self._exercise)
        self._settle(settle)
        self._note(f"{name}, {theme}", looks.pale(widget, picture(widget)))

    def _settle(self, settle: Callable[[], None]) -> None:
        settle()
        for _ in range(LAYERS):
            self._app.processEvents()

    def _note(self, where: str, faults: Iterable[str]) -> None:
        for each in faults:
            self.found.setdefault(each, where)
