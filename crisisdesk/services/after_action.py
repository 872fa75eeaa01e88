"""After an exercise: what was measured, written down for people and for programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crisisdesk.model.errors import BadInput
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.exercise.comparing import Comparison
from crisisdesk.rules.exercise.improving import Improvement, improvement
from crisisdesk.rules.exercise.report import Circumstances, Report, report_of
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.log_facts import Entry
from crisisdesk.store import run_folder
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit

CONTROL = "Exercise control"
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went, for the screen: its report, the run beside earlier ones, what was agreed.

    `known` is the name that was given last on this computer, "" where none was.
    """

    report: Report
    comparison: Comparison | None
    improvements: tuple[Improvement, ...]
    known: str


class AfterAction:
    """Measures one exercise and writes its report.

    `player` is who played, "" where nobody said; `autopilot` and `seed` tell how it was run.
    """

    def __init__(
        self, run: Callable[[], Run], database: Database, began: datetime, seed: int = 0
    ) -> None:
        self._run = run
        self._database = database
        self._began = began
        self.seed = seed
        self.player = ""
        self.autopilot = ""

    def write(self, folder: Path) -> Report:
        """Write report.json and report.html into the folder; returns the report.

        The log keeps the hash of the report: whoever reads it later can tell that it is this one.
        """
        report = self._measured()
        body = run_folder.write_json(folder / run_folder.REPORT, report)
        detail = {"report": sha256(body).hexdigest(), "score": report["score"] or 0}
        self._database.write(
            lambda unit: unit.log.append(
                run_folder.MEASURED, actor=CONTROL, detail=detail, weighty=True
            )
        )
        run_folder.write_page(folder, report)
        return report

    def improve(self, folder: Path, action: str, owner: str, due: str) -> tuple[Improvement, ...]:
        """Add an improvement action to the run and to its page. Raises BadInput."""
        listed = run_folder.keep_improvement(folder, improvement(action, owner, due))
        run_folder.write_page(folder, run_folder.read_report(folder))
        return listed

    def finish(self, folder: Path) -> Outcome:
        """Write the report, and look at it beside earlier runs."""
        report = self.write(folder)
        return Outcome(
            report,
            run_folder.comparison(folder, report),
            run_folder.improvements(folder),
            self.known(folder),
        )

    def known(self, folder: Path) -> str:
        """Who plays, or else who played last where exercises are kept; "" when nobody said."""
        return self.player or run_folder.last_player(folder.parent)

    def name_player(self, folder: Path, player: str) -> Outcome:
        """The run counts for this person from now on. Raises BadInput without a name."""
        name = " ".join(player.split())
        if not name or len(name) > LONGEST_NAME:
            raise BadInput("This is no name.", f"Write one, of at most {LONGEST_NAME} characters.")
        self.player = name
        return self.finish(folder)

    def page(self, folder: Path) -> str:
        """The report as HTML. Raises BadInput where it cannot be read."""
        return run_folder.read_page(folder)

    def _measured(self) -> Report:
        with self._database.read() as unit:
            entries = list(_entries(unit))
            told = self._circumstances(unit)
        return report_of(entries, self._run(), told)

    def _circumstances(self, unit: Unit) -> Circumstances:
        began = to_ms(self._began)
        return Circumstances(
            player=self.player,
            autopilot=self.autopilot,
            seed=self.seed,
            mentions=unit.mentions.counts()["all"][0],
            posts=[(at - began) // 1000 for at in unit.mentions.posted_since(began)],
            local=self._began.astimezone(),
        )


def _entries(unit: Unit) -> list[Entry]:
    """The log as it stands, without what earlier reports of this run left in it."""
    return [each for each in unit.log.read() if each["action"] != run_folder.MEASURED]
