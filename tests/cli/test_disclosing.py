"""`crisisdesk log export` for people outside: the bundle, the proof of one entry, the table."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import orjson
import pytest

from crisisdesk.config import CHECKPOINTS_NAME, DATABASE_NAME
from crisisdesk.model.errors import LogBroken
from crisisdesk.services.disclosing import write_bundle
from crisisdesk.services.logbooks import read_entries, verify_logbook
from tests.cli.calling import Called, crisisdesk
from tests.cli.test_tampering import cut_tail_with_checkpoints, edit_and_rechain, unfenced

ALONE = (
    "import runpy, sys\n"
    "class Nothing:\n"
    "    def find_spec(self, name, *_):\n"
    "        if name.partition('.')[0] in ('crisisdesk', 'ui', 'orjson', 'sqlalchemy'):\n"
    "            raise ImportError(name)\n"
    "sys.meta_path.insert(0, Nothing())\n"
    "sys.argv = sys.argv[1:]\n"
    "runpy.run_path(sys.argv[0], run_name='__main__')\n"
)


def shipped(verifier: Path, *words: object) -> Called:
    """The verifier of a bundle, run where CrisisDesk is not."""
    command = [sys.executable, "-I", "-c", ALONE, str(verifier), *map(str, words)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=verifier.parent)
    return Called(run.returncode, run.stdout, run.stderr)


@pytest.fixture
def bundle(night: Path, tmp_path: Path) -> Path:
    """The night's bundle, with the proofs of two entries, as it was unpacked."""
    out = tmp_path / "bundle.zip"
    called = crisisdesk(
        *("log", "export", night, "--format", "bundle", "--entry", "5", "--entry", "60"),
        *("--out", out),
    )
    assert called.code == 0, called.err
    with zipfile.ZipFile(out) as packed:
        packed.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked" / "EXERCISE-log"


def test_a_bundle_is_verified_by_what_lies_in_it(bundle: Path, night: Path) -> None:
    names = {each.relative_to(bundle).as_posix() for each in bundle.rglob("*") if each.is_file()}
    assert names == {
        "README.txt",
        "report.html",
        "log.jsonl",
        "checkpoints.txt",
        "growth.jsonl",
        "keys.txt",
        "verify.py",
        "entries/5.tlog-proof",
        "entries/60.tlog-proof",
    }
    report = verify_logbook(night)
    key, anchor = report.keys[0].hex(), night / CHECKPOINTS_NAME
    said = shipped(bundle / "verify.py", "--key", key, "--anchor", anchor)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Nothing is wrong.\n{report.entries} entries in log.jsonl.")
    assert f"Complete up to entry {report.anchored_to}, by the checkpoint in {anchor}" in said.out
    assert "Entry 60 stood in the log when" in said.out
    assert key in (bundle / "README.txt").read_text()
    assert "No checkpoint kept elsewhere was given" in shipped(bundle / "verify.py").out


def test_an_exercise_is_marked_wherever_one_looks(bundle: Path) -> None:
    assert bundle.name == "EXERCISE-log"
    assert (bundle / "README.txt").read_text().startswith("EXERCISE")
    notes = (bundle / "checkpoints.txt").read_text()
    assert notes.count("\nmode exercise\n") == notes.count("crisisdesk/exercise-night-flood\n") > 0


