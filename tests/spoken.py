"""What is wrong with how a window is said and worked without eyes or mouse: nameless, twice the
same, said with marks, out of order, without a visible focus."""

import re
from collections import defaultdict
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QWidget,
)

from ui.widgets.reading_order import in_reading_order

Text = QAccessible.Text
SILENT = (QAccessible.Role.NoRole, QAccessible.Role.Client)
TAGS = re.compile(r"</?[a-z]+[^>]*>")
KEYS = re.compile(r"\s*\((?:F\d+|Esc|(?:Ctrl|Shift|Alt)\+[^)]*)\)$")
"""The key at the end of a button's words: no part of its name."""

SIGNS = re.compile(r"[^\w\s]+")
LEAST_CHANGED = 40
"""Pixels that look different when a widget has the keyboard; a text cursor alone is fewer."""

MARGIN = 3
TARGET = 24


def faults(window: QWidget) -> Iterator[str]:
    """What a screen reader would stumble over, one sentence for each fault."""
    for widget in stops(window):
        yield from _namelessness(widget)
        yield from _badly_said(widget)
        yield from _smallness(widget)
    yield from _twins(window)
    yield from _lone_captions(window)
    yield from _pictures(window)


def stops(window: QWidget) -> list[QWidget]:
    """Everything of this window that takes the keyboard now, in the order of Tab."""
    return [each for each in in_reading_order(window) if _takes_keyboard(each)]


def _takes_keyboard(widget: QWidget) -> bool:
    asks = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(asks) and widget.isVisible() and widget.isEnabled() and not widget.focusProxy()


def said(widget: QWidget) -> QAccessibleInterface:
    """What Qt tells about a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface


def called(widget: QWidget) -> str:
    """A widget as one would speak of it."""
    words = getattr(widget, "text", lambda: "")()
    place = widget.parentWidget()
    inside = type(place).__name__ if place else "nothing"
    return f"{type(widget).__name__} “{widget.accessibleName() or words}” in {inside}"


def _namelessness(widget: QWidget) -> Iterator[str]:
    interface = said(widget)
    if isinstance(widget, QComboBox):  # its own name is what is chosen
        if not (widget.accessibleName() or _buddy(widget)):
            yield f"without a name: {called(widget)}"
    elif not interface.text(Text.Name).strip():
        yield f"without a name: {called(widget)}"
    if interface.role() in SILENT:
        yield f"without a role: {called(widget)}"


def _buddy(widget: QWidget) -> QLabel | None:
    labels = widget.window().findChildren(QLabel)
    return next((each for each in labels if each.buddy() is widget), None)


def _badly_said(widget: QWidget) -> Iterator[str]:
    name = said(widget).text(Text.Name)
    for words in (name, said(widget).text(Text.Description)):
        if TAGS.search(words) and "<" not in getattr(widget, "text", lambda: "")():
            yield f"said with marks: {called(widget)}: {words}"
    if isinstance(widget, QAbstractButton) and widget.text():
        seen = KEYS.sub("", widget.text().replace("&&", "&"))
        if not all(_bare(part) in _bare(name) for part in seen.split("…")):
            yield f"its name lacks the words on it: {called(widget)} shows “{seen}”"


def _bare(words: str) -> str:
    """The words without signs, as they sound."""
    return " ".join(SIGNS.sub(" ", words).casefold().split())


def _smallness(widget: QWidget) -> Iterator[str]:
    """WCAG 2.2, criterion 2.5.8; a tab has the height of its bar."""
    if min(widget.width(), widget.height()) < TARGET:
        yield f"smaller than {TARGET} pixels: {called(widget)}: {widget.size().toTuple()}"


def _twins(window: QWidget) -> Iterator[str]:
    """Two in one pane that are said alike."""
    alike: dict[tuple[object, ...], list[QWidget]] = defaultdict(list)
    for widget in stops(window):
        interface = said(widget)
        name = interface.text(Text.Name)
        if not isinstance(widget, QComboBox | QAbstractSlider):
            alike[id(_pane(widget)), interface.role(), name].append(widget)
    for same in alike.values():
        if len(same) > 1:
            yield f"{len(same)} are said alike: {called(same[0])}"


def _pane(widget: QWidget) -> QWidget:
    """The nearest thing around it that is said when the keyboard enters it."""
    around = widget.parentWidget()
    while around and not around.isWindow() and not around.property("spoken_role"):
        around = around.parentWidget()
    return around or widget


def _line_of(form: QFormLayout, part: QWidget) -> tuple[int, QFormLayout.ItemRole]:
    """-1 where it does not stand in the form. PySide's types say `object`."""
    found = form.getWidgetPosition(part)
    assert isinstance(found, tuple)
    return found


