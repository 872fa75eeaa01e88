"""Pictures of the walk, and nothing when nobody wants any."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from tests.gallery.camera import PNG_QUALITY, Look, dress, picture


class WalkCamera:
    """Draws each step as it is left, into `out` unless that is None."""

    def __init__(self, app: QApplication, out: Path | None, part: str) -> None:
        self._out = out
        self._part = part
        dress(app, Look("light"), exercise=False)

    def wants(self, name: str) -> bool:
        """Whether pictures are drawn at all."""
        return self._out is not None

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        """Draw what has the keyboard: the window, or the dialog on it."""
        shown = QApplication.activeModalWidget() or QApplication.activeWindow() or widget
        if self._out and not picture(shown).save(
            str(self._out / f"{self._part}-{name}.png"), "PNG", PNG_QUALITY
        ):
            raise OSError(f"cannot write {self._out / name}")
