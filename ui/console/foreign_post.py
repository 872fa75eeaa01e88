"""The alarm for a post on our own account that this desk did not send, and what to do about it."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model.events import ForeignPost
from crisisdesk.model.mode import Mode
from crisisdesk.rules.showing import one_line
from ui import actions
from ui.dialogs.asking import ask_line
from ui.leaving import open_address
from ui.widgets.clocks import clock_time
from ui.widgets.parts import button, column, label, pane, row

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage

TEMPLATE = "account-lost"
LONGEST_SHOWN = 220
STEPS = (
    "This answers every post of this account that still waits. Then, without delay:\n"
    "1. On another device, change this account's password and end every sign-in and app token.\n"
    "2. Delete the false post there.\n"
    "3. Warn the public on the other channels: the button below starts the message."
)


class AlarmStrip(QWidget):
    """Says it, and asks; it stays until somebody answers."""

    opened = Signal()
    ours_told = Signal()
    warning_asked = Signal()
    only_log_asked = Signal()

    def __init__(self, *, may_open: bool) -> None:
        """`may_open` is False in an exercise: a browser would leave the computer."""
        super().__init__()
        self._may_open = may_open
        self.words = label(role="alarm", wrap=True)
        self.more = label(role="alarm")
        self.open = button("Open", self.opened.emit)
        self.ours = button("One of us posted it…", self.ours_told.emit)
        self.not_ours = button("Not ours…", partial(self._lead_to, 1))
        self.warn = button("Not ours: warn the public", self.warning_asked.emit)
        self.only_log = button("Not ours: only log it", self.only_log_asked.emit)
        self.back = button("Back", partial(self._lead_to, 0))
        self._questions = QStackedWidget()
        self._questions.addWidget(self._holder(self.open, self.ours, self.not_ours))
        self._questions.addWidget(self._holder(self.warn, self.only_log, self.back))
        self.steps = label(STEPS, "alarm", wrap=True)
        said = column(self.words, self.steps, self._questions, space=6)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 0, 8, 6)
        box.addWidget(pane(said, "alarm", 10))
        self._turn_to(0)
        self.hide()

    def _holder(self, *buttons: QWidget) -> QWidget:
        made = QWidget()
        last = [self.more] if self.open in buttons else []
        made.setLayout(row(*buttons, None, *last))
        return made

    def show_alarm(self, words: str, url: str, more: int) -> None:
        """Show one alarm and how many wait behind it. The keyboard stays where it is: whoever
        types on when an alarm comes must not answer it."""
        if words != self.words.text():
            self._turn_to(0)
        self.words.setText(words)
        self.words.setAccessibleName(words)
        web = url.startswith(("https://", "http://"))
        self.open.setVisible(web and self._may_open)
        self.more.setText(f"{more} more of these" if more else "")
        self.show()

    def focus(self) -> None:
        """Put the keyboard onto the first answer."""
        (self.ours if self._questions.currentIndex() == 0 else self.warn).setFocus()

    def _turn_to(self, page: int) -> None:
        self._questions.setCurrentIndex(page)
        self.steps.setVisible(page == 1)

    def _lead_to(self, page: int) -> None:
        self._turn_to(page)
        self.focus()


class ForeignPosts(QObject):
    """Takes the alarms one after the other and carries the answers to the desk."""

    alarmed = Signal(str, str)
    """(what stands where, what to do), for a screen that hides the strip."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self._waiting: dict[tuple[str, str], ForeignPost] = {}
        self.strip = AlarmStrip(may_open=page.desk.mode is Mode.LIVE)
        self.strip.opened.connect(self._open)
        self.strip.ours_told.connect(self._ask_who)
        self.strip.warning_asked.connect(self._warn)
        self.strip.only_log_asked.connect(lambda: self._not_ours("nobody was warned"))
        page.bridge.foreign_post.connect(self.take)
        actions.bind(page, "alarm", self.strip.focus)

    def load(self) -> None:
        """Show what earlier runs left unanswered."""
        self._page.tasks.read(self._page.desk.watching.unanswered, self._take_all)

    def take(self, alarm: ForeignPost) -> None:
        """A new one."""
        self._waiting[alarm.account_id, alarm.post.external_id] = alarm
        self._show()
        self.alarmed.emit(*self.in_short())

    def in_short(self) -> tuple[str, str]:
        """What is wrong and what to do, without the foreign words; two empty texts for nothing."""
        if not self._waiting:
            return "", ""
        name = one_line(self._first.channel_name, 40)
        words = f"A post stands on our {name} account that did not come from this desk."
        return words, "Sign in and answer the alarm."

    @property
    def _first(self) -> ForeignPost:
        return next(iter(self._waiting.values()))

    def _take_all(self, alarms: list[ForeignPost]) -> None:
        for each in alarms:
            self._waiting.setdefault((each.account_id, each.post.external_id), each)
        self._show()

    def _show(self) -> None:
        if self._waiting:
            words = alarm_words(self._first, self._page.desk.clock.now())
            self.strip.show_alarm(words, self._first.post.url, len(self._waiting) - 1)
        else:
            self.strip.hide()

    def _open(self) -> None:
        open_address(self._first.post.url)

    def _ask_who(self) -> None:
        words = "Who posted it, and why not from this desk? The log keeps your words."
        place = next(iter(self._waiting))
        ask_line(self._page, "One of us posted it", words, partial(self._answer, [place], True))

    def _not_ours(self, words: str) -> None:
        """Whoever holds an account holds all of it: one answer is enough for all its posts."""
        lost = self._first.account_id
        self._answer([each for each in self._waiting if each[0] == lost], False, words)

    def _answer(self, places: list[tuple[str, str]], ours: bool, words: str) -> None:
        watching, operator = self._page.desk.watching, self._page.operator

        def answer_all() -> None:
            for place in places:
                watching.answer(*place, operator, ours, words)

        self._page.tasks.read(
            answer_all,
            lambda _: self._drop(places),
            lambda error: self._not_answered(error, places),
        )

    def _not_answered(self, error: Exception, places: list[tuple[str, str]]) -> None:
        """Perhaps somebody was first: what is still open comes back."""
        self._page.notice.error(error)
        self._drop(places)
        self.load()

    def _drop(self, places: list[tuple[str, str]]) -> None:
        for place in places:
            self._waiting.pop(place, None)
        self._show()

    def _warn(self) -> None:
        """Begin the warning on the other channels; the lost one is no place for it."""
        page, lost = self._page, self._first
        self._not_ours("a warning was begun")
        if TEMPLATE not in page.desk.composing.templates:
            page.notice.problem(
                f"The template {TEMPLATE} is missing.",
                "Choose another template and warn your other channels.",
                "The public is not warned yet.",
            )
            return
        page.broadcast.lock_to(None)
        for each in page.broadcast.rows:
            if each.account.id == lost.account_id:
                each.box.setChecked(False)
        values = {"account_name": f"our {one_line(lost.channel_name, 40)} account"}
        page.message.start(TEMPLATE, values | {"since_time": clock_time(lost.post.posted_at)})


def alarm_words(alarm: ForeignPost, now: datetime) -> str:
    """The alarm in a sentence, with the foreign words made harmless."""
    name = one_line(alarm.channel_name, 40)
    text = one_line(alarm.post.text, LONGEST_SHOWN) or "no words, perhaps a picture"
    moment = alarm.post.posted_at.astimezone()
    today = moment.date() == now.astimezone().date()
    when = f"{moment:%H:%M}" if today else f"{moment:%d %B %Y, %H:%M}"
    if alarm.changed:
        told = f"The words of a post on our {name} account were changed, not by this desk. Now:"
    else:
        told = f"A post stands on our {name} account that did not come from this desk:"
    return f"▲ ALARM  {told} “{text}” ({when})"
