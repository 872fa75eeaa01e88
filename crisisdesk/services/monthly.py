"""The monthly report: from a log, its mentions and the folder of exercises; nothing is changed.

Only the reports of exercises are read, and only outside one, as for who has practised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from crisisdesk.config import DATABASE_NAME, EXERCISES_NAME
from crisisdesk.model.errors import BadInput
from crisisdesk.model.month import Month, MonthFigures
from crisisdesk.net import gate
from crisisdesk.rules.benchmarks.episodes import Source
from crisisdesk.rules.month.calendar import months_between
from crisisdesk.rules.month.counting import Played, figures
from crisisdesk.rules.month.page import month_page
from crisisdesk.rules.month.reading import Reading, read_log
from crisisdesk.rules.month.words import lines
from crisisdesk.store import run_folder
from crisisdesk.store.reading import open_log_file
from crisisdesk.store.review_file import per_minute


@dataclass(frozen=True, slots=True)
class Monthly:
    """A log that was read, for the report of any of its months."""

    reading: Reading
    played: Played | None
    zone: tzinfo | None = None

    @property
    def months(self) -> list[Month]:
        """The months that the log reaches into, the newest first."""
        return months_between(self.reading.began, self.reading.newest, self.zone)

    @property
    def exercise(self) -> bool:
        """Whether it is the log of an exercise."""
        return self.reading.facts.exercise

    def page(self, month: Month, desk: str = "", doubts: Sequence[str] = ()) -> str:
        """The report of a month as HTML."""
        now, before = self._both(month)
        return month_page(
            now, before, self._newest, desk=desk, exercise=self.exercise, doubts=doubts
        )

    def lines(self, month: Month) -> list[str]:
        """The report of a month as plain text."""
        return list(lines(*self._both(month), self._newest))

    def figures(self, month: Month) -> MonthFigures:
        """Everything that is counted of a month."""
        return figures(self.reading, month, self.zone, self.played)

    def _both(self, month: Month) -> tuple[MonthFigures, MonthFigures]:
        return self.figures(month), self.figures(month.before)

    @property
    def _newest(self) -> str:
        local = self.reading.newest.astimezone(self.zone)
        return f"{local.day} {local:%B %Y, %H:%M}"


def read_months(
    source: Source, path: Path, practice_days: int, zone: tzinfo | None = None
) -> Monthly:
    """Read a log, and what lies beside it where `path` is a desk's folder or database. Raises
    BadInput for a log without entries."""
    reading = read_log(source, _minutes(path))
    if reading is None:
        raise BadInput("This log has no entry that can be read.", "Choose another log.")
    return Monthly(reading, _played(path, practice_days), zone)


def _minutes(path: Path) -> list[tuple[int, int]] | None:
    """How many mentions came in each minute; None of an export, which holds no mentions."""
    file = path / DATABASE_NAME if path.is_dir() else path
    with file.open("rb") as content:
        if not content.read(16).startswith(b"SQLite format 3"):
            return None
    with open_log_file(file) as log:
        return per_minute(log)


def _played(path: Path, practice_days: int) -> Played | None:
    """The runs beside a desk's log; None where no exercises are kept, and within one."""
    exercises = path / EXERCISES_NAME
    if gate.is_closed() or not exercises.is_dir():
        return None
    runs, _ = run_folder.past_runs(exercises)
    return Played(runs, practice_days)
