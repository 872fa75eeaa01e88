"""A player at the console, and perhaps a directing staff at its own window."""

from PySide6.QtWidgets import QLabel, QWidget

from crisisdesk.rules.exercise.story import State
from tests.ui.test_exercise import Exercise
from ui.exercise.control_window import ControlWindow


class Directed(Exercise):
    """The night flood with a directing staff, whose window is open."""

    @property
    def control(self) -> ControlWindow:
        """The staff's window."""
        found = self.console.playing.control
        assert found is not None
        return found

    def choose(self, inject_id: str) -> None:
        """Choose an inject on the timeline."""
        table = self.control.timeline.table
        self.until(lambda: self.control.timeline.model.row_of(inject_id) >= 0, inject_id)
        table.selectRow(self.control.timeline.model.row_of(inject_id))

    def state(self, inject_id: str) -> State:
        """Where it stands in the story."""
        lines = self.desk.exercising.lines()
        return next(each.state for each in lines if each.inject.id == inject_id)

    def logged(self, action: str) -> list[dict[str, object]]:
        """The details of such entries, newest first."""
        entries = self.desk.reviewing.entries(1000)
        return [each["detail"] for each in entries if each["action"] == action]


def words_on(widget: QWidget) -> str:
    """All the words on a widget."""
    return " ".join(each.text() for each in widget.findChildren(QLabel))
