"""The coach of a drill: says what to do next, and ticks off what the log says was done."""

import re
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.exercise import Lesson
from crisisdesk.rules.exercise.coaching import Seen, next_lesson, ticked
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.services.exercising import Exercising
from ui import actions
from ui.tasks import Tasks
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from ui.widgets.announcing import announce
from ui.widgets.parts import button, column, key_cap, label, pane, row, set_tip

HOLD_WORDS = {
    "hold": "hold the space bar down until the button is full",
    "two presses": "press the space bar twice",
}
LARGE_PERCENT = 150
"""From here on all text is large, and the panes below need the room."""

WAITING = "Good. Look around: the next thing comes by itself."
WAITING_WHY = (
    "Posts arrive on the left; each channel's truth stands on the right; the log is below."
)
FINISHED = "That was everything. To see how it went, press {palette}, type “end” and press Enter."
FINISHED_WHY = "Or look around; it ends by itself after its time."


class Coach(QWidget):
    """A strip that never blocks. It can be put away and brought back."""

    end_asked = Signal()

    def __init__(
        self,
        exercising: Exercising,
        tasks: Tasks,
        seen: Callable[[], Seen],
        way: Callable[[], str],
    ) -> None:
        """`seen` tells what is being written, `way` how the button is worked: a config word."""
        super().__init__()
        self._exercising = exercising
        self._tasks = tasks
        self._seen = seen
        self._way = way
        self._deeds: list[Deed] = []
        self._asking = self._asked_again = False
        self.done: frozenset[str] = frozenset()
        self._said = ""
        self._build()
        self.look()
        self._show()

    def _build(self) -> None:
        self.step = label("", "small")
        self.marks = label("", "good")
        self.words = label("", "lead" if Theme.percent < LARGE_PERCENT else "strong", wrap=True)
        self.why = label("", "muted", wrap=True)
        self.end = button("End the drill", self.end_asked.emit, "primary")
        key = actions.key_of("coach")
        self.hide_it = button(f"Hide ({key})", self.toggle, "link")
        self.show_it = button("Coach: what to do next", self.toggle, "quiet", icon="guide")
        across = row(space=2 * SPACE_WIDE)
        across.addLayout(column(label("COACH", "heading"), self.step, self.marks, None, space=0))
        across.addLayout(column(self.words, self.why, space=SPACE_TIGHT), 1)
        across.addWidget(self.end)
        across.addWidget(self.hide_it)
        self.strip = pane(across, "card", SPACE)
        self.closed = QWidget()
        self.closed.setLayout(row(None, self.show_it, key_cap(key)))
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE, 0, SPACE, SPACE)
        box.addWidget(self.strip)
        box.addWidget(self.closed)
        self.closed.hide()

    def toggle(self) -> None:
        """Put the strip away, or bring it back and have it read out."""
        back = not self.strip.isVisible()
        self.strip.setVisible(back)
        self.closed.setVisible(not back)
        if back:
            self._tell(self.words.text())

    def look(self) -> None:
        """Something was logged: see what was done."""
        if self._asking:
            self._asked_again = True
            return
        self._asking = True
        self._tasks.read(self._exercising.deeds, self._on_deeds, self._on_trouble)

    def on_screen_changed(self) -> None:
        """Something was typed or chosen."""
        self._show()

    def _on_deeds(self, deeds: list[Deed]) -> None:
        self._deeds = deeds
        self._asking = False
        self._show()
        if self._asked_again:
            self._asked_again = False
            self.look()

    def _on_trouble(self, error: Exception) -> None:
        self._asking = False
        self._tasks.failed.emit(error)

    def _show(self) -> None:
        story = self._exercising
        before, played = self.done, dict(story.played_at)
        self.done = ticked(story.scenario, self._deeds, played, self._seen(), before)
        lessons = story.scenario.coach
        lesson = next_lesson(story.scenario, self.done, played)
        finished = len(self.done) == len(lessons)
        self._show_progress(lessons)
        self._say(*self._what(lesson, finished))
        self.end.setVisible(finished and not story.ended)

    def _show_progress(self, lessons: tuple[Lesson, ...]) -> None:
        number = len(self.done)
        self.step.setText(f"{number} of {len(lessons)} done")
        self.marks.setText("✓" * number)
        set_tip(self.marks, ", ".join(each.practised for each in lessons if each.id in self.done))

    def _what(self, lesson: Lesson | None, finished: bool) -> tuple[str, str]:
        words, why = (FINISHED, FINISHED_WHY) if finished else (WAITING, WAITING_WHY)
        if lesson:
            words, why = lesson.words, lesson.why
        return filled(words, self._way()), why

    def _say(self, words: str, why: str) -> None:
        self.why.setText(why)
        if words == self._said:
            return
        self._said = words
        self.words.setText(words)
        if self.strip.isVisible():
            self._tell(words)

    def _tell(self, words: str) -> None:
        announce(self, f"Coach: {words} {self.why.text()}")


def filled(words: str, way: str) -> str:
    """A lesson's words with the keys as they are set; a name nobody knows stays as it is."""
    keys = {action.id: action.key for action in actions.TABLE if action.key}
    keys["hold"] = HOLD_WORDS.get(way, way)
    return re.sub(r"\{(\w+)\}", lambda found: keys.get(found[1], found[0]), words)
