"""Small building blocks: labels with a role, panes, rows, buttons. Labels never guess rich text."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtGui import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import SPACE
from ui.widgets.wrapping import WrappingLabel

_INKS = {"primary": "on_accent", "danger": "danger", "alarm": "surface", "link": "accent"}
"""The ink of an icon on a button of this role."""

Box = TypeVar("Box", bound=QBoxLayout)


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A plain-text label. `role` names its look in the style sheet."""
    made = WrappingLabel(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made


def as_tip(text: str) -> str:
    """A tool tip that shows foreign words as they are: Qt formats what looks like HTML."""
    return Qt.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal) if text else ""


def set_tip(widget: QWidget, text: str) -> None:
    """A tool tip, said to screen readers without the marks that keep it from being formatted."""
    from ui.widgets.tips import give_tip  # the start screen has none

    give_tip(widget, text)
    widget.setAccessibleDescription(text)


def literal(text: str) -> str:
    """A name on a button, a menu or a tab: a lone & would vanish and become a key."""
    return text.replace("&", "&&")


def button(
    text: str,
    act: Callable[[], object],
    role: str = "",
    *,
    tip: str = "",
    name: str = "",
    icon: str = "",
) -> QPushButton:
    """A push button; `name` is what a screen reader says where the text is not enough, `icon` one
    of resources/icons."""
    made = QPushButton(text)
    made.setProperty("role", role)
    if icon:
        _put_icon(made, icon, _INKS.get(role, "text"))
    made.setAutoDefault(True)
    made.clicked.connect(lambda _checked=False: act())
    if tip:
        set_tip(made, tip)
    if name:
        made.setAccessibleName(name)
    return made


def _put_icon(made: QPushButton, name: str, role: str = "text") -> None:
    from ui.icons import icon  # the start screen has no such icon

    made.setIcon(icon(name, role))


def toggle(
    text: str, act: Callable[[bool], object], role: str = "lane", *, icon: str = ""
) -> QPushButton:
    """A button that stays down; `act` is told whether it is down. Screen readers do not click."""
    made = QPushButton(text)
    made.setProperty("role", role)
    if icon:
        _put_icon(made, icon)
    made.setAutoDefault(True)
    made.setCheckable(True)
    made.toggled.connect(act)
    return made


def row(*parts: QWidget | int | None, space: int = SPACE) -> QHBoxLayout:
    """Widgets side by side; None is a stretch, a number a gap."""
    return _filled(QHBoxLayout(), parts, space)


def column(*parts: QWidget | int | None, space: int = SPACE) -> QVBoxLayout:
    """Widgets below each other; None is a stretch, a number a gap."""
    return _filled(QVBoxLayout(), parts, space)


def _filled(box: Box, parts: tuple[QWidget | int | None, ...], space: int) -> Box:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(space)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        else:
            box.addWidget(part)
    return box


def pane(layout: QBoxLayout, name: str = "pane", margin: int = 10) -> QWidget:
    """A framed surface around a layout."""
    made = QWidget()
    made.setObjectName(name)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    layout.setContentsMargins(margin, margin, margin, margin)
    made.setLayout(layout)
    return made


def scrolling(layout: QBoxLayout) -> QScrollArea:
    """A layout that scrolls downwards and is never wider than its place. The keyboard goes to what
    is in it, not to itself."""
    made = QScrollArea()
    scroll_in(made, QWidget(), layout)
    return made


def scroll_in(area: QScrollArea, inside: QWidget, layout: QBoxLayout) -> None:
    """The same in an area that is there already; `inside` holds the layout in it."""
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    inside.setLayout(layout)  # after it: what is put in with a layout is laid out on the spot


def clear(layout: QLayout) -> None:
    """Take every widget out of a layout and delete it."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def key_cap(key: str) -> QLabel:
    """The key that leads here, as it stands on the keyboard. A screen reader hears it elsewhere."""
    made = label(key, "key")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet looks at, and have it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def expanding(widget: QWidget) -> QWidget:
    """The widget, taking all the width there is."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return widget
