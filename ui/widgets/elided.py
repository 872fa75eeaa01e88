"""A line of text that ends in "…" where there is no room for all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from ui.theme import TARGET
from ui.widgets.parts import literal, set_tip

SLACK = 4
"""Pixels by which the width of a text may differ from the sum of its parts."""


class ElidedLabel(QLabel):
    """Takes the width it is given; the tool tip holds the whole text."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        set_tip(self, text)

    def sizeHint(self) -> QSize:
        return QSize(60, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), flags, cut)
        painter.end()


class ElidedButton(QPushButton):
    """A button that may become narrower than its words; tool tip and name hold all of them."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = ""
        self.say(words)

    @property
    def words(self) -> str:
        """The words in full."""
        return self._words

    def say(self, words: str) -> None:
        """Show these words, plain text."""
        self._words = words
        self.setText(literal(words))
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        made = super().sizeHint()
        missing = self.fontMetrics().horizontalAdvance(self._words) - self._width_of_text()
        return QSize(made.width() + max(0, missing) + SLACK, made.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("M" * 8), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _width_of_text(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text().replace("&&", "&"))

    def _fit(self) -> None:
        frame = super().sizeHint().width() - self._width_of_text()
        room = max(0, self.width() - frame)
        cut = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        if literal(cut) != self.text():
            self.setText(literal(cut))
        set_tip(self, self._words)


class ElidedBox(QCheckBox):
    """A check box with a name, cut in the middle where there is no room: names that begin alike
    differ at the end. It asks for so many letters and takes what is left in its line."""

    def __init__(self, words: str, letters: int) -> None:
        super().__init__(literal(words))
        self._letters = letters
        self.setMinimumWidth(TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def shown(self) -> str:
        """What of its words is on the screen."""
        words = self.text().replace("&&", "&")
        room = self.width() - self._sign()
        return self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)

    def sizeHint(self) -> QSize:
        whole = super().sizeHint()
        asked = self._sign() + self.fontMetrics().averageCharWidth() * self._letters
        return QSize(min(whole.width(), asked), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = literal(self.shown)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.end()

    def _sign(self) -> int:
        """The width of all that is not words."""
        words = self.text().replace("&&", "&")
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(words)
