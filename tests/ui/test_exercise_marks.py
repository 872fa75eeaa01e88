"""Whatever is seen, cropped, copied or saved of an exercise says EXERCISE."""

import importlib
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageChops
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.gallery.__main__ import EXERCISES
from tests.gallery.camera import Look, dress, picture, undressed_after
from tests.gallery.stage import Stage
from ui.icons import ICON_SIDES, mode_icon
from ui.theme import EXERCISE, TABLES, marked, marked_file
from ui.widgets.marking import TILE, Marks, Watermark

STRONG_ENOUGH = 6
"""Of 255: so far the mark is from what lies below it, at least."""

STORIES = (*EXERCISES, "second", "night")
"""Those with the dialogs of an alert; in the last two the desk is live and only dressed up."""


@pytest.fixture(autouse=True)
def undressed(qapp: QApplication, way_out: None) -> Iterator[None]:
    icon = qapp.windowIcon()
    with undressed_after(qapp):
        yield
    qapp.setWindowIcon(icon)


def face(icon: QIcon) -> QImage:
    return icon.pixmap(32).toImage()


def pixels(image: QImage) -> Image.Image:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain.width(), plain.height())
    return Image.frombytes(
        "RGB", size, bytes(plain.constBits()), "raw", "RGB", plain.bytesPerLine()
    )


def marks_of(window: QWidget) -> Image.Image:
    """What the mark changes about a picture of this window, as shades of grey."""
    (mark,) = window.findChildren(Watermark, options=Qt.FindChildOption.FindDirectChildrenOnly)
    with_it = pixels(picture(window))
    mark.hide()
    without = pixels(picture(window))
    mark.show()
    return ImageChops.difference(with_it, without).convert("L")


def bare_parts(window: QWidget) -> list[tuple[int, int, int, int]]:
    """The parts of a window's picture that do not say it, each as large as the word's own place."""
    marks = marks_of(window).point(lambda value: 255 * (value >= STRONG_ENOUGH))
    width, height = TILE.width(), TILE.height()
    places = [
        (left, top, left + width, top + height)
        for left in range(0, max(1, marks.width - width + 1), width // 2)
        for top in range(0, max(1, marks.height - height + 1), height // 2)
    ]
    return [each for each in places if sum(marks.crop(each).histogram()[1:]) < 200]


class Sceptic:
    """Looks at every window that is open whenever a story has something to show."""

    def __init__(self, app: QApplication, marks: Marks, *, live: bool) -> None:
        self.marks = marks
        self.seen: set[str] = set()
        self.problems: list[str] = []
        self._app = app
        self._live = live
        self._icon = face(mode_icon(exercise=True))

    def wants(self, name: str) -> bool:
        return True

    def take(self, name: str, widget: QWidget, settle: Callable[[], None]) -> None:
        self.marks.look()
        settle()
        for window in self._app.topLevelWidgets():
            if window.isVisible() and window.windowType() is not Qt.WindowType.ToolTip:
                self._look_at(name, window)

    def _look_at(self, name: str, window: QWidget) -> None:
        self.seen.add(type(window).__name__)
        where = f"{name}: {type(window).__name__}"
        if window.windowTitle() and EXERCISE not in window.windowTitle():
            self.problems.append(f"{where} is called {window.windowTitle()!r}")
        if not self._live and face(window.windowIcon()) != self._icon:
            self.problems.append(f"{where} has another icon")
        if bare := bare_parts(window):
            self.problems.append(f"{where} does not say it at {bare[:3]}")


@pytest.mark.parametrize("story", STORIES)
def test_every_window_of_every_story_says_it(story: str, qapp: QApplication) -> None:
    dress(qapp, Look("light"), exercise=True)
    sceptic = Sceptic(qapp, Marks(qapp), live=story not in EXERCISES)
    with Stage(qapp, sceptic) as stage:
        importlib.import_module(f"tests.gallery.{story}").tell(stage)
    assert not sceptic.problems, "\n".join(sorted(set(sceptic.problems)))
    assert "MainWindow" in sceptic.seen
    if story == "second":
        assert {"CodeSheet", "ApproveDialog"} <= sceptic.seen


@pytest.mark.parametrize("theme", TABLES)
def test_a_menu_and_a_window_say_it_in_every_theme(
    theme: str, qapp: QApplication, qtbot: QtBot
) -> None:
    dress(qapp, Look(theme), exercise=True)
    window, menu = QWidget(), QMenu()
    qtbot.addWidget(window)
    qtbot.addWidget(menu)
    window.setWindowTitle("Find")
    window.resize(700, 400)
    for words in ("Open the guide", "Print the duty officer's card", "End the exercise"):
        menu.addAction(words)
    Marks(window)
    window.show()
    menu.resize(menu.sizeHint())  # a menu that pops up would take the keyboard
    assert window.windowTitle() == "EXERCISE – Find"
    window.setWindowTitle("Something else")
    assert window.windowTitle() == "EXERCISE – Something else"
    assert bare_parts(window) == []
    assert bare_parts(menu) == []


def test_the_mark_takes_no_click_and_no_focus(qapp: QApplication, qtbot: QtBot) -> None:
    dress(qapp, Look("dark"), exercise=True)
    window = QWidget()
    qtbot.addWidget(window)
    Marks(window)
    window.show()
    mark = window.findChild(Watermark)
    assert mark
    assert mark.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert mark.focusPolicy() is Qt.FocusPolicy.NoFocus
    later = QWidget(window)
    later.setGeometry(window.rect())
    later.show()
    qtbot.wait_until(lambda: window.children()[-1] is mark)


def test_live_nothing_is_marked(qapp: QApplication, qtbot: QtBot) -> None:
    dress(qapp, Look("light"), exercise=False)
    window = QWidget()
    qtbot.addWidget(window)
    window.setWindowTitle("Find")
    Marks(window)
    assert window.findChild(Watermark) is None
    assert (marked("Find"), marked_file("log.jsonl")) == ("Find", "log.jsonl")


def test_what_is_copied_out_says_it_and_what_is_pasted_within_does_not(
    qapp: QApplication, qtbot: QtBot
) -> None:
    dress(qapp, Look("light"), exercise=True)
    parent = QWidget()
    qtbot.addWidget(parent)
    marks, clipboard = Marks(parent), qapp.clipboard()
    clipboard.setText("Mill Lane")
    marks.copied.look(Qt.ApplicationState.ApplicationInactive)
    assert clipboard.text() == "EXERCISE – Mill Lane"
    marks.copied.look(Qt.ApplicationState.ApplicationActive)
    assert clipboard.text() == "Mill Lane"
    clipboard.setText("EXERCISE EXERCISE EXERCISE Road closed")
    marks.copied.look(Qt.ApplicationState.ApplicationInactive)
    assert clipboard.text() == "EXERCISE EXERCISE EXERCISE Road closed"
    clipboard.clear()


def outline(icon: QPixmap) -> set[tuple[int, int]]:
    image = icon.toImage()
    inside = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return {(x, y) for x, y in inside if image.pixelColor(x, y).alpha() > 127}


@pytest.mark.parametrize("side", ICON_SIDES[:4])
def test_the_icons_differ_in_shape_not_in_colour_alone(side: int, qapp: QApplication) -> None:
    live, exercise = (outline(mode_icon(exercise=each).pixmap(side)) for each in (False, True))
    assert len(live ^ exercise) > side * side // 4
