"""Copies of checkpoints outside the database: a torn end goes, nothing else is ever taken away."""

from pathlib import Path

import pytest

from crisisdesk.model.audit import Checkpoint, Signer
from crisisdesk.model.errors import BadInput
from crisisdesk.services.anchoring import Anchoring
from crisisdesk.services.logbooks import export_jsonl, verify_logbook
from crisisdesk.store.database import Database
from tests.rules.verifier import shipped

NAME = "desk-1.checkpoints.txt"


@pytest.fixture
def checkpoints(database: Database, signer: Signer) -> list[Checkpoint]:
    for _ in range(20):
        key = {"desk_key": signer.public_key.hex()}
        database.write(
            lambda unit, key=key: unit.log.append(  # type: ignore[misc]
                "desk.opened", actor="desk", detail=key, weighty=True
            )
        )
    with database.read() as unit:
        return unit.log.checkpoints()


def keep(home: Path, share: Path, checkpoints: list[Checkpoint]) -> bytes:
    """What a run of the desk leaves on the share."""
    anchoring = Anchoring(home, "desk-1", str(share))
    for each in checkpoints:
        anchoring.keep(each)
    return (share / NAME).read_bytes()


@pytest.mark.parametrize("torn", [1, 2, 30, 150])
def test_what_a_power_cut_tore_goes_and_the_rest_stays(
    tmp_path: Path, checkpoints: list[Checkpoint], torn: int, database_file: Path
) -> None:
    whole = keep(tmp_path, tmp_path, checkpoints[:-1])
    (tmp_path / NAME).write_bytes(whole[:-torn])
    now = keep(tmp_path, tmp_path, checkpoints[-2:])
    assert now.startswith(whole)
    found = verify_logbook(database_file, [tmp_path / NAME])
    assert found.anchored_to == checkpoints[-1].seq


@pytest.mark.parametrize(
    "changed",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b"\n\n", b"\n \n"),
        lambda content: b"",
        lambda content: content[:400] + bytes(9000),
    ],
)
def test_a_copy_that_others_changed_is_not_taken_away(
    tmp_path: Path, checkpoints: list[Checkpoint], changed: object
) -> None:
    """An editor, a mail gateway: what is left may still prove something."""
    assert callable(changed)
    there = changed(keep(tmp_path, tmp_path, checkpoints[:-1]))
    (tmp_path / NAME).write_bytes(there)
    assert keep(tmp_path, tmp_path, checkpoints[-1:]).startswith(there)


@pytest.mark.parametrize("number", [1, 3, 19])
def test_a_copy_with_the_line_breaks_of_windows_still_proves(
    tmp_path: Path, checkpoints: list[Checkpoint], database_file: Path, number: int
) -> None:
    there = keep(tmp_path, tmp_path, checkpoints[:number]).replace(b"\n", b"\r\n")
    (tmp_path / NAME).write_bytes(there)
    assert keep(tmp_path, tmp_path, checkpoints[-1:]).startswith(there)
    found = verify_logbook(database_file, [tmp_path / NAME])
    assert found.anchor is not None
    assert found.anchor.seq == checkpoints[-1].seq


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\n", b"\r\n", b"\xff\xd1"])
def test_a_copy_that_holds_nothing_is_not_taken_for_a_proof(
    tmp_path: Path,
    checkpoints: list[Checkpoint],
    database_file: Path,
    content: bytes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever names it wants the log held against it, and would not notice that it was not."""
    empty, export = tmp_path / "empty.txt", tmp_path / "log.jsonl"
    empty.write_bytes(content)
    export_jsonl(database_file, export)
    assert checkpoints
    with pytest.raises(BadInput, match="holds no checkpoint"):
        verify_logbook(database_file, [empty])
    assert shipped().main([str(export), "--anchor", str(empty)]) == 1
    assert "holds no checkpoint" in capsys.readouterr().out


def test_both_verifiers_read_a_note_as_it_was_mailed(
    tmp_path: Path, checkpoints: list[Checkpoint], database_file: Path
) -> None:
    mailed, export = tmp_path / "mailed.txt", tmp_path / "log.jsonl"
    mailed.write_bytes(checkpoints[-1].note.rstrip("\n").replace("\n", "\r\n").encode())
    export_jsonl(database_file, export)
    assert verify_logbook(export, [mailed]).anchor is not None
    assert shipped().main([str(export), "--anchor", str(mailed)]) == 0
