"""The walk itself: the solo drill, a first account, an alert, its correction, the log verified."""

from datetime import timedelta

from PySide6.QtWidgets import QApplication

from crisisdesk.desk.exercise import ExerciseDesk, open_exercise
from tests.gallery.fixed import MOMENT
from tests.gallery.networks import MASTODON, TOKEN
from tests.gallery.stage import ORGANISATION, PASSPHRASE
from tests.walk.walker import Walker
from ui.console.console_page import ConsolePage

KEEP = "Check and keep"
DRILL_INCIDENT = "Burst main, Hill Road"
DRILL_ROAD = (
    ("Road", "Hill Road"),
    ("Where", "Riverside"),
    ("Why", "a burst water main"),
    ("Closed since", "02:00"),
)
ROAD = (
    ("Road", "Weir Bridge"),
    ("Where", "Lower Town, Riverside"),
    ("Why", "deep flood water"),
    ("Closed since", "03:05"),
)


class NewUser(Walker):
    """Plays the drill in the exercise's own console, then works at the live desk."""

    def drill(self) -> None:
        """From the start page to the end of the ten-minute drill."""
        self._start_drill()
        self._open_incident_as_coached()
        self._pass_on("he cannot get out", "Pass on the call for help")
        self._write_road("Tell the public that the road is closed", DRILL_ROAD, "03:00")
        self._send("Send it on every channel")
        self._settle_mail()
        self._pass_on("is it safe to drive", "Close the question that was answered")
        self._note("Log why nothing is posted about the rumour", "Asking the water company first")
        self._correct("Correct our own mistake", until=6)
        self._end_drill()

    def live(self) -> None:
        """From the start page to a verified log."""
        self._become_operator()
        self._add_account()
        self._open_incident()
        self._write_road("Write a first alert", ROAD, "05:00")
        self._send("Send the alert")
        self._correct("Correct the alert")
        self._note("Write a decision", "Not closing the school: the water is falling")
        self._review()

    def _start_drill(self) -> None:
        self.sets_out("Start the drill")
        chosen: list[str] = []
        exercises = self.stage.console.exercises
        exercises.start, before = chosen.append, exercises.start
        page = self.stage.console.start_page
        page.exercise_chosen.disconnect()
        page.exercise_chosen.connect(chosen.append)
        self.presses("Return", "Enter")
        self.stage.until("the drill", lambda: chosen)
        exercises.start = before
        self.arrives()
        folder = self.stage.console.paths.exercises / f"20260124-031200-{chosen[0]}"
        self.stage.console._enter_exercise(open_exercise(chosen[0], folder, 0.0, day=MOMENT.date()))
        self.sets_out("Read the briefing")
        self.presses("Return", "Start the exercise")
        self.stage.until("STARTEX", self.stage.page.isVisible)
        self.arrives()
        self._let_story_come(0)

    def _let_story_come(self, minutes: float) -> None:
        """The story goes on by itself; here the walk moves it."""
        desk = self.stage.page.desk
        assert isinstance(desk, ExerciseDesk)
        while (due := desk.agenda.next_due()) is not None and due <= minutes * 60:
            desk.clock.move_to(timedelta(seconds=due))
            if act := desk.agenda.take_due(due):
                act()
            self.stage.calm()
        desk.clock.move_to(timedelta(minutes=minutes))
        self.stage.calm()

    def _open_incident_as_coached(self) -> None:
        self.sets_out("Open the incident")
        self.presses("Ctrl+I")
        self.types(DRILL_INCIDENT, "What happened, and where?")
        self.presses("Return", "Enter")
        self.arrives()

    def _pass_on(self, words: str, goal: str) -> None:
        self._let_story_come(2)
        self.sets_out(goal)
        self.presses("F2")
        self.chooses(words)
        self.presses("H", "Handled (H)")
        self.arrives()

    def _write_road(self, goal: str, fields: tuple[tuple[str, str], ...], update: str) -> None:
        self.sets_out(goal)
        self.presses("F3")
        self.types("road", "Find a template")
        self.presses("Return", "Road closure")
        for caption, words in fields:
            self._into(caption)
            self.types(words, caption)
        self._into("Next update by")
        self.types(update, "Next update by")
        self._into("Where to look")
        self.types("https://riverside.example/roads", "Where to look")
        self.arrives()

    def _into(self, caption: str) -> None:
        """Tab on to the field of this name, as anybody does in a form."""
        self.goes_to(caption)

    def _send(self, goal: str) -> None:
        pane = self.stage.page.broadcast
        self.sets_out(goal)
        self.presses("F4")
        before = set(pane.cards)
        self.holds(lambda: set(pane.cards) - before, "HOLD TO BROADCAST")
        self.stage.calm()
        self.arrives()

    def _settle_mail(self) -> None:
        self.sets_out("Say that the e-mail arrived")
        self.presses("F4")
        self.goes_to("I see it")
        self.presses("Space", "I see it")
        self.sees("confirmed")
        self.arrives()

    def _note(self, goal: str, words: str) -> None:
        if isinstance(self.stage.page.desk, ExerciseDesk):
            self._let_story_come(4)
        self.sets_out(goal)
        self.presses("F6")
        self.types(words, "Note a decision")
        self.presses("Return", "Enter")
        self.arrives()

    def _correct(self, goal: str, until: float = 0) -> None:
        if until:
            self._let_story_come(until)
        else:
            self.stage.clock.go_on(minutes=2)
        pane = self.stage.page.broadcast
        self.sets_out(goal)
        self.presses("F4")
        self.goes_to("Correct")
        self.presses("Space", "Correct")
        self._fill_what_is_missing()
        before = set(pane.cards)
        self.holds(lambda: set(pane.cards) - before, "HOLD TO BROADCAST")
        self.arrives()

    def _fill_what_is_missing(self) -> None:
        """A correction is ready unless the screen asks for more."""
        pane, form = self.stage.page.broadcast, self.stage.page.message.form
        for name, editor in form.editors().items():
            if pane.hold.isEnabled():
                break
            if not form.values().get(name):
                self.goes_to(editor.accessibleName())
                self.types("see the true position", editor.accessibleName())
        if QApplication.focusWidget() is not pane.hold:
            self.presses("F4")

    def _end_drill(self) -> None:
        self.sets_out("End the drill and see how it went")
        self.presses("Ctrl+K")
        self.types("end", "Find")
        self.presses("Return", "End the exercise")
        self.sees("goals met")
        self.arrives()

    def _become_operator(self) -> None:
        self.sets_out("Open the live desk and become its operator")
        self.goes_to("Open the live desk")
        self.presses("Return", "Open the live desk")
        self.sees("Create and sign in")
        self.types("Jo Officer", "Your name")
        for words, caption in (
            (ORGANISATION, "Your organisation"),
            (PASSPHRASE, "Passphrase"),
            (PASSPHRASE, "The passphrase again"),
        ):
            self.goes_to(caption)
            self.types(words, caption)
        self.presses("Return", "Create and sign in")
        self.sees("Where does your public follow you?")
        self.arrives()

    def _add_account(self) -> None:
        self.sets_out("Add a first account and check it")
        self.goes_to("Mastodon")
        self.presses("Space", "Mastodon")
        for caption, words in (("Server", f"https://{MASTODON}"), ("Access token", TOKEN)):
            self.goes_to(caption)
            self.types(words, caption)
        self.goes_to(KEEP)
        self.presses("Space", KEEP)
        self.sees("Mastodon works")
        self.goes_to("Go to the console")
        self.presses("Space", "Go to the console")
        self.stage.current(ConsolePage)
        self.arrives()

    def _open_incident(self) -> None:
        self.sets_out("Open an incident at the live desk")
        self.goes_to("Open an incident")
        self.presses("Ctrl+I", "Open an incident")
        self.types("Flood at Weir Bridge", "What happened, and where?")
        self.presses("Return", "Enter")
        self.arrives()

    def _review(self) -> None:
        self.sets_out("Review and verify the log")
        self.presses("Ctrl+K")
        self.types("review", "Find")
        self.presses("Return", "Review and export the log")
        self.sees("✓")
        self.sees("entries")
        self.arrives()
