"""The program is killed while an officer types: what it said was saved is there again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.typist import prepare

KILLED_AFTER = (5, 12, 40)
"""So many writes into the typing; the key that is under way then is any one."""


class Running:
    """A typist in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def hear(self, word: str) -> dict[str, Any]:
        """The next line that tells this; fails with the program's own words when it has ended."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if word in (said := json.loads(line)):
                return dict(said)
        raise AssertionError(f"it ended with {self._process.wait()} before it told {word!r}")

    def kill(self) -> dict[str, Any]:
        """SIGKILL; returns the last state it had said to be saved."""
        self._process.kill()
        assert self._process.stdout is not None
        said = [json.loads(line) for line in self._process.stdout if line.endswith("\n")]
        self._process.wait()
        return dict(said[-1]["kept"]) if said else {}


@contextmanager
def typing(home: Path, *what: str) -> Iterator[Running]:
    """Start one; nothing of it is left behind."""
    command = [sys.executable, "-m", "tests.e2e.typist", str(home), *what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def test_whenever_it_is_killed_the_last_edit_said_to_be_saved_comes_back(tmp_path: Path) -> None:
    prepare(tmp_path)
    saved: dict[str, Any] = {}
    for writes in KILLED_AFTER:
        with typing(tmp_path, "keys") as typist:
            check(typist.hear("back"), saved)
            for _ in range(writes):
                saved = typist.hear("kept")["kept"]
            saved = typist.kill() or saved
    with typing(tmp_path) as typist:
        check(typist.hear("back"), saved)


def check(said: dict[str, Any], saved: dict[str, Any]) -> None:
    """What came back is what was saved, or one of the very next keys, whose write came through."""
    if not saved:
        assert said["back"]["value"] == ""
        return
    for part in ("value", "note"):
        before, after = saved[part], said["back"][part]
        assert after.startswith(before)
        assert len(after) - len(before) <= MOST_UNHEARD
    assert said["back"]["key"] == saved["key"]
    assert "saved at" in said["notice"]
    assert "the alert that you were writing, the decision" in said["notice"]


MOST_UNHEARD = 60
"""Keys typed while one write was under way and its end was not told yet."""
