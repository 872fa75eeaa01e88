"""Starting a server program, waiting until it answers, and stopping it again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
"""How long a server may take before its start counts as failed; slow CI machines included."""


class ServerMissingError(Exception):
    """A server's program is not installed; the text says what is missing and how to get it."""


class ServerFailedError(Exception):
    """A server's program stopped, or never answered; the text holds the end of its log."""


def find_program(name: str, package: str, folders: Sequence[str | Path] = ()) -> str:
    """Full path of a program from PATH, the system folders or `folders`.

    Raises ServerMissingError, naming the Debian package to install.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, folders)])
    found = shutil.which(name, path=path)
    if found is None:
        raise ServerMissingError(
            f"{name} is not installed; type: sudo apt-get install -y {package}"
        )
    return found


def free_port() -> int:
    """A TCP port that nothing on loopback listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    """True when something on loopback accepts a connection on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """True when a GET of `url` gives a success status."""
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def log_tail(log: Path) -> str:
    """The last 20 lines a program wrote."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def wait_until(
    ready: Callable[[], bool], what: str, log: Path, seconds: float = START_SECONDS
) -> None:
    """Return as soon as `ready()` is true. Raises ServerFailedError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerFailedError(f"{what} not within {seconds:.0f} s\n{log_tail(log)}")
        time.sleep(0.02)


@contextmanager
def running_program(
    argv: Sequence[str | Path],
    ready: Callable[[], bool],
    log: Path,
    *,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    typed: bytes | None = None,
) -> Iterator[None]:
    """A program that runs inside the `with`, from the moment `ready()` first holds.

    Its output goes to `log`; `environment` is added to this process's own; `user` is the
    account it runs as, when not this one's. Standard input stays open, unless `typed` is given:
    that is all it then reads. Raises ServerFailedError when it stops early or is not ready in time.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    try:
        if typed is not None and process.stdin:
            process.stdin.write(typed)
            process.stdin.close()
        wait_until(lambda: process.poll() is not None or ready(), f"{argv[0]} ready", log)
        if process.poll() is not None:
            raise ServerFailedError(f"{argv[0]} stopped with {process.returncode}\n{log_tail(log)}")
        yield
    finally:
        _stop(process, stop_signal)


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    process.send_signal(stop_signal)
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
