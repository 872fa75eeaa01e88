"""What is written of a log never takes the place of a log."""

import shutil
from pathlib import Path

import pytest

from crisisdesk.cli.main import run
from crisisdesk.model.audit import Signer
from crisisdesk.services.logbooks import export_jsonl, verify_logbook
from crisisdesk.store.database import Database

PLAN = 'reference = "FOI 1"\nwords = "all"\n'


@pytest.fixture
def log(database: Database, database_file: Path, signer: Signer) -> Path:
    key = {"desk_key": signer.public_key.hex()}
    database.write(
        lambda unit: unit.log.append("desk.opened", actor="desk", detail=key, weighty=True)
    )
    return database_file


@pytest.mark.parametrize(
    "kind", ["jsonl", "bundle", "proof", "csv", "paper", "disclosure", "html", "pdf"]
)
def test_an_export_over_a_database_is_refused(
    log: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, other = tmp_path / "plan.toml", tmp_path / "other.db"
    plan.write_text(PLAN)
    shutil.copy(log, other)
    before = log.read_bytes()
    for out, path in ((log, log), (log, log.parent), (other, log)):
        needed = {"proof": ["--entry", "1"], "disclosure": ["--plan", plan]}.get(kind, [])
        words = ["--format", kind, *needed, "--out", out]
        assert run(["log", "export", *map(str, (path, *words))]) == 1
        assert "Choose another name" in capsys.readouterr().err
    assert log.read_bytes() == before
    assert other.read_bytes() == before


def test_a_report_over_the_export_it_tells_of_is_refused(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "log.jsonl"
    export_jsonl(log, export)
    assert run(["log", "export", str(export), "--format", "html", "--out", str(export)]) == 1
    assert "is the log itself" in capsys.readouterr().err
    assert verify_logbook(export).intact


def test_an_older_export_may_be_written_anew(log: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert run(["log", "export", str(log), "--out", str(tmp_path / "log.jsonl")]) == 0


@pytest.mark.parametrize(
    "name", ["checkpoints.txt", "checkpoints.jsonl", "desk.id", "settings.toml"]
)
def test_what_a_desk_keeps_beside_its_log_is_not_written_over(
    log: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, elsewhere = log.with_name(name), tmp_path / "elsewhere" / name
    elsewhere.parent.mkdir()
    for each in (ours, elsewhere):
        each.write_text("kept")
    assert run(["log", "export", str(log), "--out", str(ours)]) == 1
    assert "belongs to the desk in that folder. Nothing was written." in capsys.readouterr().err
    assert ours.read_text() == "kept"
    assert run(["log", "export", str(log), "--out", str(elsewhere)]) == 0
