"""One open desk, live or exercise: the services over one database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crisisdesk import __version__
from crisisdesk.channels.registry import ChannelSet
from crisisdesk.config import Paths, Problem, Settings
from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.brief import Offered
from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import GateClosed, StoreError
from crisisdesk.model.events import (
    AccountsChanged,
    AlertRetracted,
    ClockStepped,
    DeliveryChanged,
    IncidentOpened,
    LogGrew,
    PlanChanged,
    SettingsChanged,
    StopChanged,
)
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.net import Net
from crisisdesk.rules.commitments import KEY_BYTES
from crisisdesk.rules.triage import Rules
from crisisdesk.services.administering import Administering
from crisisdesk.services.anchoring import Anchoring
from crisisdesk.services.approving import Approving
from crisisdesk.services.backing_up import BackingUp
from crisisdesk.services.briefing import Briefing
from crisisdesk.services.composing import Composing
from crisisdesk.services.configuring import Configuring
from crisisdesk.services.dispatch import Dispatch
from crisisdesk.services.drafting import Drafting
from crisisdesk.services.exercising import Exercising
from crisisdesk.services.following_up import FollowingUp
from crisisdesk.services.handing_over import HandingOver
from crisisdesk.services.intake import Intake
from crisisdesk.services.people import People
from crisisdesk.services.planning import Planning
from crisisdesk.services.promising import Promising
from crisisdesk.services.reading_back import ReadingBack
from crisisdesk.services.recording import Recording
from crisisdesk.services.redacting import Redacting
from crisisdesk.services.retaining import Retaining
from crisisdesk.services.reviewing import Reviewing
from crisisdesk.services.settling import Settling
from crisisdesk.services.timekeeping import Timekeeping
from crisisdesk.services.timetable import Timetable
from crisisdesk.services.triaging import Triaging
from crisisdesk.services.watching import REQUEST_SECONDS, Watching
from crisisdesk.services.witnessing import Witnessing
from crisisdesk.sources.base import Source
from crisisdesk.sources.registry import make_sources
from crisisdesk.store.attachments import Attachments
from crisisdesk.store.database import Committed, Database
from crisisdesk.store.one_mode import refuse_another_mode
from crisisdesk.store.surely import Surely
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import Clock
from crisisdesk.system.secrets import Secrets
from crisisdesk.system.waking import Later
from crisisdesk.system.workers import Workers


@dataclass(slots=True)
class Parts:
    """What differs between a live desk and an exercise."""

    mode: Mode
    paths: Paths
    settings: Settings
    database_url: str
    desk_id: str
    clock: Clock
    net: Net
    secrets: Secrets
    signer: Signer
    later: Later
    workers: Workers
    chance: Chance
    watch_terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    closers: list[Callable[[], None]] = field(default_factory=list)
    settings_file: Path | None = None
    settings_problems: tuple[Problem, ...] = ()
    synced: bool = True
    """Whether every change is on disk before it counts: always, on a live desk."""

    def __post_init__(self) -> None:
        """Raises GateClosed or ValueError when what is given belongs to the other mode."""
        if self.mode is Mode.EXERCISE and self.net.mode is not Mode.EXERCISE:
            raise GateClosed("An exercise gets no live network.", "Give it simulated ones.")
        if self.mode is Mode.LIVE and self.chance.foretold:
            raise ValueError("a live desk draws from the system's randomness alone")
        if self.mode is Mode.LIVE and not self.synced:
            raise ValueError("a live desk keeps everything through a power cut")


class Desk:
    """Everything a console or a command works with. Close it when done."""

    def __init__(self, parts: Parts) -> None:
        self.mode = parts.mode
        self.paths = parts.paths
        self.clock = parts.clock
        self.workers = parts.workers
        self.bus = Bus()
        self.exercising: Exercising | None = None
        self._parts = parts
        self.anchoring = Anchoring(parts.paths.home, parts.desk_id, parts.settings.anchor_folder)
        stamp = Stamp(
            desk=parts.desk_id,
            boot=parts.chance.token(6),
            mode=parts.mode,
            now=parts.clock.now,
            monotonic_ms=parts.clock.monotonic_ms,
            new_key=partial(parts.chance.stream("words").raw, KEY_BYTES),
        )
        self.database = Database(
            parts.database_url, stamp, parts.signer, self._committed, synced=parts.synced
        )
        self._refuse_another_mode()
        self._make_services(parts)
        self._keep_times(parts)
        self._announce(parts)
        self.reload_accounts()

    def _refuse_another_mode(self) -> None:
        try:
            refuse_another_mode(self.database)
        except StoreError:
            self.database.close()
            self.workers.close()
            raise

    def _make_services(self, parts: Parts) -> None:
        now, chance = parts.clock.now, parts.chance
        settings = parts.settings
        self.configuring = Configuring(
            self.database,
            self.bus,
            parts.mode,
            settings,
            parts.settings_file,
            parts.settings_problems,
        )
        self.people = People(self.database, now, chance)
        self.approving = Approving(
            self.database,
            self.bus,
            now,
            break_glass_allowed=settings.break_glass,
            chance=chance,
        )
        self.administering = Administering(
            self.database, parts.secrets, parts.net, self.bus, now, chance, parts.paths.home
        )
        self.channels = ChannelSet(parts.net, self.administering.secrets_of, now)
        self.intake = Intake(self.database, Rules(parts.watch_terms, parts.places), self.bus, now)
        self.triaging = Triaging(self.database, self.bus)
        self.composing = Composing(
            self.database,
            self.channels,
            self.bus,
            parts.mode,
            now,
            settings.organisation,
            parts.paths.templates,
            settings.second_person_from,
            chance,
        )
        self.drafting = Drafting(
            self.database, now, parts.clock.latest, self.composing.templates, chance
        )
        attachments = Attachments(parts.paths.attachments)
        self.recording = Recording(self.database, attachments, now)
        self.redacting = Redacting(self.database, attachments, lambda: self.settings.backup_folder)
        self.dispatch = Dispatch(
            self.database,
            self.channels,
            self.bus,
            parts.workers,
            parts.later,
            parts.mode,
            now,
            settings.sender,
            chance,
            settings.posts_per_hour,
            parts.clock.latest,
        )
        self.settling = Settling(
            self.database,
            self.channels,
            self.bus,
            parts.workers,
            parts.later,
            now,
            self.dispatch.message_of,
        )
        self.following_up = FollowingUp(
            self.database,
            self.channels,
            self.bus,
            parts.workers,
            parts.later,
            now,
            self.dispatch.message_of,
            self.dispatch.resume,
        )
        self.handing_over = HandingOver(
            self.database, self.channels, self.bus, parts.mode, now, parts.clock.latest, chance
        )
        self.reading_back = ReadingBack(
            self.database,
            self.channels,
            self.bus,
            parts.workers,
            now,
            self.following_up.find,
            self.following_up.look,
        )
        self.briefing = Briefing(self.database, lambda: self.reading_back.board().rows, now)
        self.backing_up = BackingUp(
            self.database,
            parts.paths.database,
            parts.paths.attachments,
            now,
            lambda: (self.settings.backup_folder, self.settings.backup_hours),
        )
        self.reviewing = Reviewing(self.database)
        self._looking = ChannelSet(
            parts.net, self.administering.secrets_of, now, patience=REQUEST_SECONDS
        )
        self.witnessing = Witnessing(
            self.database,
            parts.net,
            self.administering.secrets_of,
            now,
            parts.paths.home,
            lambda: self.settings,
        )
        self.watching = Watching(
            self.database, self._looking, self.bus, parts.workers, parts.later, now
        )
        self.bus.subscribe(DeliveryChanged, self.following_up.on_change)
        self.bus.subscribe(DeliveryChanged, self.settling.on_delivery)
        self.bus.subscribe(AccountsChanged, lambda event: self.reload_accounts(event.saved))
        self.bus.subscribe(SettingsChanged, self._apply)

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.configuring.settings

    def _apply(self, event: SettingsChanged) -> None:
        """What can be changed under way counts from now on."""
        settings = self.settings
        self.composing.second_person_from = settings.second_person_from
        self.approving.break_glass_allowed = settings.break_glass
        self.dispatch.posts_per_hour = settings.posts_per_hour
        self.dispatch.usual_sender = settings.sender
        if event.key in ("watch_terms", "places"):
            self.intake.rules = Rules(settings.watch_terms, settings.places)
        if event.key == "organisation":
            self.reload_accounts()

    @property
    def simulated_telephone(self) -> Callable[[str], str] | None:
        """In an exercise, what the second person at home reads out for a request; else None."""
        return None

    @property
    def simulated_taker(self) -> Callable[[Offered], Operator] | None:
        """In an exercise, the officer who comes in and signs for a brief; else None."""
        return None

    def _keep_times(self, parts: Parts) -> None:
        now, latest = parts.clock.now, parts.clock.latest
        database, bus, later = self.database, self.bus, parts.later
        self.timekeeping = Timekeeping(database, bus, parts.clock)
        self.retaining = Retaining(
            database,
            bus,
            now,
            lambda: self.settings.retention_days,
            lambda: self.timekeeping.doubtful,
        )
        self.planning = Planning(database, bus, now, latest, chance=parts.chance)
        self.promising = Promising(database, bus, later, now, latest)
        self.timetable = Timetable(
            database,
            bus,
            later,
            now,
            latest,
            self.dispatch.broadcast,
            self.composing.compose_again,
            self.person,
            self.planning.hold_all,
        )
        surely = Surely(later, parts.workers.network)
        for act in (self.promising.on_delivery, self.timetable.on_delivery):
            bus.subscribe(DeliveryChanged, partial(_tell_surely, surely, act))
        bus.subscribe(AlertRetracted, self.timetable.on_retracted)
        bus.subscribe(PlanChanged, self.timetable.on_plan)
        bus.subscribe(StopChanged, self._hold_plans)
        bus.subscribe(IncidentOpened, self.planning.on_incident)
        bus.subscribe(ClockStepped, self.timetable.on_clock)
        bus.subscribe(ClockStepped, self.promising.on_clock)

    def _hold_plans(self, event: StopChanged) -> None:
        if event.stopped:
            self.planning.hold_all("Everything was stopped", "desk")

    def person(self, name: str) -> Operator | None:
        """Somebody by name, as they are now; None when there is nobody of that name."""
        found = [each for each in self.people.operators() if each.name == name]
        return found[0] if found else None

    def reload_accounts(self, saved: str = "") -> None:
        """Use the accounts as they are now in the database, and the new secret of the saved one."""
        accounts = self.administering.accounts()
        self.channels.use(accounts, saved)
        self._looking.use(accounts, saved)
        self.composing.organisation = (
            self.settings.organisation or self.administering.organisation()
        )

    def sources(self) -> list[Source]:
        """Every source of every enabled account, with its secrets."""
        return [
            source
            for account in self.administering.accounts()
            if account.enabled
            for source in make_sources(
                account,
                self.administering.secrets_of(account),
                self._parts.net,
                self.clock.now,
            )
        ]

    def close(self, why: str = "closed") -> None:
        """End in order: no new work, running sends finish, the log is sealed, files are closed."""
        for closer in self._parts.closers:
            closer()
        self.workers.close()
        self.channels.close()
        self._looking.close()
        self.database.write(
            lambda unit: unit.log.append(
                "desk.closed", actor="desk", detail={"why": why}, weighty=True
            )
        )
        self.database.close()

    def _announce(self, parts: Parts) -> None:
        """The first entry of every run names the key it signs with, so that a verifier knows it."""
        detail = {
            "desk_key": parts.signer.public_key.hex(),
            "version": __version__,
            "secrets": parts.secrets.where,
        }
        self.database.write(
            lambda unit: unit.log.append("desk.opened", actor="desk", detail=detail, weighty=True)
        )

    def _committed(self, committed: Committed) -> None:
        for checkpoint in committed.checkpoints:
            self.anchoring.keep(checkpoint)
        if committed.last_seq:
            self.bus.publish(LogGrew(committed.last_seq))


def _tell_surely(
    surely: Surely, act: Callable[[DeliveryChanged], None], event: DeliveryChanged
) -> None:
    """What a listener writes down is written later when the disk is full now."""
    surely(lambda: act(event))
