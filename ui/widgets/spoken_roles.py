"""What screen readers are told of widgets that Qt does not know: painted ones, and panes.

A widget says what it is with `speaks_as`; its name is its `accessibleName`. Everything else of its
interface is Qt's own.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_PROPERTY = "spoken_role"
_ROLES = {
    "status": QAccessible.Role.StatusBar,
    "chart": QAccessible.Role.Chart,
    "pane": QAccessible.Role.Grouping,
}
_installed = False


def speaks_as(widget: QWidget, role: str, name: str) -> None:
    """Have a plain widget read out as a "status", a "chart" or a "pane" of this name."""
    install()
    widget.setProperty(_PROPERTY, role)
    widget.setAccessibleName(name)


def install() -> None:
    """Have Qt ask here too, once in a program; what has a divider and no such widget calls it."""
    global _installed  # noqa: PLW0603 - Qt keeps the factory for as long as the process lives
    if not _installed:
        _installed = True
        QAccessible.installFactory(_interface)


def _interface(class_name: str, made_for: QObject) -> QAccessibleInterface | None:
    """Asked for every class of every object: only plain widgets and dividers are answered."""
    if class_name == "QSplitterHandle" and isinstance(made_for, QWidget):
        return QAccessibleWidget(made_for, QAccessible.Role.Separator, "Divider")
    if class_name != "QWidget" or not isinstance(made_for, QWidget):
        return None
    role = _ROLES.get(str(made_for.property(_PROPERTY)))
    return QAccessibleWidget(made_for, role) if role is not None else None
