"""Opening the live desk: real networks, the keyring, the computer's clock."""

import logging
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from crisisdesk.config import DESK_ID_NAME, Loaded, Paths, Settings, load_settings
from crisisdesk.desk.desk import Desk, Parts
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.events import AccountsChanged, ClockStepped, LogChecked, SettingsChanged
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.services.backing_up import LOOK_SECONDS as BACKUP_LOOK_SECONDS
from crisisdesk.services.gauging import EVERY_SECONDS as COUNT_SECONDS
from crisisdesk.services.gauging import Gauging
from crisisdesk.services.retaining import FIRST_SECONDS
from crisisdesk.services.timekeeping import LOOK_SECONDS
from crisisdesk.services.watching import EVERY_SECONDS
from crisisdesk.services.witnessing import HAND_ON_SECONDS
from crisisdesk.sources.base import Source
from crisisdesk.store.places import prepare_folder, private
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.clock import Clock
from crisisdesk.system.keys import desk_key
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import Secrets, open_secrets
from crisisdesk.system.workers import Beat, Workers

log = logging.getLogger(__name__)

POLL_JOBS = "poll "
WATCH_JOBS = "watch "
CHECK_SECONDS = 24 * 60 * 60
READ_BACK_SECONDS = 10 * 60
PLANS_SECONDS = 60
SWEEP_SECONDS = 5 * 60


class LiveDesk(Desk):
    """A desk that can reach the public."""

    def __init__(self, parts: Parts, schedule: Schedule) -> None:
        super().__init__(parts)
        self.held = ExitStack()
        self._schedule = schedule
        self._sources: list[Source] = []
        self._generation = 0
        self._listening = self._started = False
        self.gauging = Gauging(self.database, self._looking, parts.workers, parts.clock.now)
        self._clock_beat = Beat(LOOK_SECONDS, self.timekeeping.look, "clock")
        self.bus.subscribe(ClockStepped, self._clock_stepped)
        self.bus.subscribe(SettingsChanged, self._settings_changed)
        self.log_checked: Future[None] | None = None
        parts.closers += [self.retaining.stop, self._clock_beat.stop, self._stop_listening]

    def start(self) -> None:
        """Settle what a dead run left, send what is planned, and begin to listen."""
        self.log_checked = self.workers.read(self.check_log)
        self.configuring.note_found()
        self.timekeeping.recover()
        self.following_up.recover()
        self.promising.recover()
        self.timetable.recover()
        self._clock_beat.start()
        self.only_listen()
        self._schedule.every(PLANS_SECONDS, "look at plans", self._look_at_plans)
        self._schedule.after(FIRST_SECONDS, self._remove_old_mentions)
        self._started = True
        self._schedule.every(SWEEP_SECONDS, "sweep", self.following_up.sweep)
        self._schedule.every(COUNT_SECONDS, "count", self.gauging.look)
        hand_on = partial(self.workers.network, self.witnessing.look)
        self._schedule.every(HAND_ON_SECONDS, "hand on checkpoints", hand_on)
        back_up = partial(self.workers.read, self.backing_up.look)
        self._schedule.every(BACKUP_LOOK_SECONDS, "backup", back_up)

    def close(self, why: str = "closed") -> None:
        """End in order; only then may another run send for this desk."""
        try:
            super().close(why)
        finally:
            self.held.close()

    def only_listen(self) -> None:
        """Listen and watch beside another run of this desk, which does the sending."""
        self.bus.subscribe(AccountsChanged, lambda _: self._accounts_changed())
        self.listen()
        self.watch()
        self._schedule.every(CHECK_SECONDS, "check accounts", self._check_accounts)
        self._schedule.every(READ_BACK_SECONDS, "read back", self.reading_back.read_live)

    def _clock_stepped(self, event: ClockStepped) -> None:
        self._schedule.clock_jumped(timedelta(seconds=event.seconds))

    def _settings_changed(self, event: SettingsChanged) -> None:
        if event.key == "poll_seconds" and self._listening:
            self.listen()
        if event.key == "retention_days" and self._started:
            self._schedule.after(0, self.retaining.sweep)

    def check_log(self) -> None:
        """A log that was changed while the desk was closed is named in what it signs from now on.

        Alerts go on meanwhile: a desk that falls silent would be the greater harm.
        """
        report = self.reviewing.verify()
        self.bus.publish(LogChecked(report))
        if report.intact:
            return
        first = report.findings[0]
        log.error("the log is broken at entry %d: %s", first.seq, first.words)
        detail = {"first_bad_entry": first.seq, "fault": first.fault.value, "words": first.words}
        self.database.write(
            lambda unit: unit.log.append("log.broken", actor="desk", detail=detail, weighty=True)
        )

    def _accounts_changed(self) -> None:
        self.listen()
        self.watching.accounts_changed()
        self.watch()
        self._check_accounts()

    def listen(self) -> None:
        """Visit every source now and then regularly."""
        self._listening = True
        self._schedule.drop(POLL_JOBS)
        self._generation += 1
        for source in self._sources:
            source.close()
        self._sources = self.sources()
        for source in self._sources:
            self._schedule.every(
                self.settings.poll_seconds,
                f"{POLL_JOBS}{self._generation} {source.id}",
                partial(self.intake.visit, source),
            )

    def watch(self) -> None:
        """Look at every account of our own now and then regularly, on threads of the network."""
        self._schedule.drop(WATCH_JOBS)
        for account in self.watching.accounts():
            look = partial(self.watching.visit, account.id)
            name = f"{WATCH_JOBS}{account.id}"
            self._schedule.every(EVERY_SECONDS, name, partial(self.workers.network, look))

    def _remove_old_mentions(self) -> None:
        self._schedule.every(CHECK_SECONDS, "retention", self.retaining.sweep)

    def _look_at_plans(self) -> None:
        """Another desk may have planned something, and ended before it was due."""
        self.promising.look()
        self.timetable.look()

    def _check_accounts(self) -> None:
        """A harmless sign-in for each: what will not work is known before it is needed."""
        for account in self.administering.accounts():
            self.workers.network(partial(self.administering.check_account, account))

    def _stop_listening(self) -> None:
        self._schedule.close()
        for source in self._sources:
            source.close()


