"""The improvement actions of every exercise on this computer: what is open, and what was done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.start.offers import Agreed, settle
from ui.tasks import Tasks
from ui.theme import SPACE, SPACE_WIDE
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, pane, restyle, row
from ui.widgets.sheet import Sheet

WIDTH = 640


class ActionLine(QWidget):
    """One action: what, who, by when and how it stands; and the button that changes that."""

    asked = Signal(object, bool)
    """This line, and whether its action shall be done."""

    def __init__(self, agreed: Agreed, today: date) -> None:
        super().__init__()
        self.agreed, self._today = agreed, today
        self.state = label(wrap=True)
        self.settle = button("", self._ask, "lane")
        said = column(label(agreed.what.action, "strong", wrap=True), self.state, space=2)
        across = row(space=SPACE_WIDE)
        across.addLayout(said, 1)
        across.addWidget(self.settle)
        self.setLayout(column(pane(across, "card", SPACE)))
        self.show_done(done=agreed.what.done)

    def show_done(self, *, done: bool) -> None:
        """Show how it stands now."""
        what = replace(self.agreed.what, done=done)
        self.agreed = replace(self.agreed, what=what)
        late = what.overdue(self._today)
        stands = "✓ Done" if done else "! Overdue" if late else "Open"
        self.state.setText(f"{stands} · {what.owner}, by {what.due} · after {self.agreed.after}")
        restyle(self.state, "role", "problem" if late else "small")
        self.settle.setText("Not done yet" if done else "Mark as done")
        self.settle.setAccessibleName(f"{self.settle.text()}: {what.action}")
        self.settle.setEnabled(True)

    def _ask(self) -> None:
        self.settle.setEnabled(False)  # until it is written
        self.asked.emit(self, not self.agreed.what.done)


class ActionsSheet(Sheet):
    """What is due first stands on top; nothing moves while it is open."""

    settled = Signal()

    def __init__(
        self, parent: QWidget, tasks: Tasks, agreed: Sequence[Agreed], today: date
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Improvement actions")
        self._tasks = tasks
        self.headline, self.notice = label("", "muted", wrap=True), Notice()
        self.lines = [ActionLine(each, today) for each in agreed]
        inside = column(self.headline, self.notice, *self.lines, space=SPACE)
        for line in self.lines:
            line.asked.connect(self._settle)
        self.close_it = button("Close (Esc)", self.reject)
        inside.addSpacing(SPACE)
        inside.addLayout(row(None, self.close_it))
        self._count()
        self.fill(inside, WIDTH)
        (self.lines[0].settle if self.lines else self.close_it).setFocus()

    def _settle(self, line: ActionLine, done: bool) -> None:
        self._tasks.read(
            partial(settle, line.agreed, done=done),
            partial(self._written, line, done),
            partial(self._failed, line),
        )

    def _written(self, line: ActionLine, done: bool, unsaid: str) -> None:
        line.show_done(done=done)
        line.settle.setFocus()
        self._count()
        self.settled.emit()
        if unsaid:
            self.notice.problem("The action was noted.", unsaid)

    def _failed(self, line: ActionLine, error: Exception) -> None:
        line.settle.setEnabled(True)
        line.settle.setFocus()
        self.notice.error(error)

    def _count(self) -> None:
        left = sum(not each.agreed.what.done for each in self.lines)
        words = "All that was agreed after exercises on this computer is done."
        if left:
            words = f"Agreed after exercises on this computer: {left} still to be done."
        self.headline.setText(words)
