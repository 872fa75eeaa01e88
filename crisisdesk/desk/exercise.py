"""Opening an exercise: the same services and adapters, simulated networks, its own folder.

Neither the keyring nor any setting of the live desk is read; the gate is closed for good.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from crisisdesk.config import DATABASE_NAME, SETTINGS, Paths, Settings, load_settings
from crisisdesk.desk.desk import Desk, Parts
from crisisdesk.model.approval import CodeList
from crisisdesk.model.brief import Offered
from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Scenario
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.setting import Reach
from crisisdesk.net import Net, gate
from crisisdesk.services.after_action import AfterAction
from crisisdesk.services.controlling import Clockwork, Controlling
from crisisdesk.services.debriefing import Debriefing
from crisisdesk.services.exercising import Exercising
from crisisdesk.services.gauging import Gauging
from crisisdesk.services.telephoning import Telephoning
from crisisdesk.simnet.world import (
    BLUESKY_HOST,
    COUNCIL,
    FEED_HOST,
    MAIL_HOST,
    MASTODON_HOST,
    TOKEN,
    World,
)
from crisisdesk.sources.base import Source
from crisisdesk.store.places import prepare_folder
from crisisdesk.store.unit import Unit
from crisisdesk.system.chance import SYSTEM_CHANCE, StoryChance
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.in_turn import InTurn
from crisisdesk.system.keys import exercise_key, new_person_key
from crisisdesk.system.scenario_files import load_scenario
from crisisdesk.system.secrets import MemorySecrets
from crisisdesk.system.workers import Agenda, Alarm, Workers

LOG_SECONDS = 5.0
PLAYER = "Duty officer"
APPROVER = "Duty manager"
COUNT_SECONDS = 15 * 60
"""How often, in the story, the simulated networks are asked what they count of our posts."""
CONTROL = Operator("exercise-control", "Exercise control", Role.ADMINISTRATOR)


class ExerciseDesk(Desk):
    """A desk from which nothing can leave the computer."""

    exercising: Exercising
    after_action: AfterAction
    controlling: Controlling
    telephoning: Telephoning
    debriefing: Debriefing
    clock: StoryClock

    def __init__(self, parts: Parts, clock: StoryClock, agenda: Agenda, seed: int) -> None:
        super().__init__(parts)
        self.seed = seed
        self.clock = clock
        self.agenda = agenda
        self.player = Operator("player", PLAYER, Role.SENDER)
        self.approver = Operator("approver", APPROVER, Role.APPROVER)
        self._passphrase = parts.chance.token()
        self._codes: CodeList | None = None
        self._add_people()
        self._sources: list[Source] = []
        self.gauging = Gauging(self.database, self._looking, parts.workers, clock.now)
        self._alarm = Alarm(
            agenda,
            lambda: clock.elapsed().total_seconds(),
            lambda: clock.speed if clock.running else 0.0,
            self.workers.wait_until_quiet,
        )
        parts.closers.append(self._alarm.stop)

    def _add_people(self) -> None:
        """The player, and a simulated second person at home with a printed list of codes."""
        public_key, sealed = new_person_key(self._passphrase, self._parts.chance)
        self.approver = replace(self.approver, public_key=public_key)
        now_ms = to_ms(self.clock.now())

        def add(unit: Unit) -> None:
            unit.operators.add(CONTROL, "", now_ms)
            unit.operators.add(self.player, "", now_ms)
            unit.operators.add(self.approver, "", now_ms, sealed)

        self.database.write(add)

    @property
    def simulated_telephone(self) -> Callable[[str], str]:
        """The second person at home, who reads codes out."""
        return self._telephone

    @property
    def simulated_taker(self) -> Callable[[Offered], Operator]:
        """The second person comes in and takes over."""
        return lambda offered: self.briefing.sign(
            offered, self.player, self.approver, self._passphrase
        )

    def _telephone(self, request_id: str) -> str:
        """What the simulated second person reads out when the player telephones."""
        if self._codes is None:
            self._codes = self.approving.new_codes(self.approver.id, self._passphrase)
        return self._codes.codes[self.approving.line(request_id, self.approver.id)]

    def approve(self, request_id: str) -> None:
        """The simulated second person signs at another desk."""
        self.approving.sign(request_id, self.approver.id, self._passphrase)

    def person(self, name: str) -> Operator | None:
        """In an exercise nobody signs in: there is only the player."""
        return self.player if name == self.player.name else None

    def start(self) -> None:
        """STARTEX: let the story run by its clock."""
        self._alarm.start()
        self.clock.run()
        self._alarm.wake()

    def pause(self) -> None:
        """PAUSEX."""
        self.clock.pause()
        self._alarm.wake()

    def resume(self) -> None:
        """Go on after a pause."""
        self.clock.run()
        self._alarm.wake()

    def set_speed(self, speed: float) -> None:
        """Let the story go faster or slower from now on."""
        self.clock.set_speed(speed)
        self._alarm.wake()

    def hold_everything(self) -> None:
        """Nothing more is sent in this exercise: what waits is held, and so is what is planned."""
        self.settling.stop_all(self.player)
        self.planning.hold_all("A real event stopped the exercise", CONTROL.name)

    def poll(self, via: str) -> None:
        """Have the real source adapters fetch what a simulated network just got."""
        if not self._sources:
            self._sources = self.sources()
        for source in self._sources:
            if source.account.kind == via:
                self.intake.visit(source)

    def watch(self, via: str = "") -> None:
        """Look at our own accounts on a simulated network, on all of them when none is named."""
        for account in self.watching.accounts():
            if via in ("", account.kind):
                self.watching.visit(account.id)

    def run_to_end(self, progress: Callable[[float], None] = lambda _: None) -> None:
        """Play everything at full speed: the clock jumps from each due step to the next.

        `progress` is told how far the story has come, in seconds.
        """
        while (due := self.agenda.next_due()) is not None and not self.exercising.ended:
            self.clock.move_to(timedelta(seconds=due))
            act = self.agenda.take_due(due)
            if act:
                act()
            self.workers.wait_until_quiet()
            progress(due)


def open_exercise(
    scenario_name: str,
    folder: Path,
    speed: float = 1.0,
    seed: int | None = 0,
    settings_file: Path | None = None,
    day: date | None = None,
    in_turn: bool = False,
) -> ExerciseDesk:
    """Open a new exercise in an empty folder. `speed` 0 means moved by hand, as fast as it goes.
    Without a `seed` one is drawn; the report names it.

    From `settings_file` only how this computer shows and sounds is taken, and put back there. The
    story plays on `day`, the scenario's own when nobody says otherwise. With `in_turn`, for
    `run_to_end`, everything is done in one thread, one after another: the same story, seed and day
    then leave the same log, byte by byte, where the time zone is the same.
    Raises BadInput when the scenario does not exist or the folder holds an exercise already.
    """
    scenario = load_scenario(scenario_name)
    prepare_folder(folder)
    if (folder / DATABASE_NAME).exists():
        raise BadInput(f"{folder} holds an exercise already.", "Choose an empty folder.")
    begins = datetime.combine(day or date.fromisoformat(scenario.day), time(*scenario.starts))
    clock = StoryClock(begins.astimezone(UTC), speed)
    world = World(clock.now)
    agenda = Agenda(clock.as_of)
    seed = SYSTEM_CHANCE.bits(31) if seed is None else seed
    chance = StoryChance(Mode.EXERCISE, scenario.id, seed)
    parts = Parts(
        mode=Mode.EXERCISE,
        paths=Paths(folder),
        settings=_settings(settings_file),
        settings_file=settings_file,
        database_url=f"sqlite:///{folder / DATABASE_NAME}",
        desk_id=f"exercise-{scenario.id}",
        clock=clock,
        net=Net(Mode.EXERCISE, apps=world.apps, mail=world.mail.session),
        secrets=MemorySecrets("memory: exercises never ask the keyring"),
        signer=exercise_key(chance),
        later=lambda pause, act: agenda.add(clock.elapsed().total_seconds() + pause, act),
        workers=InTurn() if in_turn else Workers(),
        synced=not in_turn,  # after a power cut it is played again, in seconds
        chance=chance,
        watch_terms=scenario.watch_terms,
        places=scenario.places,
    )
    desk = ExerciseDesk(parts, clock, agenda, seed)
    gate.close_for_good(lambda event: _log_attempt(desk, event))
    _set_up_accounts(desk, folder, scenario)
    desk.exercising = Exercising(
        scenario, world, agenda, clock, desk.database, desk.bus, desk.poll, seed, desk.watch
    )
    desk.after_action = AfterAction(desk.exercising.run, desk.database, clock.now(), seed)
    _set_up_control(desk, scenario)
    desk.watch()
    desk.exercising.plan()
    _plan_counts(desk, scenario.length)
    return desk


def _plan_counts(desk: ExerciseDesk, length: int) -> None:
    """Every quarter of an hour, and once more right before the end."""
    for second in (*range(COUNT_SECONDS, length - 60, COUNT_SECONDS), length - 1):
        desk.agenda.add(float(second), partial(desk.gauging.look, at_once=True))


def _set_up_control(desk: ExerciseDesk, scenario: Scenario) -> None:
    clockwork = Clockwork(
        lambda: desk.clock.elapsed().total_seconds(),
        desk.pause,
        desk.resume,
        desk.set_speed,
        desk.hold_everything,
    )
    desk.controlling = Controlling(desk.exercising, clockwork, desk.database, desk.bus)
    desk.telephoning = Telephoning(desk.database)
    desk.debriefing = Debriefing(scenario.debrief, desk.paths.home, desk.clock.now)


def _settings(file: Path | None) -> Settings:
    played = Settings(organisation="Riverside Council", sender=f"alerts@{MAIL_HOST}")
    own = load_settings(file).settings if file else played
    looks = [each.key for each in SETTINGS.values() if each.reach is Reach.COMPUTER]
    return replace(played, **{key: getattr(own, key) for key in looks})


def _log_attempt(desk: ExerciseDesk, event: str) -> None:
    """An attempt to leave is loud: it stands in the log before it is refused.

    On a thread of its own, and not waited for without end: the one that attempts may be in the
    middle of a transaction, which the entry has to wait for.
    """

    def write() -> None:
        desk.database.write(
            lambda unit: unit.log.append(
                "gate.refused", actor="gate", detail={"event": event}, weighty=True
            )
        )

    with suppress(TimeoutError):
        desk.workers.read(write).result(LOG_SECONDS)


def _set_up_accounts(desk: ExerciseDesk, folder: Path, scenario: Scenario) -> None:
    """The council's accounts. They listen to every watch term that can be a hashtag."""
    add = desk.administering.save_account
    tags = [term for term in scenario.watch_terms if term.isalnum()]
    mastodon = {"server": f"https://{MASTODON_HOST}", "token": TOKEN, "hashtags": ", ".join(tags)}
    bluesky = {"server": f"https://{BLUESKY_HOST}", "handle": f"{COUNCIL}.test", "password": TOKEN}
    bluesky["search"] = ", ".join(f"#{tag}" for tag in tags)
    people = [f"{name}@{MAIL_HOST}" for name in ("newsroom", "councillors", "schools", "partners")]
    mail = {"host": MAIL_HOST, "port": "25", "security": "none", "sender": f"alerts@{MAIL_HOST}"}
    mail["recipients"] = ", ".join(people)
    cap = {"folder": str(folder / "cap"), "base_url": "https://council.exercise.invalid/cap"}
    add("mastodon", "Mastodon", mastodon, CONTROL)
    add("bluesky", "Bluesky", bluesky, CONTROL)
    add("email", "E-mail list", mail, CONTROL)
    add("cap", "CAP feed", cap, CONTROL)
    add("feed", "Warnings and partners", {"url": f"https://{FEED_HOST}/feed.atom"}, CONTROL)
