"""The folder of one run of an exercise: its report, what was added to it, and earlier runs.

A report counts only if the run's own log, unbroken, says that it was made there with these bytes.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.config import DATABASE_NAME, EXERCISES_NAME
from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.rules.chain import verify
from crisisdesk.rules.exercise.comparing import Comparison, PastRun, compare
from crisisdesk.rules.exercise.improving import Improvement, packed, settled, unpacked
from crisisdesk.rules.exercise.report import FORMAT, Report
from crisisdesk.rules.exercise.report_page import report_page
from crisisdesk.rules.exercise.run_names import read_name
from crisisdesk.store.reading import Row, open_log_file

REPORT, PAGE, PDF = "report.json", "report.html", "report.pdf"
DEBRIEF, IMPROVEMENTS = "debrief.json", "improvements.json"
MEASURED = "exercise.measured"
NEWEST = 40
"""So many earlier runs are looked at."""

LARGEST = 16_000_000
"""Bytes; a report that is larger is none of ours."""


def write_json(file: Path, content: Any) -> bytes:
    """Write JSON for people and programs; returns the bytes. Raises BadInput."""
    body = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    return write_bytes(file, body)


def write_bytes(file: Path, body: bytes) -> bytes:
    """Write a file whole. Raises BadInput where it cannot be written."""
    try:
        file.write_bytes(body)
    except OSError as error:
        words = f"{file} cannot be written: {error.strerror or error}."
        raise BadInput(words, "Make room, or choose another folder.") from error
    return body


def read_report(folder: Path) -> Report:
    """The report of a run, as its log vouches for it. Raises BadInput when it does not."""
    body = _read(folder / REPORT)
    report = _parsed(body, folder / REPORT)
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise BadInput(f"{folder / REPORT} is no report of an exercise.", "Choose another folder.")
    if _vouched(folder) != sha256(body).hexdigest():
        raise BadInput(
            f"{folder / REPORT} was changed after the exercise, or belongs to another one.",
            "Put the original back in its place.",
        )
    return report


def _vouched(folder: Path) -> str:
    """The hash of the report by the newest entry about it; "" without one or in a broken log."""
    with open_log_file(folder / DATABASE_NAME) as log:
        bodies: list[bytes] = []
        found = verify(_noting(log.rows(), bodies), log.checkpoints())
        whole = found.intact and not log.damage
    for body in reversed(bodies if whole else ()):
        entry = orjson.loads(body)
        if entry["action"] == MEASURED:
            return str(entry["detail"]["report"])
    return ""


def _noting(rows: Iterator[Row], bodies: list[bytes]) -> Iterator[Row]:
    """The same rows; those that may tell of a report are kept, to be read once all are sound."""
    for row in rows:
        if MEASURED.encode() in row[3]:
            bodies.append(row[3])
        yield row


def debrief(folder: Path) -> list[dict[str, str]]:
    """The hot debrief's questions and answers; none where nobody answered."""
    file = folder / DEBRIEF
    if not file.is_file():
        return []
    kept = _parsed(_read(file), file)
    answers = kept.get("answers") if isinstance(kept, dict) else None
    if not isinstance(answers, list):
        return []
    return [
        {name: str(each.get(name, "")) for name in ("question", "answer")}
        for each in answers
        if isinstance(each, dict)
    ]


def improvements(folder: Path) -> tuple[Improvement, ...]:
    """The actions agreed after a run. Raises BadInput when the file is spoilt."""
    file = folder / IMPROVEMENTS
    return unpacked(_parsed(_read(file), file)) if file.is_file() else ()


def keep_improvement(folder: Path, new: Improvement) -> tuple[Improvement, ...]:
    """Add an action; one with the same words takes the place of the old one. Raises BadInput."""
    others = [each for each in improvements(folder) if each.action != new.action]
    listed = (*others, new)
    write_json(folder / IMPROVEMENTS, packed(listed))
    return listed


def settle_improvement(folder: Path, action: str, *, done: bool) -> None:
    """Note that an action was done, or is open again. Raises BadInput."""
    listed = settled(improvements(folder), action, done=done)
    write_json(folder / IMPROVEMENTS, packed(listed))


def write_page(folder: Path, report: Report) -> Path:
    """Write report.html; returns the file. Raises BadInput."""
    page = report_page(report, debrief(folder), improvements(folder), comparison(folder, report))
    write_bytes(folder / PAGE, page.encode())
    return folder / PAGE


def read_page(folder: Path) -> str:
    """The page that was written last. Raises BadInput."""
    return _read(folder / PAGE).decode(errors="replace")


def comparison(folder: Path, report: Report) -> Comparison | None:
    """The run beside earlier ones, when it lies in the folder where exercises are kept."""
    now = _past(folder, report)
    if folder.parent.name != EXERCISES_NAME or now is None:
        return None
    past, left_out = past_runs(folder.parent, before=folder.name)
    return compare(now, past, left_out)


def past_runs(exercises: Path, before: str = "") -> tuple[list[PastRun], list[str]]:
    """The newest runs that were measured, the oldest first, and words for what cannot be used.

    `before` is the name of a folder: only earlier ones.
    """
    runs: list[PastRun] = []
    left_out: list[str] = []
    for folder in folders(exercises, before)[-NEWEST:]:
        try:
            run = _past(folder, read_report(folder))
        except CrisisDeskError as error:
            left_out.append(f"{folder.name}: {error.problem}")
            continue
        if run:
            runs.append(run)
    return runs, left_out


def last_player(exercises: Path) -> str:
    """The name that was given last where exercises are kept; "" where none was.

    It is only offered to be confirmed, so no log has to vouch for it.
    """
    for folder in reversed(folders(exercises)):
        try:
            name = _parsed(_read(folder / REPORT), folder / REPORT)["player"]
        except (BadInput, KeyError, TypeError):
            continue
        if isinstance(name, str) and name:
            return name
    return ""


def folders(exercises: Path, before: str = "") -> list[Path]:
    try:
        found = sorted(each for each in exercises.iterdir() if read_name(each.name))
    except OSError:
        return []
    earlier = [each for each in found if not before or each.name < before]
    return [each for each in earlier if (each / REPORT).is_file()]


def _past(folder: Path, report: Report) -> PastRun | None:
    """None when nothing was measured in it, or an autopilot played."""
    if report["score"] is None or report["autopilot"]:
        return None
    named = read_name(folder.name)
    scores = {each["id"]: int(each["score"]) for each in report["measures"]}
    return PastRun(
        named[0] if named else None,
        report["scenario"],
        report["name"],
        report["player"],
        int(report["score"]),
        scores,
    )


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file} is too large.", "Put the original in its place.")
        return file.read_bytes()
    except OSError as error:
        words = f"{file} cannot be read: {error.strerror or error}."
        raise BadInput(words, "Choose the folder of an exercise that has ended.") from error


def _parsed(body: bytes, file: Path) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{file} is damaged: {error}.", "Put the original in its place.") from error
