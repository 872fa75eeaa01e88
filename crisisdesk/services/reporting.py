"""Reports of exercises that are over: made anew, as PDF, with actions; and who has practised.

All of it is read from the folders of the runs, and never inside an exercise.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.rules.exercise.improving import Improvement, improvement
from crisisdesk.rules.exercise.practice import Practice, in_short, practised
from crisisdesk.store import run_folder
from crisisdesk.system.pdf import pdf_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Papers:
    """What was made: `pdf` is None where that could not be, and `why` says so."""

    page: Path
    pdf: Path | None
    why: str = ""


def make_papers(folder: Path) -> Papers:
    """Write report.html and report.pdf of a run anew. Raises BadInput without a sound report."""
    page = run_folder.write_page(folder, run_folder.read_report(folder))
    try:
        body = pdf_of(page.read_text(encoding="utf-8"))
    except BadInput as error:
        return Papers(page, None, f"{error.problem} {error.to_do}")
    run_folder.write_bytes(folder / run_folder.PDF, body)
    return Papers(page, folder / run_folder.PDF)


def newest_papers(exercises: Path) -> Papers | None:
    """The papers of the newest run on screen, made unless its PDF is there.

    None without a run, and where its log does not vouch for its report.
    """
    folders = run_folder.folders(exercises)
    if not folders or (folders[-1] / run_folder.PDF).exists():
        return None
    try:
        return make_papers(folders[-1])
    except CrisisDeskError as error:
        log.warning("no PDF was made: %s", error)
        return None


def improve(folder: Path, action: str, owner: str, due: str) -> Papers:
    """Add an improvement action to a run, and make its papers anew. Raises BadInput."""
    new = improvement(action, owner, due)
    run_folder.read_report(folder)  # an action belongs to a run that there is
    run_folder.keep_improvement(folder, new)
    return make_papers(folder)


def settle(folder: Path, action: str, *, done: bool = True) -> str:
    """Note that an action was done, or is open again, and make the papers anew.

    Returns why these do not say so yet, "" where they do. Raises BadInput where nothing was noted.
    """
    run_folder.settle_improvement(folder, action, done=done)
    try:
        make_papers(folder)
    except BadInput as error:
        return f"The report does not say so: {error.problem} {error.to_do}"
    return ""


def actions(exercises: Path) -> list[tuple[str, Improvement]]:
    """(folder name, action) of every run, what is due first; runs that cannot be read have none."""
    found: list[tuple[str, Improvement]] = []
    for folder in run_folder.folders(exercises):
        try:
            found += [(folder.name, each) for each in run_folder.improvements(folder)]
        except BadInput:
            continue
    return sorted(found, key=lambda pair: (pair[1].done, pair[1].due))


def practice(
    exercises: Path, today: date, days: int, told: Callable[[str], None] = lambda _: None
) -> list[Practice]:
    """Who has practised, whoever has waited longest first. `told` gets what cannot be used."""
    runs, left_out = run_folder.past_runs(exercises)
    for each in left_out:
        told(each)
    return practised(runs, today, days)


def practice_in_short(exercises: Path, today: date, days: int) -> list[str]:
    """A few lines for the start page; none where nobody has played."""
    overdue = sum(each.overdue(today) for _, each in actions(exercises))
    return in_short(practice(exercises, today, days), overdue)