def _lone_captions(window: QWidget) -> Iterator[str]:
    for form in window.findChildren(QFormLayout):
        around = form.parentWidget()
        for caption in around.findChildren(QLabel) if around else ():
            line, role = _line_of(form, caption)
            is_caption = line >= 0 and role == QFormLayout.ItemRole.LabelRole
            if is_caption and caption.isVisible() and not caption.buddy():
                yield f"a caption that belongs to nothing: {called(caption)}"


def _pictures(window: QWidget) -> Iterator[str]:
    """A picture is described, or stands beside words that say the same."""
    for each in window.findChildren(QLabel):
        if each.isVisible() and not each.pixmap().isNull() and not each.accessibleName():
            beside = each.parentWidget()
            words = beside.accessibleName() if beside else ""
            others = beside.findChildren(QLabel) if beside else []
            if not words and not any(other.text() for other in others):
                yield f"a picture without words: {called(each)}"


def invisible_focus(window: QWidget) -> Iterator[str]:
    """Where nobody sees that the keyboard is there; one of each kind is looked at."""
    seen: set[tuple[object, ...]] = set()
    before = window.focusWidget()
    for widget in stops(window):
        kind = (type(widget), widget.property("role"))
        if kind in seen or not _is_seen(widget):
            continue
        seen.add(kind)
        if changed_by_focus(window, widget) < LEAST_CHANGED:
            yield f"focus cannot be seen: {called(widget)}"
    if before:
        before.setFocus()


def _is_seen(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()


def changed_by_focus(window: QWidget, widget: QWidget) -> int:
    """How many pixels in and around a widget change when it gets the keyboard."""
    if focus := window.focusWidget():
        focus.clearFocus()
    without = _picture(window, widget)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    having = _picture(window, widget)
    if without.isNull() or without.size() != having.size():
        return LEAST_CHANGED  # it has grown, or its place went from under it: that can be seen
    return sum(a != b for a, b in zip(_pixels(without), _pixels(having), strict=True))


def _picture(window: QWidget, widget: QWidget) -> QImage:
    QApplication.processEvents()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    image = window.grab(place.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)).toImage()
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _pixels(image: QImage) -> memoryview:
    return memoryview(image.constBits()).cast("I")  # type: ignore[call-overload]


def hidden_focus(window: QWidget) -> Iterator[str]:
    """What Tab reaches and nobody sees, because it is scrolled away or covered."""
    if not isinstance(window, QMainWindow):
        return
    before = window.focusWidget()
    QApplication.processEvents()
    for _ in stops(_page(window)):
        window.focusNextPrevChild(True)
        QApplication.processEvents()
        here = window.focusWidget()
        if here and here.visibleRegion().isEmpty():
            yield f"the keyboard is where nobody sees it: {called(here)}"
    if before:
        before.setFocus()


def _page(window: QMainWindow) -> QWidget:
    pages = window.centralWidget()
    assert isinstance(pages, QStackedWidget)
    return pages.currentWidget()


def editors(window: QWidget) -> list[QWidget]:
    """Everything one types into."""
    kinds = (QLineEdit, QPlainTextEdit)
    return [each for each in stops(window) if isinstance(each, kinds) and not each.isReadOnly()]
