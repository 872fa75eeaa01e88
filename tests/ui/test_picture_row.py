"""Pictures are added, described and removed with the keyboard, and never hold the window up."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from crisisdesk.model.media import Picture
from crisisdesk.rules.pictures import ALT_LIMIT, LIMITS, MOST_PICTURES
from crisisdesk.services import picturing
from crisisdesk.system.workers import Workers
from tests.pictures import encoded, halves, noise, photo, picture
from tests.ui.hands import Hands, sweep
from ui.console.picture_row import ADD, PREPARING, QUESTION, THUMBNAIL, PictureRow
from ui.tasks import Tasks


class Bench(Hands):
    """A row of its own, and a file chooser that answers what a test wants."""

    def __init__(self, qtbot: QtBot, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.workers = Workers()
        self.tasks = Tasks(self.workers)
        self.gate = threading.Event()
        self.gate.set()
        self.readers: list[str] = []
        self.changes = 0
        self.chosen = ""
        patch.setattr(QFileDialog, "getOpenFileName", lambda *_: (self.chosen, ""))
        self.row = PictureRow(self.tasks, self.load)
        self.row.changed.connect(self.count)
        super().__init__(qtbot, self.row)
        self.row.resize(700, 500)
        self.row.show()
        self.row.activateWindow()
        self.until(self.row.isActiveWindow, "the window to be active")

    def load(self, path: Path) -> Picture:
        """As the program does, when the test lets it."""
        self.readers.append(threading.current_thread().name)
        assert self.gate.wait(20)
        return picturing.load(path)

    def count(self) -> None:
        self.changes += 1

    def put(self, content: bytes, name: str = "picture.jpg") -> str:
        """A file to choose."""
        file = self.folder / name
        file.write_bytes(content)
        return str(file)

    def choose(self, content: bytes) -> None:
        """Add a picture with the keyboard."""
        self.chosen = self.put(content)
        self._active()
        self.row.add.setFocus()
        self.until(lambda: QApplication.focusWidget() is self.row.add, "the keyboard on it")
        self.press("Space")

    def add(self, content: bytes) -> None:
        """Add a picture and wait until it is there."""
        before = len(self.row.entries)
        self.choose(content)
        self.until(lambda: len(self.row.entries) == before + 1, "the picture")

    def close(self) -> None:
        self.gate.set()
        self.tasks.close()
        self.workers.close()
        self.row.close()
        self.row.deleteLater()
        sweep()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path, monkeypatch)
    yield made
    made.close()


def sides(image: QImage) -> list[str]:
    """What is stronger, red or blue, left and right of the middle."""
    middle = image.height() // 2
    points = [image.pixelColor(x, middle) for x in (8, image.width() - 9)]
    return ["red" if each.red() > each.blue() else "blue" for each in points]


def test_a_picture_is_added_described_and_ready_without_the_mouse(bench: Bench) -> None:
    assert bench.row.problems(LIMITS) == []
    bench.add(photo(drawing=halves(600, 400)))
    (entry,) = bench.row.entries
    assert QApplication.focusWidget() is entry.words
    assert bench.row.problems(LIMITS) == [
        "Picture 1: say what it shows, for those who cannot see it."
    ]
    bench.write("Weir Bridge is closed.")
    assert bench.row.problems(LIMITS) == []
    (made,) = bench.row.pictures()
    assert made.image.alt == "Weir Bridge is closed."
    assert b"Secretcam" not in made.content
    assert bench.changes >= 1 + len("Weir Bridge is closed.")
    bench.press("Tab")
    assert QApplication.focusWidget() is entry.remove
    bench.press("Space")
    assert bench.row.pictures() == ()
    assert QApplication.focusWidget() is bench.row.add


def test_the_thumbnail_is_the_picture_that_goes_out(bench: Bench) -> None:
    bench.add(photo(2, halves(600, 400)))  # stored the other way round
    shown = bench.row.entries[0].shown.pixmap().toImage()
    assert max(shown.width(), shown.height()) == THUMBNAIL
    assert sides(shown) == ["blue", "red"]


def test_reading_happens_elsewhere_and_the_row_says_so(bench: Bench) -> None:
    bench.gate.clear()
    bench.choose(photo())
    bench.until(lambda: bench.readers, "the reading to begin")
    assert all(name.startswith("read") for name in bench.readers)
    assert (bench.row.add.text(), bench.row.add.isEnabled()) == (PREPARING, False)
    assert "still being prepared" in bench.row.problems(["email"])[0]
    bench.gate.set()
    bench.until(lambda: bench.row.entries, "the picture")
    assert (bench.row.add.text(), bench.row.add.isEnabled()) == (ADD, True)


def test_what_is_cleared_does_not_come_back(bench: Bench) -> None:
    bench.add(photo())
    bench.gate.clear()
    bench.choose(encoded(halves(), "PNG"))
    bench.until(lambda: len(bench.readers) == 2, "the reading to begin")
    bench.row.clear()
    assert (bench.row.pictures(), bench.row.problems(LIMITS)) == ((), [])
    bench.gate.set()
    bench.add(photo(3))  # read by the same threads, so the dropped one is over too
    bench.workers.close()
    QApplication.processEvents()
    (only,) = bench.row.pictures()
    assert only.image.mime == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "no JPEG or PNG"),
        (photo(drawing=noise(100, 100))[:-500], "damaged or cut off"),
        (encoded(halves(), "GIF"), "no JPEG or PNG"),
    ],
)
def test_what_cannot_go_out_is_told_with_what_to_do(
    bench: Bench, content: bytes, words: str
) -> None:
    bench.choose(content)
    bench.until(lambda: words in bench.row.notice.words, "the words")
    assert bench.row.pictures() == ()
    assert bench.row.add.isEnabled()
    assert QApplication.focusWidget() is bench.row.add
    bench.add(photo())
    assert not bench.row.notice.isVisible()


def test_turning_back_from_the_chooser_changes_nothing(bench: Bench) -> None:
    bench.chosen = ""
    bench.click(bench.row.add)
    assert (bench.readers, bench.changes) == ([], 0)


def test_four_and_no_more_each_once(bench: Bench) -> None:
    for colour in ("red", "green", "blue", "black"):
        assert bench.row.add.isEnabled()
        bench.add(picture(colour=colour).content)
    assert len(bench.row.pictures()) == MOST_PICTURES
    assert not bench.row.add.isEnabled()
    bench.click(bench.row.entries[0].remove)
    assert bench.row.add.isEnabled()
    bench.choose(picture(colour="blue").content)
    bench.until(lambda: "there already" in bench.row.notice.words, "the words")
    assert len(bench.row.pictures()) == 3


def test_screen_readers_hear_which_picture_it_is(bench: Bench) -> None:
    bench.add(photo())
    bench.add(encoded(halves(), "PNG"))
    assert bench.row.add.accessibleName() == "Add a picture"
    bench.click(bench.row.entries[0].remove)
    (entry,) = bench.row.entries
    assert entry.words.accessibleName() == f"Picture 1: {QUESTION}"
    assert entry.remove.accessibleName() == "Remove picture 1"
    assert entry.shown.accessibleName() == "Picture 1, 60 by 40 pixels"
    captions = [each for each in entry.findChildren(QLabel) if each.buddy() is entry.words]
    assert [each.text() for each in captions] == [QUESTION]


def test_words_of_many_lines_become_one_and_too_many_are_told(bench: Bench) -> None:
    bench.add(photo())
    bench.row.entries[0].words.setPlainText("<b>Map</b>\n\n of the  town")
    assert bench.row.pictures()[0].image.alt == "<b>Map</b> of the town"
    bench.row.entries[0].words.setPlainText("x" * (ALT_LIMIT + 2))
    assert bench.row.problems(["mastodon"]) == [
        "Picture 1: its description is 2 characters too long. Shorten it."
    ]
