"""Backing up: a copy of the desk now and then and on demand, each verified as it is made."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.store.backup import back_up, backups, drop_old, made_at
from crisisdesk.store.database import Database
from crisisdesk.store.reading import open_log_file

log = logging.getLogger(__name__)

LOOK_SECONDS = 15 * 60
"""How often it is asked whether a copy is due."""


class BackingUp:
    """Copies the live desk's database file. A shared database is backed up by its own server."""

    def __init__(
        self,
        database: Database,
        home_database: Path,
        attachments: Path,
        now: Callable[[], datetime],
        wanted: Callable[[], tuple[str, int]],
    ) -> None:
        """`wanted` is the folder and the hours between two copies, as the settings are now."""
        self._database = database
        self._file = home_database
        self._attachments = attachments
        self._now = now
        self._wanted = wanted
        self._failing = ""

    def look(self) -> Path | None:
        """Make a copy if one is due. A failure is logged once, and tried again at the next look."""
        folder, hours = self._wanted()
        if not folder or not hours or not self._is_file():
            return None
        now = self._now()
        ages = [now - made_at(each) for each in backups(Path(folder).expanduser(), self._desk)]
        if any(timedelta() <= each < timedelta(hours=hours) for each in ages):
            return None  # what seems to be of a day to come was made while the clock was wrong
        try:
            return self.back_up(Path(folder).expanduser(), "desk")
        except CrisisDeskError as error:
            self._note_failure(error)
            return None

    def back_up(self, folder: Path, by: str) -> Path:
        """Make a copy now; returns it. Raises BadInput or StoreError; then no copy counts."""
        if not self._is_file():
            raise BadInput(
                "This desk works on a shared database.",
                "Ask whoever runs that server for a backup, and keep a log export beside it.",
            )
        made = back_up(self._file, self._attachments, folder, self._now(), self._desk)
        with open_log_file(made) as copy:
            report = copy.verified(copy.checkpoints(), roots=False)
        detail = {
            "file": made.name,
            "entries": report.entries,
            "intact": report.intact,
            "words": "log intact" if report.intact else f"LOG BROKEN: {report.findings[0].words}",
        }
        self._database.write(
            lambda unit: unit.log.append("desk.backed_up", actor=by, detail=detail)
        )
        drop_old(folder, desk=self._desk)
        self._failing = ""
        return made

    @property
    def _desk(self) -> str:
        return self._database.stamp.desk

    def _is_file(self) -> bool:
        return self._database.is_sqlite

    def _note_failure(self, error: CrisisDeskError) -> None:
        log.warning("no backup: %s", error)
        if error.problem == self._failing:
            return
        self._failing = error.problem
        detail = {"words": error.problem}
        self._database.write(
            lambda unit: unit.log.append("desk.not_backed_up", actor="desk", detail=detail)
        )
