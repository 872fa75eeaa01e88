"""Runs that are over: a report counts only while its own log vouches for it."""

import contextlib
import json
import re
import shutil
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.model.mode import Mode
from crisisdesk.rules.exercise.improving import improvement
from crisisdesk.rules.exercise.run import Run
from crisisdesk.services.after_action import AfterAction
from crisisdesk.services.reporting import (
    actions,
    make_papers,
    newest_papers,
    practice,
    practice_in_short,
    settle,
)
from crisisdesk.store import run_folder
from crisisdesk.store.database import Database
from crisisdesk.store.places import prepare_folder
from tests.rules.test_measuring import STORY

START = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


def played(home: Path, name: str, signer: Signer, player: str = "Jo", minutes: int = 60) -> Path:
    """A run in which nobody did anything, with its report."""
    folder = home / "exercises" / name
    prepare_folder(folder)
    now = [START]
    stamp = Stamp("desk-1", "boot-1", Mode.EXERCISE, lambda: now[0], lambda: 0)
    database = Database(f"sqlite:///{folder / 'desk.db'}", stamp, signer)
    key = signer.public_key.hex()

    def note(action: str, **detail: str) -> None:
        database.write(
            lambda unit: unit.log.append(action, actor="Exercise control", detail=detail)
        )

    note("desk.opened", desk_key=key)
    note("exercise.started", scenario="small")
    now[0] = START.replace(hour=2 + minutes // 60, minute=minutes % 60)
    note("exercise.ended", scenario="small")
    written = AfterAction(lambda: Run(STORY, (), {}), database, START)
    written.player = player
    written.write(folder)
    database.close()
    return folder


NAMES = ("20260101-120000-small", "20260105-120000-small", "20260109-120000-small")


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path, signer: Signer) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    assert run_folder.read_report(folder) == json.loads((folder / "report.json").read_text())


def test_earlier_runs_stand_in_the_page_of_a_later_one(tmp_path: Path, signer: Signer) -> None:
    for name in NAMES:
        folder = played(tmp_path, name, signer)
    assert "beside 2 own and 2 earlier runs" in (folder / "report.html").read_text()
    first = (folder.parent / NAMES[0] / "report.html").read_text()
    assert "earlier runs" not in first


def change_score(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps({**report, "score": 100}))


def take_anothers(folder: Path) -> None:
    shutil.copy(folder.parent / NAMES[1] / "report.json", folder / "report.json")


def break_log(folder: Path) -> None:
    file = folder / "desk.db"
    body = file.read_bytes()
    assert b"exercise.ended" in body
    file.write_bytes(body.replace(b"exercise.ended", b"exercise.endet"))


def no_log(folder: Path) -> None:
    (folder / "desk.db").unlink()


def another_thing(folder: Path) -> None:
    (folder / "report.json").write_text('{"holiday": "plans"}')


def no_json(folder: Path) -> None:
    (folder / "report.json").write_bytes(b"\xff{")


@pytest.mark.parametrize(
    "spoil", [change_score, take_anothers, break_log, no_log, another_thing, no_json]
)
def test_what_its_log_does_not_vouch_for_is_left_out_with_a_word(
    spoil: object, tmp_path: Path, signer: Signer
) -> None:
    first, second, third = (
        played(tmp_path, name, signer, minutes=60 + 10 * number)
        for number, name in enumerate(NAMES)
    )
    spoil(first)  # type: ignore[operator]
    runs, left_out = run_folder.past_runs(first.parent)
    assert len(runs) == 2
    (words,) = left_out
    assert words.startswith(f"{NAMES[0]}: ")
    with pytest.raises(CrisisDeskError):
        run_folder.read_report(first)
    report = run_folder.read_report(third)
    assert f"{NAMES[0]}: " in run_folder.write_page(third, report).read_text()
    assert second.is_dir()


def test_a_run_of_the_autopilot_is_no_practice(tmp_path: Path, signer: Signer) -> None:
    folder = played(tmp_path, NAMES[0], signer, player="")
    assert practice(folder.parent, START.date(), 30) == []
    played(tmp_path, NAMES[1], signer, player="Ann")
    (found,) = practice(folder.parent, START.date(), 28)
    assert (found.player, found.days, found.overdue) == ("Ann", 29, True)