def open_live(paths: Paths, secrets: Secrets | None = None, *, alone: bool = False) -> LiveDesk:
    """Open the desk kept below `paths`. Raises BadInput or StoreError with what to do.

    `alone` refuses while another run that asked for this has the same desk open: what is on its
    way there would look here like what a dead run left behind.
    """
    prepare_folder(paths.home)
    loaded = load_settings(paths.settings)
    settings = loaded.settings
    _refuse_another_database(loaded)
    desk_id = _desk_id(paths.home / DESK_ID_NAME)
    with ExitStack() as stack:
        if alone:
            stack.enter_context(only_run(paths.home))
        kept = secrets or open_secrets(desk_id)
        schedule = Schedule()
        parts = Parts(
            mode=Mode.LIVE,
            paths=paths,
            settings=settings,
            database_url=_url(paths, settings),
            desk_id=desk_id,
            clock=Clock(),
            net=Net(Mode.LIVE, extra_ca_file=settings.extra_ca_file),
            secrets=kept,
            signer=desk_key(kept),
            later=schedule.after,
            workers=Workers(),
            chance=SYSTEM_CHANCE,
            watch_terms=settings.watch_terms,
            places=settings.places,
            settings_file=paths.settings,
            settings_problems=loaded.problems,
        )
        desk = LiveDesk(parts, schedule)
        desk.held = stack.pop_all()
        return desk


def _refuse_another_database(loaded: Loaded) -> None:
    """Every other setting has a default; opening the wrong database would look like a new desk."""
    for problem in loaded.problems:
        if problem.key == "database_url":
            raise BadInput(
                problem.words.replace(
                    "Its default is used.", "The desk cannot tell where its log is."
                ),
                problem.to_do,
            )


def only_run(home: Path) -> AbstractContextManager[object]:
    """The one run that sends for this desk; the system frees it however a run ends."""
    from filelock import FileLock, Timeout

    try:
        return FileLock(home / "desk.lock", blocking=False, mode=0o600).acquire()
    except Timeout as error:
        raise StoreError(
            f"CrisisDesk is open already with {home}.",
            "Use the window that is open. To open another desk, start with --data DIR.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"{home} cannot be used: {error}.",
            "Correct its permissions, or choose another folder with --data DIR.",
            "The live desk is not open: nothing comes in and nothing can be sent.",
        ) from error


def _url(paths: Paths, settings: Settings) -> str:
    return settings.database_url or f"sqlite:///{paths.database}"


def _desk_id(file: Path) -> str:
    """This computer's name for itself in the log and the keyring; made once."""
    try:
        if not file.exists():
            with open(file, "x", encoding="ascii", opener=private) as out:
                out.write(SYSTEM_CHANCE.token(6))
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{file} cannot be used: {error}.",
            "Correct its permissions, or choose another folder with --data DIR.",
            "The live desk is not open: nothing comes in and nothing can be sent.",
        ) from error
