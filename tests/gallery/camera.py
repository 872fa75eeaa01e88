"""Draws one window in every look: themes, screens of two pixels a point, and large text."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import TABLES, Theme

PNG_QUALITY = 80
"""Qt's word for how quickly to pack: the files are a little larger and drawn twice as fast."""


@dataclass(frozen=True, slots=True)
class Look:
    """A theme, device pixels for each point, and the size of text in per cent."""

    theme: str
    scale: int = 1
    text: int = 100

    @property
    def size(self) -> str:
        """The part of the name that is not the theme: "100", "200" or "text200"."""
        return f"text{self.text}" if self.text != 100 else f"{self.scale}00"

    @property
    def ending(self) -> str:
        """How the names of its pictures end."""
        return self.theme if self.size == "100" else f"{self.theme}-{self.size}"


def looks(
    themes: Sequence[str] = (), sizes: Sequence[str] = (), text: int = 100
) -> tuple[Look, ...]:
    """Every look at this size of text, or only those in these themes and of these sizes."""
    scales = (1, 2) if text == 100 else (1,)
    every = [Look(name, scale, text) for name in themes or TABLES for scale in scales]
    return tuple(each for each in every if not sizes or each.size in sizes)


@contextmanager
def undressed_after(app: QApplication) -> Iterator[None]:
    """The program looks afterwards as it did before."""
    sheet, font, palette = app.styleSheet(), app.font(), app.palette()
    theme = Theme.tokens, Theme.percent, Theme.exercise
    yield
    Theme.tokens, Theme.percent, Theme.exercise = theme
    app.setStyleSheet(sheet)
    app.setFont(font)
    app.setPalette(palette)


def dress(app: QApplication, look: Look, *, exercise: bool) -> None:
    """Put the whole program into a look."""
    Theme.apply(app, look.theme, look.text, exercise=exercise)


class Photographer:
    """Writes a picture for every look into `out`; `taken` lists what was drawn."""

    def __init__(
        self,
        app: QApplication,
        out: Path,
        looks: Sequence[Look],
        wanted: Sequence[str] = (),
        *,
        exercise: bool = False,
    ) -> None:
        self.taken: list[tuple[str, Look, Path]] = []
        self._app = app
        self._out = out
        self._looks = looks
        self._wanted = wanted
        self._exercise = exercise
        dress(app, looks[0], exercise=exercise)

    def wants(self, name: str) -> bool:
        """Whether this picture was asked for."""
        return not self._wanted or any(begins(name, each) for each in self._wanted)

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        """Draw a window in every look, and leave it as it was."""
        size = widget.size()
        for (theme, text), scales in self._dresses():
            dress(self._app, Look(theme, 1, text), exercise=self._exercise)
            grow(widget)
            settle()
            for look in scales:
                self._draw(name, look, widget)
        dress(self._app, self._looks[0], exercise=self._exercise)
        widget.resize(size)
        settle()

    def _dresses(self) -> Iterator[tuple[tuple[str, int], list[Look]]]:
        """The looks, those together that need no new dress."""
        for dress in dict.fromkeys((each.theme, each.text) for each in self._looks):
            yield dress, [each for each in self._looks if (each.theme, each.text) == dress]

    def _draw(self, name: str, look: Look, widget: QWidget) -> None:
        file = self._out / f"{name}-{look.ending}.png"
        if not picture(widget, look.scale).save(str(file), "PNG", PNG_QUALITY):
            raise OSError(f"cannot write {file}")
        self.taken.append((name, look, file))


def begins(name: str, words: str) -> bool:
    """Whether a hyphened name begins with these words, or they with it."""
    longer, shorter = (name, words) if len(name) >= len(words) else (words, name)
    return longer == shorter or longer.startswith(f"{shorter}-")


def grow(widget: QWidget) -> None:
    """A dialog opens as large as its words need; one that is open does not grow by itself."""
    if widget.isWindow():
        widget.resize(widget.size().expandedTo(widget.minimumSizeHint()))


def picture(widget: QWidget, scale: int = 1) -> QImage:
    """What a widget shows, drawn with `scale` pixels for each point."""
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(widget.palette().window().color())
    widget.render(image, QPoint())
    return image
