"""The real program, driven as a screen reader drives it: by roles, names, keys and actions."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.atspi import surge
from tests.atspi.desktop import SYSTEM_PYTHON
from tests.servers.launching import ROOT
from ui.widgets.announcing import REST_MS

SECONDS = 240
"""For the whole job; it takes less than one. Each of its waits has a deadline of its own."""

pytestmark = pytest.mark.server


@contextmanager
def program(
    desktop: Mapping[str, str], log: Path, *words: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours on that desktop."""
    with log.open("wb") as output:
        environment = {**os.environ, **desktop}
        command = [sys.executable, *words]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=output)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def screen_reader(desktop: Mapping[str, str], *words: str) -> Any:
    """What a screen reader's script says at its end; fails with what it complains of."""
    environment = {**os.environ, **desktop, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    script = subprocess.run(
        [SYSTEM_PYTHON, "-m", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert script.returncode == 0, script.stderr[-6000:]
    return json.loads(script.stdout)


def test_the_whole_job_without_eyes_and_mouse(desktop: Mapping[str, str], tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    with program(desktop, log, "-m", "ui", "--data", str(tmp_path / "data")):
        told = screen_reader(desktop, "tests.atspi.main_job")
    assert "Traceback" not in log.read_text()
    heard = [words for _, words in told["heard"]]
    order = ["New need", "Broadcast begun", "Press again to", "Broadcast begun", "chain ok"]
    place = 0
    for wanted in order:
        place = 1 + next(
            n for n, words in enumerate(heard) if n >= place and wanted.lower() in words.lower()
        )
    assert sum("chain ok" in words for words in heard) == 2


def test_a_surge_is_not_talked_about_without_end(
    desktop: Mapping[str, str], tmp_path: Path
) -> None:
    with program(desktop, tmp_path / "surge.log", "-m", "tests.atspi.surge", str(tmp_path / "d")):
        told = screen_reader(desktop, "tests.atspi.listening", str(surge.EVERY))
    assert all(words.startswith("New need. ") for words in told["heard"])
    assert 1 <= len(told["heard"]) <= told["seconds"] / (REST_MS / 1000) + 1
