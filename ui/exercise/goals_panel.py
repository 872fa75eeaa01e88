"""How far the player is with each goal, for the directing staff's eyes alone."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from crisisdesk.model.directing import GoalNow, Progress
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.clocks import MINUTE, length
from ui.widgets.parts import clear, column, label, scrolling
from ui.widgets.state_view import PaneState, StateView

SIGNS = {
    Progress.OVERDUE: ("!", "danger"),
    Progress.OPEN: ("○", "warn"),
    Progress.LATE: ("✓", "warn"),
    Progress.DONE: ("✓", "good"),
    Progress.NOT_YET: ("…", "muted"),
}
"""For each progress its sign and its tone; in this order they are shown."""


class GoalsPanel(QWidget):
    """What needs the directing staff's eye stands first."""

    def __init__(self) -> None:
        super().__init__()
        self._said: list[tuple[str, str, str]] = []
        self.summary = label("", "strong", wrap=True)
        self._list = column(space=SPACE_TIGHT)
        self.nothing = StateView()
        self.nothing.say(PaneState.EMPTY, "This scenario measures nothing.")
        inside = column(self.summary, space=SPACE)
        inside.addLayout(self._list)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(column(scrolling(inside)))

    def show_goals(self, goals: Sequence[GoalNow], now: int) -> None:
        """They stand like this, `now` seconds after STARTEX."""
        order = list(SIGNS)
        ranked = sorted(goals, key=lambda each: order.index(each.progress))
        said = [(each.progress, each.goal.words, _how(each, now)) for each in ranked]
        self.nothing.setVisible(not goals)
        numbers = Counter(each.progress for each in goals)
        self.summary.setText(", ".join(f"{numbers[p]} {p}" for p in order if numbers[p]))
        if said != self._said:
            self._said = said  # type: ignore[assignment]
            self._fill(ranked, now)

    def _fill(self, goals: Sequence[GoalNow], now: int) -> None:
        clear(self._list)
        for each in goals:
            sign, tone = SIGNS[each.progress]
            words = label(f"{sign} {each.goal.words}", wrap=True)
            words.setProperty("tone", "muted" if tone == "muted" else "")
            how = label(_how(each, now), "small", wrap=True)
            how.setProperty("tone", tone)
            self._list.addWidget(words)
            self._list.addWidget(how)
            self._list.addSpacing(SPACE_TIGHT)


def _how(each: GoalNow, now: int) -> str:
    if each.due is None:
        return str(each.progress)
    if each.done is None:
        left = each.due - now
        if left < 0:
            return f"overdue by {length(-left)}"
        return f"open, {left} s left" if left < MINUTE else f"open, {length(left)} left"
    off = each.due - each.done
    return f"done, {length(off)} early" if off >= 0 else f"done, {length(-off)} late"
