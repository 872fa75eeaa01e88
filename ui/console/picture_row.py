"""The pictures of a message: each with the words that are read to those who cannot see it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap, Qt
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Picture
from crisisdesk.rules.pictures import MOST_PICTURES, all_problems, described
from crisisdesk.services import picturing
from ui.tasks import Tasks
from ui.theme import marked
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, pane, row, set_tip

QUESTION = "What does the picture show? (read to those who cannot see it)"
ADD, PREPARING = "Add a picture…", "Preparing the picture…"
FILTER = "Pictures (*.jpg *.jpeg *.png *.JPG *.JPEG *.PNG)"
THUMBNAIL = 96
LINES = 3


class PictureRow(QWidget):
    """Up to four pictures. Files are read and prepared away from the GUI thread."""

    changed = Signal()

    def __init__(self, tasks: Tasks, load: Callable[[Path], Picture] = picturing.load) -> None:
        super().__init__()
        self._tasks = tasks
        self._load = load
        self._round = 0
        self._reading = False
        self._coming: tuple[Picture, ...] = ()
        self.entries: list[Entry] = []
        self.notice = Notice()
        tip = f"JPEG or PNG, up to {MOST_PICTURES}. Place and camera are removed from the file."
        self.add = button(ADD, self._choose, tip=tip, name="Add a picture")
        self._list = column()
        outer = column()
        outer.addLayout(self._list)
        outer.addWidget(self.notice)
        outer.addLayout(row(self.add, None))
        self.setLayout(outer)

    def pictures(self) -> tuple[Picture, ...]:
        """The pictures in order, with the words as typed, on one line."""
        return (*(each.described() for each in self.entries), *self._coming)

    def problems(self, kinds: Iterable[str]) -> list[str]:
        """Why the pictures cannot go out on these kinds of channel yet; empty when they can."""
        waiting = ["A picture is still being prepared. Wait a moment."] if self._reading else []
        return waiting + all_problems([each.image for each in self.pictures()], kinds)

    def clear(self) -> None:
        """Forget every picture, also one that is still being prepared."""
        self._round += 1
        self._coming = ()
        self._set_reading(False)
        self.notice.hide()
        for entry in self.entries:
            self._take_out(entry)
        self.entries = []
        self._renumber()

    def add_file(self, path: Path) -> None:
        """Read a file and add its picture; what is wrong with it is said below the pictures."""
        self.notice.hide()
        self._set_reading(True)
        asked = self._round
        self._tasks.read(
            lambda: _prepared(self._load(path)),
            lambda made: self._on_read(asked, *made),
            lambda error: self._on_failed(asked, error),
        )

    def put(self, pictures: Iterable[Picture]) -> None:
        """Show pictures that are prepared already, such as those of a message to be changed."""
        asked = self._round
        self._coming = coming = tuple(pictures)

        def show(made: list[tuple[Picture, QImage]]) -> None:
            if asked == self._round:
                self._coming = ()
            for each in made:
                self._on_read(asked, *each)

        def fail(error: Exception) -> None:
            self._coming = () if asked == self._round else self._coming
            self._on_failed(asked, error)

        if coming:
            self._tasks.read(lambda: [_prepared(each) for each in coming], show, fail)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, marked("Add a picture"), "", FILTER)
        if name:
            self.add_file(Path(name))

    def _on_read(self, asked: int, picture: Picture, thumbnail: QImage) -> None:
        if asked != self._round:
            return
        if picture.image.sha256 in {each.picture.image.sha256 for each in self.entries}:
            self._on_failed(
                asked,
                BadInput("This picture is there already.", "Choose another one, or go on without."),
            )
            return
        entry = Entry(picture, thumbnail)
        entry.changed.connect(self.changed.emit)
        entry.removed.connect(lambda: self._remove(entry))
        self.entries.append(entry)
        self._list.addWidget(entry)
        self._set_reading(False)
        self._renumber()
        entry.words.setFocus()

    def _on_failed(self, asked: int, error: Exception) -> None:
        if asked != self._round:
            return
        self._set_reading(False)
        self.notice.error(error)
        self.add.setFocus()
        self.changed.emit()

    def _remove(self, entry: "Entry") -> None:
        place = self.entries.index(entry)
        self.entries.remove(entry)
        self._renumber()
        # The keyboard stays near: on the next picture, or on the button where there is none.
        following = self.entries[place:] or self.entries[-1:]
        (following[0].words if following else self.add).setFocus()
        self._take_out(entry)

    def _take_out(self, entry: "Entry") -> None:
        self._list.removeWidget(entry)
        entry.hide()
        entry.deleteLater()

    def _renumber(self) -> None:
        for number, entry in enumerate(self.entries, 1):
            entry.call_it(number)
        self._set_reading(self._reading)
        self.changed.emit()

    def _set_reading(self, reading: bool) -> None:
        self._reading = reading
        self.add.setText(PREPARING if reading else ADD)
        self.add.setEnabled(not reading and len(self.entries) < MOST_PICTURES)


class Entry(QWidget):
    """One picture, its words and a way to take it out."""

    changed = Signal()
    removed = Signal()

    def __init__(self, picture: Picture, thumbnail: QImage) -> None:
        super().__init__()
        self.picture = picture
        self.shown = label()
        self.shown.setPixmap(QPixmap.fromImage(thumbnail))
        self.shown.setFixedSize(THUMBNAIL, THUMBNAIL)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setPlainText(picture.image.alt)
        self.words.setFixedHeight(LINES * self.words.fontMetrics().lineSpacing() + 22)
        self.words.textChanged.connect(self.changed.emit)
        caption = label(QUESTION, "small", wrap=True)
        caption.setBuddy(self.words)
        self.remove = button("Remove", self.removed.emit, "danger")
        inside = row(self.shown)
        inside.addLayout(column(caption, self.words, space=2), 1)
        inside.addLayout(column(self.remove, None))
        self.setLayout(column(pane(inside, "card", 6)))

    def call_it(self, number: int) -> None:
        """Tell screen readers which picture this is, counted from 1."""
        image = self.picture.image
        size = f"{image.width} by {image.height} pixels"
        self.shown.setAccessibleName(f"Picture {number}, {size}")
        set_tip(self.shown, f"{size}, {image.length // 1000 + 1} kB")
        self.words.setAccessibleName(f"Picture {number}: {QUESTION}")
        self.remove.setAccessibleName(f"Remove picture {number}")

    def described(self) -> Picture:
        """The picture with what was typed for it."""
        return described(self.picture, self.words.toPlainText())


def _prepared(picture: Picture) -> tuple[Picture, QImage]:
    """The picture and its thumbnail, made from the bytes that will go out."""
    smooth = Qt.TransformationMode.SmoothTransformation
    keep = Qt.AspectRatioMode.KeepAspectRatio
    drawn = QImage.fromData(picture.content)
    return picture, drawn.scaled(THUMBNAIL, THUMBNAIL, keep, smooth)
