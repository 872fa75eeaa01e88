"""Below Python: which calls to the system an exercise makes, as the kernel hears them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, SECONDS, environment
from tests.cli.canary import canary

WATCHED = "trace=%network,execve,execveat"
STRACE = shutil.which("strace")
LEAVES = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg)\(")
STARTS = re.compile(r"\bexecve(at)?\(")


def may_trace() -> bool:
    """Some containers forbid it."""
    return bool(STRACE) and not subprocess.run([STRACE, "true"], capture_output=True).returncode


@pytest.mark.skipif(not may_trace(), reason="strace is not installed, or may not be used here")
def test_the_kernel_hears_of_no_attempt_of_a_hostile_adapter(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    with canary() as bird:
        command = [str(STRACE), "-f", "-s", "400", "-e", WATCHED, "-o", str(calls)]
        command += [sys.executable, "-m", "tests.cli.hostile", str(bird.port)]
        command += ["exercise", "run", "first-drill"]
        command += ["--speed", "max", "--autopilot", "--out", str(tmp_path / "out")]
        done = subprocess.run(
            command, cwd=ROOT, env=environment({}), capture_output=True, timeout=SECONDS
        )
        port = str(bird.port)
    assert done.returncode == 0, done.stderr.decode()
    assert b'"os.system":["GateClosed"]' in done.stdout
    assert bird.visits == 0
    heard = calls.read_text().splitlines()
    assert len(heard) > 1, "nothing was traced"
    assert [line for line in heard if LEAVES.search(line)] == []
    # The program itself has the port in its call; the attempts to start another would, too.
    first, *others = [line for line in heard if STARTS.search(line)]
    assert "tests.cli.hostile" in first
    assert [line for line in others if port in line] == []
