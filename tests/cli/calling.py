"""Calling the program as a person does: as a process of its own, with a keyring that pretends."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240
"""How long one call may take before it counts as stuck; slow CI machines included."""

KEYRING = {"PYTHON_KEYRING_BACKEND": "tests.cli.fake_keyring.Keyring"}


@dataclass(frozen=True, slots=True)
class Called:
    """What one call answered."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """Standard error without progress bars."""
        parts = self.err.replace("\r", "\n").splitlines()
        return [part for part in parts if part.strip() and "it/s]" not in part and "%|" not in part]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with a keyring that forgets, unless a file for it is given."""
    known = {name: value for name, value in os.environ.items() if name != "CRISISDESK_HOME"}
    return {**known, **KEYRING, **more}


def module(name: str, *words: str | Path, typed: str | bytes = b"", **more: str) -> Called:
    """Run `python -m name words`. A traceback fails the test, whatever the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", name, *map(str, words)],
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        cwd=ROOT,
        env=environment(more),
        timeout=SECONDS,
    )
    called = Called(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in called.err, called.err
    return called


def crisisdesk(*words: str | Path, typed: str | bytes = b"", **more: str) -> Called:
    """Run `python -m crisisdesk words`; `more` are environment variables."""
    return module("crisisdesk", *words, typed=typed, **more)
