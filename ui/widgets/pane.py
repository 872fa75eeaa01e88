"""One of the console's four panes: a framed surface that can ask to be in front."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.spoken_roles import speaks_as


class Pane(QWidget):
    """Looks like a pane; what it holds is its own business."""

    wanted = Signal()
    """The work goes on here: where one pane is shown at a time, it has to be this one."""

    def __init__(self, name: str) -> None:
        super().__init__()
        speaks_as(self, "pane", name)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
