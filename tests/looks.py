"""What is wrong with how a window looks, found by measuring it: words cut off, widgets on top of
each other or out of reach, small targets, pale words, empty places without a word."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QTableView,
    QWidget,
)

TARGET = 24
"""Pixels a control measures at least each way: WCAG 2.2, criterion 2.5.8."""

CONTRAST, LARGE_CONTRAST = 4.5, 3.0
"""WCAG 2.2, criterion 1.4.3; the second for large words."""

LARGE_POINTS, LARGE_BOLD_POINTS = 18.0, 14.0
SOFT = 0.9
"""Thin strokes are drawn softer than their colour: so much of the contrast must be there."""

SLACK = 2
"""Pixels that rounding may take."""

CONTROLS = (QAbstractButton, QComboBox, QLineEdit)


def faults(window: QWidget) -> Iterator[str]:
    """What measuring the widgets of a window finds, one sentence for each fault."""
    for widget in shown(window):
        yield from (f"cut off: {named(widget)}" for _ in [0] if is_cut(widget))
        yield from _out_of_reach(window, widget)
        yield from _small(widget)
        yield from _on_top(widget)
        if isinstance(widget, QListView | QTableView) and _is_silent(widget):
            yield f"empty without a word: {named(widget)}"


def shown(window: QWidget) -> list[QWidget]:
    """Every widget of this window that is on show, without Qt's own parts and other windows."""
    return [
        each
        for each in (window, *window.findChildren(QWidget))
        if each.isVisible()
        and each.window() is window
        and not each.objectName().startswith("qt_")
        and not isinstance(each, QScrollBar)
        and each.width() > 1
        and each.height() > 1
    ]


def named(widget: QWidget) -> str:
    """A widget as one would speak of it."""
    words = getattr(widget, "text", lambda: "")()
    said = str(words) or widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__} “{' '.join(said.split())[:60]}”"


def is_cut(widget: QWidget) -> bool:
    """Whether words do not fit into their widget, and no tool tip holds them."""
    if widget.toolTip():
        return False
    if isinstance(widget, QLabel):
        return bool(widget.text()) and _label_is_cut(widget)
    if isinstance(widget, QPushButton | QCheckBox) and widget.text():
        return _too_small(_place_of_words(widget), _words_of(widget, widget.text()))
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        place = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, field, widget
        )
        return _too_small(place.size(), _words_of(widget, widget.currentText()))
    if isinstance(widget, QLineEdit) and not widget.text():
        words = _words_of(widget, widget.placeholderText())
        return words.width() > widget.width() - 2 * SLACK
    return False


def _label_is_cut(label: QLabel) -> bool:
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + SLACK
    return _too_small(label.size(), label.sizeHint())


def _place_of_words(button: QPushButton | QCheckBox) -> QSize:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    part = QStyle.SubElement.SE_PushButtonContents
    if isinstance(button, QCheckBox):
        part = QStyle.SubElement.SE_CheckBoxContents
    place = button.style().subElementRect(part, option, button).size()
    icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
    return QSize(place.width() - icon, place.height())


def _words_of(widget: QWidget, text: str) -> QSize:
    return widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text)


def _too_small(place: QSize, words: QSize) -> bool:
    return place.width() + SLACK < words.width() or place.height() + SLACK < words.height()


def _out_of_reach(window: QWidget, widget: QWidget) -> Iterator[str]:
    """Controls beyond the window's edge, and lines that only scrolling sideways shows whole (WCAG
    2.2, criterion 1.4.10)."""
    if isinstance(widget, CONTROLS) and not _scrolls(widget, window):
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if not window.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place):
            yield f"outside the window: {named(widget)}"
    if isinstance(widget, QScrollArea) and (inside := widget.widget()):
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        view = widget.viewport()
        wide = inside.width() > view.width() + SLACK
        high = inside.height() > view.height() + SLACK
        if wide:
            yield f"wider than its place: {named(widget)} in {_place(widget)}"
        if high and widget.verticalScrollBarPolicy() == off:
            yield f"higher than it can be scrolled: {named(widget)} in {_place(widget)}"


def _place(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return type(parent).__name__ if parent else "nothing"


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    """Whether it lies in something that can be scrolled."""
    parent = widget.parentWidget()
    while parent and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _small(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, CONTROLS) and min(widget.width(), widget.height()) < TARGET:
        if isinstance(widget.parentWidget(), QLineEdit | QComboBox):
            return  # Qt's own sign inside an editor
        size = f"{widget.width()}×{widget.height()}"
        yield f"smaller than {TARGET}×{TARGET}: {named(widget)} is {size}"


def _on_top(parent: QWidget) -> Iterator[str]:
    """Children of one layout that lie over each other."""
    layout = parent.layout()
    if layout is None or isinstance(parent, QAbstractScrollArea):
        return
    children = [
        each
        for each in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if each.isVisible() and not each.isWindow() and layout.indexOf(each) >= 0
    ]
    for one, other in combinations(children, 2):
        both = one.geometry().intersected(other.geometry())
        if both.width() > SLACK and both.height() > SLACK:
            yield f"on top of each other: {named(one)} and {named(other)}"


def _is_silent(view: QAbstractItemView) -> bool:
    """A list with nothing in it, where nobody says why."""
    model = view.model()
    return model is not None and model.rowCount() == 0


def pale(window: QWidget, image: QImage) -> Iterator[str]:
    """Words whose painted contrast is too little; `image` shows the window."""
    scale = image.width() / max(1, window.width())
    for widget in shown(window):
        if not isinstance(widget, QLabel | QPushButton | QCheckBox) or not widget.text().strip():
            continue
        if not widget.isEnabled() or not widget.visibleRegion().boundingRect().contains(
            widget.rect()
        ):
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)) * scale, widget.size() * scale)
        found = painted_contrast(image.copy(place.adjusted(4, 2, -4, -2)))
        if found < _wanted(widget) * SOFT:
            yield f"pale: {named(widget)} has a contrast of {found:.1f}"


def _wanted(widget: QWidget) -> float:
    font = widget.font()
    least = LARGE_BOLD_POINTS if font.bold() else LARGE_POINTS
    return LARGE_CONTRAST if font.pointSizeF() >= least else CONTRAST


def painted_contrast(image: QImage) -> float:
    """Between what most pixels are and what differs most from it; 21 when there is nothing."""
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    colours = Counter(memoryview(pixels.constBits()).cast("I"))  # type: ignore[call-overload]
    if not colours:
        return 21.0
    ground = _luminance(colours.most_common(1)[0][0])
    return max(_ratio(ground, _luminance(each)) for each in colours)


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(pixel: int) -> float:
    """WCAG 2.2's relative luminance, 0 to 1."""
    colour = QColor.fromRgb(pixel)
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
