"""Which page comes when, and the desk's life behind them."""

from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from crisisdesk import config
from crisisdesk.model.setting import Section
from crisisdesk.system.workers import Workers
from ui import actions
from ui.collecting import Collecting
from ui.dialogs.helping import Help
from ui.main_window import MainWindow
from ui.settings.looks import next_theme, wear
from ui.start.exercises import Exercises
from ui.start.offering import Offering
from ui.start.start_page import StartPage
from ui.tasks import Tasks

if TYPE_CHECKING:
    from crisisdesk.desk import Desk
    from crisisdesk.desk.exercise import ExerciseDesk
    from crisisdesk.model.alert import Alert
    from crisisdesk.model.operator import Operator
    from crisisdesk.model.template import Step
    from ui.console.board_page import BoardPage
    from ui.console.console_page import ConsolePage
    from ui.idle_timer import IdleTimer
    from ui.settings.first_account import FirstAccount

LOCK_AFTER_MS = 5 * 60 * 1000


class Console(QObject):
    """Leads from the start screen to a desk and back out. Heavy parts load when first needed."""

    def __init__(
        self,
        paths: config.Paths,
        remember: QSettings | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`say` tells the program that started this one, where one waits out of sight."""
        super().__init__()
        self.paths, self.say = paths, say
        self.collecting = Collecting(self)
        self.window = MainWindow(remember)
        self.workers = Workers()
        self.tasks = Tasks(self.workers, self)
        self.help = Help(self.window, self.tasks)
        self.desk: Desk | None = None
        self.page: ConsolePage | None = None
        self.board: BoardPage | None = None
        self.first_account: FirstAccount | None = None
        self.start_page = StartPage(paths)
        self.exercises = Exercises(self.start_page, self.window, paths.home)
        self.offering = Offering(self.start_page, self.tasks, paths)
        self.exercises.came_back.connect(self.offering.read)
        self.exercises.live_asked.connect(self._open_live_at_once)
        self.start_page.painted.connect(self._after_first_picture)
        self.start_page.help_asked.connect(self.help.open_here)
        self.start_page.live_chosen.connect(self.open_live)
        self.start_page.exercise_chosen.connect(self.exercises.start)
        self.start_page.review_chosen.connect(lambda path: self.open_review(Path(path)))
        self.tasks.failed.connect(self.start_page.notice.error)
        self.window.closing.connect(self.close)
        self.window.show_page(self.start_page)
        actions.bind(self.window, "theme", self.switch_theme)
        actions.bind(self.window, "palette", self.open_palette)
        actions.bind(self.window, "lock", self.lock, self._why_no_lock)
        actions.bind(self.window, "record", self.write_record, self._why_no_record)
        self._closed = False

    @cached_property
    def _idle(self) -> "IdleTimer":
        """Locks the desk; of no use before there is one."""
        from ui.idle_timer import locking

        return locking(self, LOCK_AFTER_MS, self.lock, self.window.warn)

    def open_live(self) -> None:
        """Open the live desk and ask who is here."""
        from crisisdesk.desk import open_live

        self.start_page.show_opening("Opening the live desk…", "Reading what was said so far.")
        self.tasks.read(lambda: open_live(self.paths, alone=True), self._ask_who, self._not_opened)

    def _open_live_at_once(self) -> None:
        """A real event came in an exercise, which is a process of its own."""
        self.window.show()
        self.window.activateWindow()
        if self.desk is None:
            self.open_live()

    def warm_up(self) -> None:
        """While the officer reads the start screen, load what the desk will need."""
        self.tasks.read(partial(import_module, "crisisdesk.desk"))

    def _after_first_picture(self) -> None:
        from ui.widgets import spoken_roles

        spoken_roles.install()
        self.offering.read()

    def open_exercise(self, scenario: str, speed: float = 1.0) -> None:
        """Open an exercise in this process, whose gate is closed from then on."""
        from datetime import UTC, datetime

        from crisisdesk.desk import open_exercise
        from crisisdesk.system.recent_logs import exercise_folder
        from ui.leaving import seal

        seal()
        folder = exercise_folder(self.paths, scenario, datetime.now(UTC))
        tonight = datetime.now().astimezone().date()
        self.start_page.show_opening("Opening the exercise…", "The simulated public is waking up.")
        self.tasks.read(
            lambda: open_exercise(scenario, folder, speed, None, self.paths.settings, tonight),
            self._enter_exercise,
            lambda error: self.start_page.show_failure("The exercise did not open", error),
        )

    def open_review(self, path: Path) -> None:
        """Review a log."""
        from ui.review.review_page import ReviewPage

        back = self.window.pages.currentWidget() or self.start_page
        to = "the console" if back is self.page else "the start"
        page = ReviewPage(path, self.tasks, to)
        page.left.connect(lambda: self._leave_page(page, back))
        self.window.show_page(page, "CrisisDesk – review")
        self.collecting.settle()

    def _leave_page(self, page: QWidget, back: QWidget) -> None:
        self.window.show_page(back, self._title() if back is self.page else "CrisisDesk")
        self.window.drop_page(page)

    def _not_opened(self, error: Exception) -> None:
        self.start_page.show_failure("The live desk did not open", error, self.open_live)

    def _ask_who(self, desk: "Desk") -> None:
        self.desk = desk
        self.tasks.read(desk.people.operators, self._show_sign_in)

    def _show_sign_in(self, operators: "list[Operator]") -> None:
        from ui.dialogs.sign_in import who_is_here

        assert self.desk is not None  # noqa: S101 - opened before anybody is asked
        card = who_is_here(self.desk.people, self.desk.administering, self.tasks, operators)
        card.signed_in.connect(lambda operator: self._enter_live(operator, card))
        self.window.show_page(card, "CrisisDesk – sign in")
        card.begin()

    def _enter_live(self, operator: "Operator", card: QWidget) -> None:
        from ui.icons import mode_icon

        assert self.desk is not None  # noqa: S101
        self.window.setWindowIcon(mode_icon(exercise=False))
        self.window.ask_before_closing = True
        self._sit_down(operator, card)
        self.tasks.read(self.desk.start)  # type: ignore[attr-defined]
        self._idle.start()
        if operator.role.may_configure and not self.desk.composing.accounts():
            self.open_first_account()

    def _sit_down(self, operator: "Operator", leaving: QWidget) -> "ConsolePage":
        from ui.console.console_page import ConsolePage

        assert self.desk is not None  # noqa: S101
        self.page = page = ConsolePage(self.desk, self.tasks, operator)
        self._connect_page(page)
        self.window.drop_page(leaving)
        self.collecting.settle()
        self.window.show_page(page, self._title())
        return page

    def _take_over(self, taker: "Operator") -> None:
        """The desk goes on under another officer; what the first was typing stays theirs."""
        page, board = self.page, self.board
        if page is None:
            return
        page.drafts.flush()
        self.board = self.first_account = None
        if board:
            self.window.drop_page(board)
        self._sit_down(taker, page).notice.good(f"{taker.name} has taken over.")

    def _enter_exercise(self, desk: "ExerciseDesk") -> None:
        from ui.playing import Playing

        self.desk = desk
        self.playing = Playing(desk, self.tasks, self.window, self.help, self.say)
        self.playing.review_asked.connect(lambda: self.open_review(desk.paths.home))
        self.page = self.playing.page
        self._connect_page(self.page)
        self.collecting.settle()

    def _connect_page(self, page: "ConsolePage") -> None:
        if self.window.remember:
            page.panes.restore(self.window.remember)
        page.settings_asked.connect(self._open_channels)
        page.bridge.settings_changed.connect(self._on_setting)
        page.header.palette_asked.connect(self.open_palette)
        page.board_asked.connect(self.open_board)
        page.handing_on.taken_over.connect(self._take_over)
        page.calls.calling.chosen.connect(self._go_where_called)
        for name, act in (
            ("options", self.open_options),
            ("settings", self.open_settings),
            ("people", self.open_people),
            ("review", lambda: self.open_review(page.desk.paths.home)),
            ("leave", self.window.close),
        ):
            actions.bind(page, name, act)

    def _go_where_called(self, place: str) -> None:
        """A call was clicked: to the window, and to its pane unless that would leave a form."""
        window, page = self.window, self.page
        window.come_to_the_front()
        if page and window.pages.currentWidget() in (page, self.board):
            window.show_page(page, self._title())
            page.calls.go(place)

    def _open_channels(self) -> None:
        """Where nothing is set up yet, somebody leads through it."""
        may = self.page is not None and self.page.operator.role.may_configure
        if may and self.desk and not self.desk.composing.accounts():
            self.open_first_account()
        else:
            self.open_settings()

    def open_first_account(self) -> None:
        """Lead to a channel that works. The conversation is kept while the desk is open."""
        from ui.settings.first_account import FirstAccount

        if self.desk is None or self.page is None:
            return
        page = self.page
        if self.first_account is None:
            guide = FirstAccount(self.desk, self.tasks, lambda: page.operator)
            guide.done.connect(lambda: self.window.show_page(page, self._title()))
            guide.all_asked.connect(self.open_settings)
            guide.people_asked.connect(self.open_people)
            self.first_account = guide
        self.window.show_page(self.first_account, "CrisisDesk – a first channel")

    def open_settings(self, section: Section = Section.CHANNELS) -> None:
        """The settings over the open desk, channels and sources first."""
        from ui.settings.settings_page import SettingsPage

        if self.desk is None or self.page is None:
            return
        page, shown = self.page, self.window.pages.currentWidget()
        if isinstance(shown, SettingsPage):
            shown.open(section)
            return
        settings = SettingsPage(self.desk, self.tasks, page.operator, section)
        settings.done.connect(lambda: self._leave_page(settings, page))
        page.bridge.settings_changed.connect(settings.refresh)
        self.window.show_page(settings, "CrisisDesk – settings")

    def open_people(self) -> None:
        """People and roles, over the open desk."""
        self.open_settings(Section.PEOPLE)

    def open_options(self) -> None:
        """The settings, from how they look on."""
        self.open_settings(Section.LOOKS)

    def _on_setting(self, key: str) -> None:
        """How the console looks and is worked changes at once."""
        if self.desk and self.page:
            wear(self.desk.settings, changed=key)
            self.page.refresh_readiness()

    def open_board(self) -> None:
        """What the public can see now, over the open desk; made once and kept."""
        from ui.console.board_page import BoardPage

        if self.desk is None or self.page is None:
            return
        page = self.page
        if self.board is None:
            self.board = BoardPage(self.desk, self.tasks, page.operator)
            self.board.left.connect(lambda: self.window.show_page(page, self._title()))
            self.board.follow_asked.connect(self._follow_from_board)
            page.bridge.deliveries_changed.connect(self.board.on_change)
        self.window.show_page(self.board, f"{self._title()} – what the public can see now")

    def _follow_from_board(self, alert: "Alert", step: "Step") -> None:
        assert self.page is not None  # noqa: S101 - the board lies over it
        self.window.show_page(self.page, self._title())
        self.page.sending.follow(alert, step)

    def open_palette(self) -> None:
        """Find an action by words; at the console, templates and incidents too."""
        from ui.console.finding import open_palette

        shown = self.window.pages.currentWidget()
        open_palette(self.window, self.page if shown is self.page else None)

    def write_record(self) -> None:
        """Write into the record, from wherever the officer is."""
        if self.page:
            self.page.recorder.open()

    def _why_no_record(self) -> str:
        return self.page.recorder.why_not() if self.page else "Nobody has signed in."

    def _why_no_lock(self) -> str:
        from ui import locking

        return locking.why_not(self.page, self.window) if self.page else "Nobody has signed in."

    def lock(self) -> None:
        """Ask for the passphrase again. What is being sent goes on; mentions come in."""
        from ui.locking import Locking

        page = self.page
        if page and not self._why_no_lock():
            lock = Locking(page, self.window, self.tasks)
            lock.unlocked.connect(lambda card: self._leave_page(card, page))
            lock.unlocked.connect(lambda _: self._idle.start())

    def switch_theme(self) -> None:
        """Light, dark, high contrast, and round again; at an open desk kept as a setting."""
        name, desk, page = next_theme(), self.desk, self.page
        if desk and page and desk.configuring.file:
            operator = page.operator
            self.tasks.read(lambda: desk.configuring.change("theme", name, operator))

    def close(self) -> None:
        """End in order: the screen first, then the desk."""
        if self._closed:
            return
        self._closed = True
        self._idle.stop()
        self.help.close()
        self.exercises.stop()
        self.tasks.close()
        self.workers.close()
        if self.page:
            self.page.drafts.flush()
            if self.window.remember:
                self.page.panes.keep(self.window.remember)
        if self.desk:
            self.desk.close()
        self.collecting.stop()

    def _title(self) -> str:
        mode = self.desk.mode.value.upper() if self.desk else ""
        return f"{mode} – CrisisDesk"
