"""One open desk, live or exercise: the services over one database."""

import logging
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crisisdesk import __version__
from crisisdesk.channels.registry import ChannelSet
from crisisdesk.config import CHECKPOINTS_NAME, Paths, Settings
from crisisdesk.model.audit import Checkpoint, Signer, Stamp
from crisisdesk.model.events import AccountsChanged, DeliveryChanged, LogGrew
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.jsonl import checkpoint_line
from crisisdesk.rules.triage import Rules
from crisisdesk.services.administering import Administering
from crisisdesk.services.composing import Composing
from crisisdesk.services.dispatch import Dispatch, Later
from crisisdesk.services.exercising import Exercising
from crisisdesk.services.following_up import FollowingUp
from crisisdesk.services.intake import Intake
from crisisdesk.services.reviewing import Reviewing
from crisisdesk.sources.base import Source
from crisisdesk.sources.registry import make_sources
from crisisdesk.store.database import Committed, Database
from crisisdesk.store.places import private
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import Clock
from crisisdesk.system.secrets import Secrets
from crisisdesk.system.workers import Workers

log = logging.getLogger(__name__)


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
    chance: Callable[[], float]
    watch_terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    closers: list[Callable[[], None]] = field(default_factory=list)


class Desk:
    """Everything a console or a command works with. Close it when done."""

    def __init__(self, parts: Parts) -> None:
        self.mode = parts.mode
        self.paths = parts.paths
        self.settings = parts.settings
        self.clock = parts.clock
        self.workers = parts.workers
        self.bus = Bus()
        self.exercising: Exercising | None = None
        self._parts = parts
        self._files = _CheckpointFiles(parts)
        stamp = Stamp(
            desk=parts.desk_id,
            boot=uuid.uuid4().hex[:12],
            mode=parts.mode,
            now=parts.clock.now,
            monotonic_ms=parts.clock.monotonic_ms,
        )
        self.database = Database(parts.database_url, stamp, parts.signer, self._committed)
        self._make_services(parts)
        self._announce(parts)
        self.reload_accounts()

    def _make_services(self, parts: Parts) -> None:
        now = parts.clock.now
        self.administering = Administering(self.database, parts.secrets, parts.net, self.bus, now)
        self.channels = ChannelSet(parts.net, self.administering.secrets_of, now)
        self.intake = Intake(self.database, Rules(parts.watch_terms, parts.places), self.bus, now)
        self.composing = Composing(
            self.database,
            self.channels,
            self.bus,
            parts.mode,
            now,
            parts.settings.organisation,
            parts.paths.templates,
        )
        self.dispatch = Dispatch(
            self.database,
            self.channels,
            self.bus,
            parts.workers,
            parts.later,
            parts.mode,
            now,
            self.composing.templates,
            parts.settings.sender,
            parts.chance,
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
        self.reviewing = Reviewing(self.database)
        self.bus.subscribe(DeliveryChanged, self.following_up.on_change)
        self.bus.subscribe(AccountsChanged, lambda event: self.reload_accounts(event.saved))

    def reload_accounts(self, saved: str = "") -> None:
        """Use the accounts as they are now in the database, and the new secret of the saved one."""
        self.channels.use(self.administering.accounts(), saved)
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
            self._files.keep(checkpoint)
        if committed.last_seq:
            self.bus.publish(LogGrew(committed.last_seq))


class _CheckpointFiles:
    """Copies of every checkpoint outside the database: beside it, and where the settings say."""

    def __init__(self, parts: Parts) -> None:
        self._lock = threading.Lock()
        self._files = [parts.paths.home / CHECKPOINTS_NAME]
        if parts.settings.anchor_folder:
            anchor = Path(parts.settings.anchor_folder).expanduser()
            self._files.append(anchor / f"{parts.desk_id}.{CHECKPOINTS_NAME}")
        for file in self._files:
            _drop_torn_line(file)

    def keep(self, checkpoint: Checkpoint) -> None:
        """A place that cannot be written, such as a share that is away, stops no work."""
        line = checkpoint_line(checkpoint)
        with self._lock:
            for file in self._files:
                try:
                    with open(file, "ab", opener=private) as out:
                        out.write(line)
                except OSError as error:
                    log.warning("a checkpoint could not be copied to %s: %s", file, error.strerror)


def _drop_torn_line(file: Path) -> None:
    """A power cut can leave half a line, which would spoil the next one."""
    try:
        content = file.read_bytes()
        if not content.endswith(b"\n"):
            os.truncate(file, content.rfind(b"\n") + 1)
    except OSError:
        return  # not there yet, or not reachable: `keep` says so
