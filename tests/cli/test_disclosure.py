"""What is shown to somebody is proven, what is kept back cannot be found out, and both are said."""

import csv
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from crisisdesk.rules.disclosure_page import COLUMNS
from crisisdesk.services.logbooks import read_entries, verify_logbook
from tests.cli.calling import Called, crisisdesk
from tests.cli.test_disclosing import shipped

PLAN = """
reference = "FOI 2026-114"
to = "A. <Requester>"
words = "without words"
ground = "FOIA 2000 s. 40(2): personal information"

[[entries]]
numbers = "{shown}"
show = "all"

[[entries]]
numbers = "{kept}"
show = "nothing"
ground = "FOIA 2000 s. 31: law enforcement"
"""


def typed(night: Path) -> list[int]:
    """The entries in which people wrote something."""
    found = read_entries(night)
    return [e["seq"] for e in found if e["action"] == "decision.noted" and e["actor"] != "desk"]


def disclosed(night: Path, folder: Path, plan: str) -> Called:
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    return crisisdesk(
        *("log", "export", night, "--format", "disclosure"),
        *("--plan", folder / "plan.toml", "--out", folder / "disclosure.zip"),
    )


@pytest.fixture
def unpacked(night: Path, tmp_path: Path) -> Path:
    shown, kept, *_ = typed(night)
    called = disclosed(night, tmp_path, PLAN.format(shown=shown, kept=kept))
    assert called.code == 0, called.err
    with zipfile.ZipFile(tmp_path / "disclosure.zip") as packed:
        packed.extractall(tmp_path)
    return tmp_path / "EXERCISE-disclosure"


def words_of(night: Path, seq: int) -> str:
    return str(read_entries(night)[seq - 1]["detail"]["words"])


def test_it_holds_what_is_shown_and_not_a_trace_of_what_is_kept_back(
    night: Path, unpacked: Path
) -> None:
    shown, kept, closed, *_ = typed(night)
    everything = b"".join(each.read_bytes() for each in unpacked.rglob("*") if each.is_file())
    page = (unpacked / "disclosure.html").read_text(encoding="utf-8")
    assert words_of(night, shown) in page
    for seq in (kept, closed):
        assert words_of(night, seq).encode() not in everything
    assert f"Entry {kept} is kept back: FOIA 2000 s. 31: law enforcement" in page
    assert "[kept back: FOIA 2000 s. 40(2): personal information]" in page
    assert not (unpacked / "entries" / f"{kept}.tlog-proof").exists()
    assert "A. &lt;Requester&gt;" in page
    assert "EXERCISE" in page


def test_the_schedule_says_what_is_kept_back_and_why(night: Path, unpacked: Path) -> None:
    shown, kept, closed, *_ = typed(night)
    with (unpacked / "kept-back.csv").open(encoding="utf-8-sig", newline="") as content:
        rows = {int(row[COLUMNS[0]]): row for row in csv.DictReader(content)}
    assert shown not in rows
    assert rows[kept][COLUMNS[1]] == "the whole entry"
    assert rows[closed] == dict(
        zip(
            COLUMNS,
            (str(closed), "one text", "FOIA 2000 s. 40(2): personal information"),
            strict=True,
        )
    )


def test_both_verifiers_prove_what_is_shown(night: Path, unpacked: Path, tmp_path: Path) -> None:
    key = verify_logbook(night).keys[0].hex()
    number = len([*(unpacked / "entries").iterdir()])
    ours = crisisdesk("log", "verify", tmp_path / "disclosure.zip", "--key", key)
    theirs = shipped(unpacked / "verify.py", "--key", key)
    assert (ours.code, theirs.code) == (0, 0)
    assert f"{number} entries stood in the log" in ours.out
    assert f"{number} entries stood in the log" in theirs.out
    assert "worth what else names them" in shipped(unpacked / "verify.py").out
    assert shipped(unpacked / "verify.py", "--key", "00" * 32).code == 1
    assert crisisdesk("log", "verify", tmp_path / "disclosure.zip", "--key", "00" * 32).code == 1
    assert "needs a key" in crisisdesk("log", "verify", tmp_path / "disclosure.zip").err


def test_another_entry_or_other_words_in_it_are_found(
    night: Path, unpacked: Path, tmp_path: Path
) -> None:
    key = verify_logbook(night).keys[0].hex()
    shown, *_ = typed(night)
    proof = unpacked / "entries" / f"{shown}.tlog-proof"
    content = proof.read_bytes()
    at = len(content) // 3
    proof.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    assert shipped(unpacked / "verify.py", "--key", key).code == 1
    made = shutil.make_archive(str(tmp_path / "forged"), "zip", tmp_path, unpacked.name)
    assert crisisdesk("log", "verify", made, "--key", key).code == 1


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("", "reference is missing"),
        ('reference = "x"', "ground is missing"),
        ('reference = "x"\nwords = "some"', "words must be one of"),
        ('reference = "x"\nwords = ["all"]', "words must be one of"),
        ('reference = "x"\nwords="all"\n[[entries]]\nnumbers="5"\nshow={}', "show must be"),
        ('reference = "x"\nsubject = "y"', "subject is no field"),
        ("reference = 5", "reference must be a text"),
        ('reference = "x"\nsince = "noon"', "since must be a moment"),
        ('reference = "x"\nentries = 5', "[[entries]]"),
        ('reference = "x"\nwords="all"\n[[entries]]\nnumbers="9-3"\nshow="all"', "“9-3”"),
        ('reference = "x"\nwords="all"\n[[entries]]\nnumbers="5"\nshow="nothing"', "ground is"),
        ('reference = "x"\nwords="all"\n[[entries]]\nnumber="5"', "nothing else"),
        ('reference = "x"\nwords="all"\nincident="ZZZZ"', "no incident ZZZZ"),
        ('reference = "x"\nwords="all"\nsince=[1]', "since must be a moment"),
        ('reference = "x"\nwords="all"\nsince=2030-01-01T00:00:00', "No entry"),
        ("reference = ", "cannot be read"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_and_nothing_is_written(
    night: Path, tmp_path: Path, plan: str, words: str
) -> None:
    called = disclosed(night, tmp_path, plan)
    assert called.code != 0
    assert words in called.err
    assert not (tmp_path / "disclosure.zip").exists()


def test_a_plan_is_needed(night: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    called = crisisdesk("log", "export", night, "--format", "disclosure", "--out", out)
    assert "needs a plan" in called.err
    missing = crisisdesk(
        *("log", "export", night, "--format", "disclosure", "--out", out),
        *("--plan", tmp_path / "none.toml"),
    )
    assert "cannot be read" in missing.err


def test_the_shipped_verifier_reads_it_without_crisisdesk(night: Path, unpacked: Path) -> None:
    key = verify_logbook(night).keys[0].hex()
    command = [sys.executable, "-I", str(unpacked / "verify.py"), "--key", key]
    run = subprocess.run(command, capture_output=True, text=True, cwd=unpacked.parent)
    assert run.returncode == 0
