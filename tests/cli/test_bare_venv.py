"""A bundle checked where CrisisDesk is not: a new Python environment with `cryptography` alone."""

import importlib.metadata
import os
import shutil
import subprocess
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.calling import Called, crisisdesk
from tests.cli.conftest import Played

NEEDED = ("cryptography", "cffi", "pycparser")
"""What `pip install cryptography` brings; copied, so that the test needs no network."""


def copy_into(site: Path, name: str) -> None:
    """A distribution that is installed here, file by file."""
    found = importlib.metadata.distribution(name)
    for each in found.files or ():
        source = Path(str(found.locate_file(each)))
        if ".." in each.parts or "__pycache__" in each.parts or not source.is_file():
            continue
        target = site / each
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which nothing but `cryptography` is installed."""
    home = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(home, with_pip=False, symlinks=os.name == "posix")
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-I", "-c", asked], capture_output=True, text=True, check=True)
    for name in NEEDED:
        copy_into(Path(site.stdout.strip()), name)
    return python


@pytest.fixture
def bundle(good_night: Played, tmp_path: Path) -> Path:
    """A real night's bundle, unpacked by a program that knows nothing of it."""
    out = tmp_path / "log.zip"
    words = ("--format", "bundle", "--entry", "5", "--out", out)
    assert crisisdesk("log", "export", good_night.folder, *words).code == 0
    with zipfile.ZipFile(out) as packed:
        packed.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked" / "EXERCISE-log"


def run(python: Path, folder: Path, *words: str) -> Called:
    """Python there, without this one's environment: -I leaves out PYTHONPATH and the like."""
    done = subprocess.run([python, "-I", *words], capture_output=True, text=True, cwd=folder)
    return Called(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("name", ["crisisdesk", "ui", "orjson", "sqlalchemy", "PySide6"])
def test_nothing_of_this_program_is_there(bare: Path, tmp_path: Path, name: str) -> None:
    said = run(bare, tmp_path, "-c", f"import {name}")
    assert said.code == 1
    assert f"No module named '{name}'" in said.err


def test_its_own_verifier_finds_the_bundle_whole(bare: Path, bundle: Path) -> None:
    said = run(bare, bundle, "verify.py")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Nothing is wrong.\n")
    assert "Entry 5 stood in the log when" in said.out


@pytest.mark.parametrize("name", ["log.jsonl", "growth.jsonl", "entries/5.tlog-proof"])
def test_its_own_verifier_finds_one_changed_byte(bare: Path, bundle: Path, name: str) -> None:
    file = bundle / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    said = run(bare, bundle, "verify.py")
    assert said.code == 1
    assert said.err == ""
    assert said.out.startswith("BROKEN: ")


def test_without_cryptography_it_says_what_is_missing(bundle: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", with_pip=False, symlinks=os.name == "posix")
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    said = run(python, bundle, "verify.py")
    assert said.code == 1
    assert "cryptography" in said.out + said.err