def test_what_is_done_is_overdue_no_more_and_can_be_open_again(
    tmp_path: Path, signer: Signer
) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    run_folder.keep_improvement(folder, improvement("Print numbers", "Ann", "2026-01-05"))
    for done, late in ((True, 0), (False, 1)):
        assert settle(folder, " Print  numbers ", done=done) == ""
        assert (f"<td>{'done' if done else 'open'}</td>") in (folder / "report.html").read_text()
        said = practice_in_short(folder.parent, START.date(), 30)
        assert sum("improvement action is overdue" in each for each in said) == late


def test_an_action_is_noted_even_where_its_report_is_spoilt(tmp_path: Path, signer: Signer) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    run_folder.keep_improvement(folder, improvement("Print numbers", "Ann", "2026-01-05"))
    change_score(folder)
    assert settle(folder, "Print numbers").startswith("The report does not say so: ")
    assert [each.done for _, each in actions(folder.parent)] == [True]


def test_an_action_nobody_agreed_is_refused(tmp_path: Path, signer: Signer) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    with pytest.raises(BadInput, match="none was agreed"):
        settle(folder, "Print numbers")


def test_an_action_takes_the_place_of_the_one_with_its_words(
    tmp_path: Path, signer: Signer
) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    for owner, due in (("Ann", "2026-04-01"), ("Jo", "2026-05-01")):
        run_folder.keep_improvement(folder, improvement("Print numbers", owner, due))
    run_folder.keep_improvement(folder, improvement("Ring the police", "Jo", "2026-03-01"))
    listed = [(each.owner, each.due) for _, each in actions(folder.parent)]
    assert listed == [("Jo", "2026-03-01"), ("Jo", "2026-05-01")]
    (folder / "improvements.json").write_text("[")
    assert actions(folder.parent) == []
    with pytest.raises(BadInput, match="damaged"):
        run_folder.improvements(folder)


@pytest.mark.parametrize("kept", ["5", '{"answers": 5}', '{"answers": [5, {}]}', "[]"])
def test_answers_that_somebody_spoilt_are_no_answers(
    kept: str, tmp_path: Path, signer: Signer
) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    (folder / "debrief.json").write_text(kept)
    assert not any(each["answer"] for each in run_folder.debrief(folder))
    assert run_folder.write_page(folder, run_folder.read_report(folder)).is_file()


def test_the_start_page_is_told_who_is_overdue_and_what(tmp_path: Path, signer: Signer) -> None:
    folder = played(tmp_path, NAMES[0], signer, player="Ann")
    run_folder.keep_improvement(folder, improvement("Print numbers", "Jo", "2026-01-31"))
    offers = practice_in_short(folder.parent, START.date(), 30)
    assert offers == [
        "Ann: last drill 33 days ago, 3 days overdue",
        "1 improvement action is overdue",
    ]
    assert practice_in_short(tmp_path / "nowhere", START.date(), 30) == []


def test_the_papers_of_the_newest_run_are_made_once(tmp_path: Path, signer: Signer) -> None:
    played(tmp_path, NAMES[0], signer)
    folder = played(tmp_path, NAMES[1], signer)
    made = newest_papers(folder.parent)
    assert made is not None
    assert made.pdf == folder / "report.pdf"
    assert newest_papers(folder.parent) is None
    assert not (folder.parent / NAMES[0] / "report.pdf").exists()


def test_without_its_libraries_there_is_the_page_and_a_reason(
    tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = played(tmp_path, NAMES[0], signer)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    made = make_papers(folder)
    assert made.pdf is None
    assert made.why.startswith("This computer lacks the libraries for PDF (Pango).")
    assert made.page.is_file()


def inside(pdf: bytes) -> bytes:
    """Everything a PDF says, with its packed parts unpacked."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = []
    for part in parts:
        with contextlib.suppress(zlib.error):
            unpacked.append(zlib.decompress(part))
    return pdf + b"".join(unpacked)


def test_the_pdf_is_tagged_for_screen_readers(tmp_path: Path, signer: Signer) -> None:
    pdf = make_papers(played(tmp_path, NAMES[0], signer)).pdf
    assert pdf is not None
    said = inside(pdf.read_bytes())
    for wanted in (b"pdfuaid", b"/StructTreeRoot", b"/Alt", b"/TH", b"/H1", b"en-GB"):
        assert wanted in said, wanted
