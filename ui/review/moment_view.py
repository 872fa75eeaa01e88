"""One moment of a log: what was known, said and public then."""

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.heard import HeardThen
from crisisdesk.model.replay import Moment
from crisisdesk.rules.replay_words import heading, moment_in_words
from ui.theme import SPACE_TIGHT
from ui.widgets.parts import label


class MomentView(QWidget):
    """A heading and a text, which keeps its place while the moment moves."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.heading = label("", "heading", wrap=True)
        self.body = QPlainTextEdit()
        self.body.setReadOnly(True)
        self.body.setTabChangesFocus(True)
        self.body.setAccessibleName(name)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_TIGHT)
        box.addWidget(self.heading)
        box.addWidget(self.body, 1)

    def show_moment(self, moment: Moment, heard: HeardThen) -> None:
        """Show it."""
        bar = self.body.verticalScrollBar()
        place = bar.value()
        self.heading.setText(heading(moment))
        self.body.setPlainText(moment_in_words(moment, heard))
        bar.setValue(place)