def test_the_zip_itself_is_verified_by_both(bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "bundle.zip"
    assert verify_logbook(packed).intact
    assert shipped(bundle / "verify.py", packed).code == 0
    assert crisisdesk("log", "verify", packed).code == 0


@pytest.mark.parametrize(
    "name", ["log.jsonl", "checkpoints.txt", "growth.jsonl", "entries/5.tlog-proof"]
)
def test_any_change_of_what_a_bundle_says_is_found(bundle: Path, name: str) -> None:
    file = bundle / name
    content = file.read_bytes()
    for at in range(0, len(content), len(content) // 2):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        said = shipped(bundle / "verify.py")
        assert said.code == 1, at
        assert not packed_again_is_intact(bundle)
        assert said.out.startswith("BROKEN: ")
        assert said.err == ""
    file.write_bytes(content)
    assert shipped(bundle / "verify.py").code == 0
    assert packed_again_is_intact(bundle)


def packed_again_is_intact(bundle: Path) -> bool:
    """What CrisisDesk says of a bundle that was put together anew."""
    out = bundle.parent / "again.zip"
    with zipfile.ZipFile(out, "w") as packed:
        for each in bundle.rglob("*"):
            if each.is_file():
                packed.write(each, each.relative_to(bundle.parent))
    return verify_logbook(out).intact


def test_one_entry_is_proven_without_the_others(night: Path, tmp_path: Path, bundle: Path) -> None:
    out = tmp_path / "60.tlog-proof"
    written = crisisdesk("log", "export", night, "--format", "proof", "--entry", "60", "--out", out)
    assert written.code == 0
    key = verify_logbook(night).keys[0].hex()
    said = crisisdesk("log", "verify", out, "--key", key)
    assert said.code == 0
    assert said.out.startswith("proven: entry 60 stood in the log of exercise-night-flood at ")
    entry = orjson.loads(said.out.splitlines()[-1])
    assert {**entry, "seq": 60} == read_entries(night)[59]
    assert shipped(bundle / "verify.py", out, "--key", key).code == 0
    assert shipped(bundle / "verify.py", out, "--key", "00" * 32).code == 1
    other = crisisdesk("log", "verify", out, "--key", "00" * 32)
    assert (other.code, other.out) == (1, "")
    assert "not signed by the trusted key" in other.err
    assert "needs a key" in crisisdesk("log", "verify", out).err
    renamed = out.rename(tmp_path / "mailed.txt")
    assert crisisdesk("log", "verify", renamed, "--key", key).out == said.out
    assert shipped(bundle / "verify.py", renamed, "--key", key).code == 0


def test_of_a_folder_the_verifier_reads_only_what_it_checks(bundle: Path) -> None:
    holiday = bundle / "holiday"
    holiday.mkdir()
    with (holiday / "film.mp4").open("wb") as film:
        film.truncate(1 << 42)  # larger than any memory; it takes no room
    said = shipped(bundle / "verify.py")
    assert (said.code, said.err) == (0, "")
    assert "Entry 60 stood in the log" in said.out


def test_what_is_not_in_the_log_cannot_be_proven(night: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.tlog-proof"
    for seq in ("0", "99999"):
        called = crisisdesk(
            "log", "export", night, "--format", "proof", "--entry", seq, "--out", out
        )
        assert called.code == 1
        assert f"The log has no entry {seq}. Choose one from 1 to " in called.err
    assert not out.exists()


def test_a_bundle_of_a_log_rewritten_or_cut_since_is_not_what_the_anchor_covers(
    night: Path, bundle: Path, tmp_path: Path
) -> None:
    anchor = tmp_path / "elsewhere.txt"
    (night / CHECKPOINTS_NAME).rename(anchor)
    with unfenced(night) as connection:
        cut_tail_with_checkpoints(connection)
    crisisdesk("log", "export", night, "--format", "bundle", "--out", tmp_path / "cut.zip")
    assert shipped(bundle / "verify.py", tmp_path / "cut.zip").code == 0
    said = shipped(bundle / "verify.py", tmp_path / "cut.zip", "--anchor", anchor)
    assert said.code == 1
    assert "the log ends at entry 60" in said.out


def test_a_broken_log_is_never_bundled(night: Path, tmp_path: Path) -> None:
    with unfenced(night) as connection:
        edit_and_rechain(connection)
    with pytest.raises(LogBroken, match="does not verify"):
        write_bundle(night / DATABASE_NAME, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_the_table_has_every_entry_and_its_mode(night: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.csv"
    called = crisisdesk("log", "export", night, "--format", "csv", "--out", out)
    assert called.code == 0
    with out.open(encoding="utf-8-sig", newline="") as content:
        rows = [*csv.DictReader(content)]
    entries = read_entries(night)
    assert [row["seq"] for row in rows] == [str(each["seq"]) for each in entries]
    assert {row["mode"] for row in rows} == {"EXERCISE"}
    assert [row["action"] for row in rows] == [each["action"] for each in entries]
