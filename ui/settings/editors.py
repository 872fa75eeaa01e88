"""One editor for each kind of setting. It tells when a person has finished, never in the middle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QSpinBox, QWidget

from crisisdesk.model.setting import Kind, Setting
from ui.settings.term_list import TermList
from ui.theme import SPACE, marked
from ui.widgets.parts import button, row

_OPENING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space)


STEP_MS = 600
"""After the last press of less or more, before the number counts."""


class Editor(QWidget):
    """A widget for one value. `field` takes the keyboard; `typed` follows every keystroke."""

    committed = Signal(object)
    typed = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.field: QWidget = self
        self._shown: Any = None

    def show_value(self, value: Any) -> None:
        """Show what is set, without telling anybody."""
        self._shown = value
        self._put(value)

    def _put(self, value: Any) -> None:
        raise NotImplementedError

    def _take(self, field: QWidget) -> None:
        """Make this the widget to type in, named for a screen reader."""
        self.field = field
        field.setAccessibleName(self.setting.words)
        field.setAccessibleDescription(self.setting.help)
        self.setFocusProxy(field)

    def _commit(self, value: Any) -> None:
        """Tell of a value that differs from what is set."""
        if value != self._shown:
            self.committed.emit(value)


class YesNo(Editor):
    """A box to tick: it counts at once."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.box = QCheckBox("Yes")
        self.box.clicked.connect(self._commit)
        self.setLayout(row(self.box, None))
        self._take(self.box)

    def _put(self, value: Any) -> None:
        self.box.setChecked(value)


class _Patient(QComboBox):
    """Arrow keys open the list instead of running through the choices: each would count at once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING and not event.modifiers():
            self.showPopup()
            return
        if event.text().isprintable() and event.text():
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the page must never change what lies under the pointer."""
        event.ignore()


class Choice(Editor):
    """One of a few: it counts when it is chosen."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.box = _Patient()
        for each in setting.choices:
            self.box.addItem(setting.meanings[each], each)
        self.box.activated.connect(lambda place: self._commit(self.box.itemData(place)))
        self.setLayout(row(self.box, None))
        self._take(self.box)

    def _put(self, value: Any) -> None:
        self.box.setCurrentIndex(self.box.findData(value))


class _StillNumber(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the page must never change what lies under the pointer."""
        event.ignore()


class Number(Editor):
    """A whole number within its bounds: it counts with Enter, or when the keyboard leaves it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.box = _StillNumber()
        self.box.setRange(setting.least, setting.most)
        self.box.setSingleStep(10 if setting.unit == "%" else 1)
        self.box.setSuffix(f" {setting.unit}")
        self.box.lineEdit().setTextMargins(SPACE, 0, SPACE, 0)
        self.box.valueChanged.connect(self.typed.emit)
        self.box.editingFinished.connect(self._finish)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(STEP_MS)
        self._pause.timeout.connect(self._finish)
        self.less = button("−", lambda: self._step(-1), name=f"Less: {setting.words}")
        self.more = button("+", lambda: self._step(1), name=f"More: {setting.words}")
        self.setLayout(row(self.box, self.less, self.more, None))
        self._take(self.box)

    def _step(self, by: int) -> None:
        """Several presses are one change."""
        self.box.stepBy(by)
        self._pause.start()

    def _finish(self) -> None:
        self._pause.stop()
        self._commit(self.box.value())

    def _put(self, value: Any) -> None:
        self.box.blockSignals(True)
        self.box.setValue(value)
        self.box.blockSignals(False)


class Line(Editor):
    """One line of text: it counts with Enter, or when the keyboard leaves it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.line = QLineEdit()
        self.line.setMaxLength(1000)
        self.line.setPlaceholderText(setting.example and f"as in {setting.example}")
        self.line.editingFinished.connect(lambda: self._commit(self.line.text().strip()))
        self.setLayout(row(self.line))
        self._take(self.line)

    def _put(self, value: Any) -> None:
        self.line.setText(value)


class Place(Line):
    """A file or folder: typed, or chosen in the system's own window."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.choose = button("Choose…", self._choose, name=f"Choose: {setting.words}")
        layout = self.layout()
        assert layout is not None  # noqa: S101 - Line has one
        layout.addWidget(self.choose)

    def _choose(self) -> None:
        dialog = QFileDialog(self, marked(self.setting.words))
        if self.setting.kind is Kind.FOLDER:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        start = Path(self.line.text()).parent
        if self.line.text():
            dialog.setDirectory(str(start))
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.line.setText(path)
        self._commit(path)


class Terms(Editor):
    """A list of words and phrases: each step counts at once."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.terms = TermList(setting.words)
        self.terms.changed.connect(self._commit)
        self.setLayout(row(self.terms))
        self._take(self.terms.line)

    def _put(self, value: Any) -> None:
        self.terms.show_terms(tuple(value))


_MAKERS: dict[Kind, Callable[[Setting], Editor]] = {
    Kind.BOOL: YesNo,
    Kind.INT: Number,
    Kind.CHOICE: Choice,
    Kind.LIST: Terms,
    Kind.TEXT: Line,
    Kind.FILE: Place,
    Kind.FOLDER: Place,
}


def make_editor(setting: Setting) -> Editor:
    """The editor for a setting's kind."""
    return _MAKERS[setting.kind](setting)
