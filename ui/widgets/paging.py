"""Page Up and Page Down for words that take no keyboard themselves."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QScrollBar

_STEPS = {
    Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
}


def page(area: QScrollArea | None, event: QKeyEvent) -> bool:
    """Scroll by a page if that is what the key asks for, and tell whether it was."""
    step = _STEPS.get(Qt.Key(event.key()))
    if area is None or step is None:
        return False
    area.verticalScrollBar().triggerAction(step)
    return True
