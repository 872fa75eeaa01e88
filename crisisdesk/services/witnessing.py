"""Witnessing: the newest checkpoint is handed to others outside: a mailbox, a time-stamp authority.

A look does what is due, at most one hand-over to each place; what failed is due again at the next.
Nothing waits for it and nothing is stopped by it. There is none in an exercise.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from crisisdesk.channels.email import Email, addresses
from crisisdesk.channels.registry import make_channel
from crisisdesk.config import TOKENS_NAME, Settings
from crisisdesk.model.account import Account
from crisisdesk.model.audit import Checkpoint
from crisisdesk.model.delivery import Message, Verdict
from crisisdesk.model.errors import BadInput, CrisisDeskError, NetworkError
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net, time_stamp
from crisisdesk.store.database import Database
from crisisdesk.store.pack_folder import write_file
from crisisdesk.store.places import prepare_folder
from crisisdesk.store.unit import Unit

log = logging.getLogger(__name__)

HAND_ON_SECONDS = 30 * 60
"""How often the newest checkpoint is handed on, and what failed is tried again."""

MAILBOX = "archive mailbox"
AUTHORITY = "time-stamp authority"

Hand = Callable[[Checkpoint], str]
"""Hands a checkpoint over and says in words what is known of it; raises CrisisDeskError."""


class Witnessing:
    """Hands checkpoints to the places that the settings name."""

    def __init__(
        self,
        database: Database,
        net: Net,
        secrets_of: Callable[[Account], Mapping[str, str]],
        now: Callable[[], datetime],
        home: Path,
        settings: Callable[[], Settings],
    ) -> None:
        self._database = database
        self._net = net
        self._secrets_of = secrets_of
        self._now = now
        self._tokens = home / TOKENS_NAME
        self._settings = settings
        self._looking = threading.Lock()
        self._failed: set[str] = set()

    def look(self) -> None:
        """Hand the newest checkpoint to every place that has not got it yet."""
        if self._net.mode is Mode.EXERCISE or not self._looking.acquire(blocking=False):
            return
        try:
            for place, hand in self._places():
                self._hand(place, hand)
        finally:
            self._looking.release()

    def _places(self) -> Iterator[tuple[str, Hand]]:
        settings = self._settings()
        if settings.archive_mailbox:
            yield MAILBOX, partial(self._mail, settings.archive_mailbox)
        if settings.timestamp_url:
            yield (
                AUTHORITY,
                partial(self._stamp, settings.timestamp_url, settings.timestamp_ca_file),
            )

    def _hand(self, place: str, hand: Hand) -> None:
        with self._database.read() as unit:
            newest = unit.log.newest_checkpoint()
            done = int(unit.accounts.value(self._key(place)) or 0)
        if newest is None or not newest.note or newest.seq <= done:
            return
        try:
            words = hand(newest)
        except CrisisDeskError as error:
            self._note_failure(place, newest, error)
            return
        self._failed.discard(place)
        detail = {"place": place, "entry": newest.seq, "words": words}

        def keep(unit: Unit) -> None:
            unit.accounts.set_value(self._key(place), str(newest.seq))
            unit.log.append("log.anchored", actor="desk", detail=detail)

        self._database.write(keep)

    def _key(self, place: str) -> str:
        """Several desks on one database each hand on what they see."""
        return f"{place} of {self._database.stamp.desk}"

    def _note_failure(self, place: str, newest: Checkpoint, error: CrisisDeskError) -> None:
        """Once in the log until it works again; each time in the program's own."""
        log.warning("checkpoint %d was not handed to the %s: %s", newest.seq, place, error)
        if place in self._failed:
            return
        self._failed.add(place)
        detail = {"place": place, "entry": newest.seq, "words": error.problem}
        self._database.write(
            lambda unit: unit.log.append("log.not_anchored", actor="desk", detail=detail)
        )

    def _mail(self, mailbox: str, newest: Checkpoint) -> str:
        """A repeat is harmless: it carries the same Message-ID and the same note."""
        account = self._mail_account()
        channel = make_channel(account, self._secrets_of(account), self._net, self._now)
        message = Message(
            key=f"checkpoint-{newest.origin}-{newest.seq}",
            text=newest.note,
            created_at=self._now(),
            subject=f"CrisisDesk checkpoint: {newest.origin}, entry {newest.seq}. Keep this.",
            recipients=tuple(addresses(mailbox)),
        )
        try:
            outcome = channel.send(message)
        finally:
            channel.close()
        if outcome.verdict is not Verdict.ACCEPTED:
            raise NetworkError(
                f"The checkpoint did not surely reach the archive mailbox: {outcome.evidence}",
                "It is tried again by itself. Check the mail account.",
            )
        return f"The mail server took it for {mailbox}."

    def _mail_account(self) -> Account:
        with self._database.read() as unit:
            found = [
                each
                for each in unit.accounts.all()
                if each.kind == Email.about.kind and each.enabled
            ]
        if not found:
            raise BadInput(
                "There is no mail account to reach the archive mailbox with.",
                "Add one under Channels and sources.",
            )
        return found[0]

    def _stamp(self, url: str, certificates: str, newest: Checkpoint) -> str:
        content = newest.note.encode()
        asked = time_stamp.question(content)
        session = self._net.session()
        try:
            reply = time_stamp.ask(session, url, asked)
        finally:
            session.close()
        # Kept before it is read: what this program cannot read, another may.
        prepare_folder(self._tokens)
        write_file(self._tokens / f"{newest.seq}.txt", content)
        write_file(self._tokens / f"{newest.seq}.tsr", reply)
        at = time_stamp.read(reply, content, asked, _pem(certificates))
        checked = "its signature holds" if certificates else "its signature was not checked here"
        return f"{urlsplit(url).hostname} put its time {at.isoformat()} on it; {checked}."


def _pem(file: str) -> bytes:
    if not file:
        return b""
    try:
        return Path(file).expanduser().read_bytes()
    except OSError as error:
        raise BadInput(
            f"The certificates of the time-stamp authority cannot be read: {error.strerror}.",
            "Name the file again in the settings.",
        ) from error
